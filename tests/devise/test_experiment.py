"""The whole experiment on made-up data whose labels can be found: scores, controls, and what decides them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from safetensors.torch import save

from quoi.devise import train
from quoi.devise.experiment import RIDGES, Experiment, Trained
from quoi.devise.regression import Regression, linear
from quoi.images.features import PLAIN
from quoi.io.errors import QuoiError
from quoi.io.geometry import unit
from tests.devise.synthetic import CPU, LABELS, data, devise

pytestmark = pytest.mark.usefixtures("one_thread")

PARTS = {"its head alone", "its kernel alone", "without the way back"}
CONTROLS = {"ConSE", "visual neighbours", "ridge regression", "random vectors"}
KINDS = {
    "one picture each": {},
    "three each": {"pictures": 3},
    "three each, some for validation": {"pictures": 3, "source_split": ("train", "val", "train")},
    "some without a vector": {"pictures": 2, "missing": 9},
}


@pytest.fixture(scope="module", params=KINDS)
def done(request) -> tuple[Experiment, Trained]:
    experiment = Experiment(data(**KINDS[request.param]), devise(), CPU)
    return experiment, experiment.train(1)


def bytes_of(trained: Trained) -> tuple[bytes, ...]:
    """All that a model is."""
    model = trained.model
    arrays = [*vars(model.standard).values(), model.space.centre, model.space.turn, model.middle, model.looks]
    arrays += [model.kernel.pictures, model.kernel.weights, model.space.back.labels, model.space.back.weights]
    return save(model.head.state_dict()), *(array.tobytes() for array in arrays)


def test_unseen_labels_are_found_far_more_often_than_by_chance(done):
    _, trained = done
    scores = trained.scores["DeViSE"]
    assert scores["unseen"]["labels"] == 12 and scores["unseen"]["chance@1"] == pytest.approx(1 / 12)
    assert scores["unseen"]["hit@1"] >= 0.5 and scores["unseen"]["hit@5"] >= 0.9
    among_all = scores["unseen among all"]
    assert among_all["labels"] == LABELS and among_all["hit@5"] >= 0.5 > 5 * among_all["chance@5"]
    assert scores["seen"]["labels"] == 48 and scores["seen"]["hit@5"] >= 0.9
    assert all(row[f"hit@{k}"] <= row[f"hit@{2 * k}"] for row in scores.values() for k in (1, 5, 10))
    by_chance = trained.scores["random vectors"]["unseen"]
    assert by_chance["hit@1"] <= 0.25 and by_chance["loss"] > 0.7 > scores["unseen"]["loss"]


def test_controls_and_parts_are_scored_on_the_same_pictures(done):
    _, trained = done
    assert set(trained.scores) == {"DeViSE", *PARTS, *CONTROLS}
    for sets in trained.scores.values():
        assert tuple(sets) == ("seen", "unseen", "unseen among all")
        for name, scores in sets.items():
            for same in ("pictures", "labels", "chance@5"):
                assert scores[same] == trained.scores["DeViSE"][name][same]
    # All but random vectors have learned something, too.
    for name in {*PARTS, *CONTROLS} - {"random vectors"}:
        assert trained.scores[name]["unseen"]["hit@5"] >= 0.9 and trained.scores[name]["unseen"]["loss"] < 0.5, name


def test_pictures_are_counted_where_they_belong(done):
    experiment, trained = done
    inputs = experiment.data
    parts, pictures = experiment.parts, len(inputs.label_of) // len(inputs.labels)
    counts = {name: row["pictures"] for name, row in trained.scores["DeViSE"].items()}
    assert counts["unseen"] == counts["unseen among all"] == 12 * pictures
    # A label's only picture is not held out: it is asked about rotated. Else one of each is.
    assert counts["seen"] == 48 and parts.held_out.sum() == (0 if pictures == 1 else 48)
    assert len(trained.predictions) == len(inputs.label_of) and len(experiment.training) == 48 * max(1, pictures - 1)
    assert np.allclose(np.linalg.norm(trained.predictions, axis=1), 1, atol=1e-5)
    assert not set(experiment.training) & set(np.flatnonzero(parts.held_out | (inputs.label_of < 0)))
    assert set(inputs.label_of[experiment.rows(parts.test)]) == set(np.flatnonzero(parts.test))


def test_without_another_view_or_picture_seen_labels_have_no_score():
    trained = Experiment(data(views=(PLAIN, "flip")), devise(epochs=2), CPU).train(1)
    assert all(tuple(sets) == ("unseen", "unseen among all") for sets in trained.scores.values())


def test_parts_that_are_left_out_are_absent():
    trained = Experiment(data(), devise(epochs=2, kernel={"weight": 0}), CPU).train(1)
    assert set(trained.scores) == {"DeViSE", "its head alone", *CONTROLS} and trained.model.kernel is None
    trained = Experiment(data(), devise(epochs=2, back={"weight": 0}), CPU).train(1)
    assert set(trained.scores) == {"DeViSE", "its head alone", "its kernel alone", *CONTROLS}
    assert trained.model.looks is None and trained.predictions.shape[1] == 8


def test_two_runs_are_the_same_and_seeds_differ():
    settings = devise(epochs=4, seeds=[1, 2])
    one, again = (Experiment(data(), settings, CPU) for _ in range(2))
    trained = one.train(1), again.train(2), again.train(1)
    assert trained[0].predictions.tobytes() == trained[2].predictions.tobytes()
    assert trained[0].scores == trained[2].scores and trained[0].history == trained[2].history
    assert bytes_of(trained[0]) == bytes_of(trained[2])
    assert trained[0].predictions.tobytes() != trained[1].predictions.tobytes()
    # Test labels are those of every seed, labels to stop by are not.
    parts = [one.split_of(seed) for seed in (1, 2)]
    assert (parts[0].test == parts[1].test).all() and (parts[0].dev != parts[1].dev).any()


def test_drawn_targets_are_learned_but_unseen_labels_are_not_found_by_them():
    drawn = [Experiment(data(), devise(targets="random", seeds=[seed]), CPU) for seed in (1, 1, 2)]
    words = [experiment.data.words.tobytes() for experiment in drawn]
    assert words[0] == words[1] != words[2] and words[0] != data().words.tobytes()
    scores = drawn[0].train(1).scores
    assert scores["DeViSE"]["seen"]["hit@5"] > 0.8
    assert all(scores[name]["unseen"]["hit@1"] <= 0.25 for name in ("DeViSE", "random vectors"))


def test_ranks_of_unseen_labels_are_those_of_the_scores(done):
    experiment, trained = done
    ranks = experiment.ranks(trained.predictions)
    unseen = trained.scores["DeViSE"]["unseen"]
    assert len(ranks) == unseen["pictures"]
    assert [(ranks < k).mean() for k in (1, 5)] == [unseen["hit@1"], unseen["hit@5"]]


@pytest.mark.parametrize("pictures", [1, 3])
def test_test_labels_decide_nothing(pictures):
    settings, inputs = devise(epochs=4), data(pictures)
    experiment = Experiment(inputs, settings, CPU)
    whole = experiment.train(1)
    random = np.random.default_rng(9)
    unseen = experiment.rows(experiment.parts.test)
    words, vectors, scores = inputs.words.copy(), inputs.features.vectors.copy(), inputs.features.scores.copy()
    words[experiment.parts.test] = random.standard_normal((12, words.shape[1]))
    vectors[unseen] = random.standard_normal(vectors[unseen].shape)
    scores[unseen] = random.standard_normal(scores[unseen].shape)
    changed = replace(inputs, words=words, features=replace(inputs.features, vectors=vectors, scores=scores))
    other = Experiment(changed, settings, CPU).train(1)
    assert bytes_of(other) == bytes_of(whole)
    assert (other.stopped, other.history) == (whole.stopped, whole.history)
    kept = np.setdiff1d(np.arange(len(vectors)), unseen)
    assert np.allclose(other.predictions[kept], whole.predictions[kept], atol=1e-5)
    assert other.scores["DeViSE"]["unseen"]["hit@5"] < whole.scores["DeViSE"]["unseen"]["hit@5"]
    assert other.scores["DeViSE"]["seen"]["loss"] == pytest.approx(whole.scores["DeViSE"]["seen"]["loss"], abs=1e-5)


def test_held_out_pictures_decide_nothing():
    settings, inputs = devise(epochs=4), data(3)
    experiment = Experiment(inputs, settings, CPU)
    held = experiment.parts.held_out
    vectors = inputs.features.vectors.copy()
    vectors[held] = np.random.default_rng(9).standard_normal(vectors[held].shape)
    other = Experiment(replace(inputs, features=replace(inputs.features, vectors=vectors)), settings, CPU).train(1)
    assert bytes_of(other) == bytes_of(experiment.train(1))
    assert other.scores["DeViSE"]["seen"]["hit@5"] < 0.5


def test_the_rotated_view_decides_nothing():
    settings, inputs = devise(epochs=4), data()
    vectors = inputs.features.vectors.copy()
    vectors[:, 2] = np.random.default_rng(9).standard_normal(vectors[:, 2].shape)
    changed = replace(inputs, features=replace(inputs.features, vectors=vectors))
    trained = [Experiment(some, settings, CPU).train(1) for some in (inputs, changed)]
    assert bytes_of(trained[0]) == bytes_of(trained[1])
    assert trained[1].scores["DeViSE"]["seen"]["hit@5"] < 0.5 < trained[0].scores["DeViSE"]["seen"]["hit@5"]


def test_the_first_head_says_when_the_second_stops(monkeypatch):
    rows, calls, histories, fit = [], [], [], train.fit

    def spied(examples, held_out, epochs, *others):
        calls.append((len(examples.label_of), held_out and len(held_out.label_of), epochs))
        head, history = fit(examples, held_out, epochs, *others)
        histories.append(history)
        return head, history

    monkeypatch.setattr(train, "fit", spied)
    monkeypatch.setattr(train, "best_epoch", lambda history: 5 if history is histories[-1] else None)
    experiment = Experiment(data(**KINDS["three each, some for validation"]), devise(early_stop=None), CPU)
    trained = experiment.train(1, rows.append)
    assert rows == trained.history == histories[0] and trained.stopped == 5
    # Two pictures of each of 42 labels, and of 6 to stop by; then all of them.
    assert calls == [(84, 12, 12), (96, None, 5)]


def test_the_bank_holds_as_many_pictures_of_each_label_as_fit():
    experiment = Experiment(data(pictures=4), devise(kernel={"pictures": 100}), CPU)
    bank = experiment.bank
    assert len(set(bank)) == 100 and set(bank) <= set(experiment.training) and (np.diff(bank) > 0).all()
    counts = np.bincount(experiment.data.label_of[bank], minlength=LABELS)[~experiment.parts.test]
    assert set(counts) == {2, 3} and (counts == 3).sum() == 100 - 2 * 48
    whole = Experiment(data(pictures=4), devise(), CPU)
    assert (whole.bank == np.sort(whole.training)).all() and len(whole.bank) == 48 * 3


def test_training_pictures_are_predicted_as_if_they_had_not_been_seen():
    experiment = Experiment(data(), devise(), CPU)
    made = experiment.controls["ridge regression"].pictures
    goals = experiment.goals
    pictures = experiment.averaged[experiment.bank]
    strengths = []
    for ridge in RIDGES:
        one_out = np.stack([_without(row, pictures, goals, ridge) for row in range(len(pictures))])
        strengths.append(((unit(one_out) * goals).sum(), one_out))
    # Of all strengths the best is taken.
    _, best = max(strengths, key=lambda strength: strength[0])
    assert np.allclose(made[experiment.bank], best, atol=1e-4)
    unseen = experiment.rows(experiment.parts.test)
    assert np.allclose(made[unseen], experiment.ridge.predict(experiment.averaged[unseen]), atol=1e-6)
    kernel = experiment.kernel
    assert np.abs(kernel.left_out - kernel.predict(pictures)).max() > 0.05


def _without(row: int, pictures: np.ndarray, goals: np.ndarray, ridge: float) -> np.ndarray:
    """What ridge regression on all other pictures predicts for one."""
    fit = Regression.fit(np.delete(pictures, row, 0), np.delete(goals, row, 0), linear, ridge)
    return fit.predict(pictures[row : row + 1])[0]


def test_looks_are_the_directions_in_which_pictures_differ_most():
    experiment = Experiment(data(), devise(back={"dimensions": 5}), CPU)
    looks, pictures = experiment.looks, experiment.averaged[experiment.training]
    assert looks.shape == (40, 5) and np.allclose(looks.T @ looks, np.eye(5), atol=1e-5)
    values = np.linalg.eigvalsh(np.cov(pictures.T, bias=True))[::-1][:5]
    assert np.allclose(((pictures - pictures.mean(0)) @ looks).var(0), values, rtol=1e-3)
    # More than there are.
    assert Experiment(data(), devise(back={"dimensions": 400}), CPU).looks.shape == (40, 40)


def test_too_little_data_is_said_before_anything_is_computed():
    inputs = data()
    few = replace(inputs, labels=inputs.labels[:9], label_of=np.where(inputs.label_of < 9, inputs.label_of, -1))
    with pytest.raises(QuoiError, match="there are 9"):
        Experiment(few, devise(), CPU)
    with pytest.raises(QuoiError, match="42 with 0 pictures are left to train with"):
        Experiment(replace(inputs, source_split=["val"] * LABELS), devise(), CPU)
