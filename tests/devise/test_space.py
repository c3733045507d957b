"""The space of words and looks: against its formulas, and read back from its file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from quoi.devise.space import Space, WayBack, joined
from quoi.io.errors import QuoiError
from quoi.io.geometry import unit


def vectors(count: int, width: int, seed: int = 0) -> np.ndarray:
    """Far from the origin, some directions stronger than others."""
    random = np.random.default_rng(seed)
    return (random.standard_normal((count, width)) @ random.standard_normal((width, width)) + 3).astype(np.float32)


def with_back(space: Space, labels: np.ndarray, looks: int = 4, width: float = 0.5, weight: float = 0.7) -> Space:
    weights = np.random.default_rng(5).standard_normal((len(labels), looks)).astype(np.float32)
    return replace(space, back=WayBack(space.words(labels), weights, width, weight))


@pytest.mark.parametrize("count", [5, 6, 40])
def test_without_whitening_the_words_are_only_centred(count):
    labels, others = vectors(count, 6), vectors(9, 6, seed=1)
    space = Space.of(labels, 0.0)
    assert np.allclose(space.centre, labels.mean(0), atol=1e-4)
    assert np.allclose(space.turn.T @ space.turn, np.eye(6), atol=1e-5)
    made, wanted = space.words(others), unit(others - labels.mean(0))
    assert np.allclose(made @ made.T, wanted @ wanted.T, atol=1e-5)


@pytest.mark.parametrize("whitening", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("count", [4, 8, 3000])
def test_directions_are_evened_by_the_power_of_their_shrunken_variance(count, whitening):
    labels = vectors(count, 8)
    space = Space.of(labels, whitening)
    # From the definition: the covariance's eigenvectors, each divided by its deviation to the power of the whitening.
    values, axes = np.linalg.eigh(np.cov(labels.T.astype(np.float64), bias=True))
    share = 8 / (count + 8)
    shrunken = (1 - share) * values + share * values.mean()
    wanted = axes * shrunken ** (-whitening / 2) @ axes.T
    # The same up to a rotation, which no cosine sees.
    assert np.allclose(space.turn @ space.turn.T, wanted @ wanted.T, rtol=1e-3, atol=1e-4)


def test_whitened_words_of_many_labels_have_a_plain_covariance():
    labels = vectors(5000, 6)
    whitened = np.cov(((labels - labels.mean(0)) @ Space.of(labels, 1.0).turn).T)
    assert np.allclose(whitened, np.eye(6), atol=0.05)
    plain = np.cov(((labels - labels.mean(0)) @ Space.of(labels, 0.0).turn).T)
    assert np.ptp(np.diag(plain)) > 1


def test_one_label_alone_is_a_space():
    space = Space.of(vectors(1, 5), 1.0)
    assert np.isfinite(space.turn).all()
    assert not space.words(vectors(1, 5)).any()
    assert np.allclose(np.linalg.norm(space.words(vectors(3, 5, seed=1)), axis=1), 1)


def test_the_way_back_is_its_formula():
    labels, others = vectors(12, 6), vectors(7, 6, seed=1)
    space = with_back(Space.of(labels, 0.5), labels)
    made = space.apply(others)
    for row, word in zip(made, space.words(others), strict=True):
        looks = np.zeros(4)
        for label, weight in zip(space.back.labels, space.back.weights, strict=True):
            looks += np.exp((float(word @ label) - 1) / 0.5) * weight
        both = np.concatenate([word, 0.7 * looks / np.linalg.norm(looks)])
        assert np.allclose(row, both / np.linalg.norm(both), atol=1e-5)
    assert made.dtype == np.float32 and made.shape == (7, 10)


def test_cosines_of_both_halves_add_up():
    random = np.random.default_rng(0)
    words, looks = (unit(random.standard_normal((5, width))) for width in (6, 3))
    both = joined(words, looks, 0.7)
    assert np.allclose(both @ both.T, (words @ words.T + 0.49 * looks @ looks.T) / 1.49, atol=1e-6)


def test_many_words_are_placed_as_few_are():
    labels, many = vectors(12, 6), vectors(9000, 6, seed=1)
    space = with_back(Space.of(labels, 0.5), labels)
    apart = np.concatenate([space.apply(many[:5]), space.apply(many[5:5000]), space.apply(many[5000:])])
    assert np.allclose(space.apply(many), apart, atol=1e-6)
    assert space.apply(many[:0]).shape == (0, 10)


def test_what_has_no_direction_stays_without_one():
    labels = vectors(12, 6)
    space = with_back(Space.of(labels, 0.5), labels)
    assert not space.apply(space.centre[None]).any()
    assert space.apply(np.concatenate([space.centre[None], labels]))[1:].any(1).all()


@pytest.mark.parametrize("back", [False, True])
def test_saved_and_loaded_it_is_the_same(tmp_path, back):
    labels = vectors(12, 6)
    space = Space.of(labels, 0.5)
    space = with_back(space, labels) if back else space
    space.save(tmp_path / "space")
    again = Space.load(tmp_path / "space")
    assert (again.back is not None) == back
    assert (again.apply(labels) == space.apply(labels)).all()
    again.save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "space").read_bytes()


def test_files_that_are_absent_or_damaged(tmp_path):
    path = tmp_path / "space"
    assert_one_sentence(path, "does not exist yet")
    assert_one_sentence(tmp_path, "is damaged")
    Space.of(vectors(12, 6), 0.5).save(path)
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[:20], b"", b"no tensors at all"):
        path.write_bytes(damaged)
        assert_one_sentence(path, "is damaged")


def assert_one_sentence(path, said: str) -> None:
    with pytest.raises(QuoiError) as raised:
        Space.load(path)
    assert said in str(raised.value) and str(raised.value).startswith(str(path)) and "\n" not in str(raised.value)
