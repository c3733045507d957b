"""hit@k, hubs, kernel regression, losses and controls, each against a plain loop over its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import l1_loss, mse_loss, normalize

from quoi.devise import baselines, scores, train
from quoi.devise.head import Head
from quoi.devise.regression import Regression, exponential, linear
from quoi.io.geometry import unit
from quoi.params.devise import Devise


def rows(count: int, width: int, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).standard_normal((count, width)))


def hits_by_loops(predictions, label_of, labels, candidates, top):
    """Sorted by cosine, a tie to the disadvantage of the true label."""
    counts = dict.fromkeys(top, 0)
    for prediction, true in zip(predictions, label_of, strict=True):
        near = {c: float(prediction @ labels[c]) for c in range(len(labels)) if candidates[c]}
        order = sorted(near, key=lambda c: (-near[c], c == true))
        for k in top:
            counts[k] += true in order[:k]
    return {k: count / len(label_of) for k, count in counts.items()}


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_hits_with_ties_are_those_of_a_loop(data):
    # Whole numbers, of which products and sums are exact: equal cosines are equal numbers.
    def table(count):
        row = st.lists(st.integers(-1, 1), min_size=3, max_size=3)
        return np.array(data.draw(st.lists(row, min_size=count, max_size=count)), dtype=np.float32)

    labels, predictions = table(data.draw(st.integers(1, 9))), table(data.draw(st.integers(1, 6)))
    one = st.integers(0, len(labels) - 1)
    truth = np.array(data.draw(st.lists(one, min_size=len(predictions), max_size=len(predictions))))
    ranks = scores.ranks(predictions, labels, truth, np.zeros(len(labels), np.float32))
    wanted = hits_by_loops(predictions, truth, labels, np.ones(len(labels), bool), scores.TOP)
    assert {k: (ranks < k).mean() for k in scores.TOP} == pytest.approx(wanted)


def test_among_some_labels_only_those_count():
    labels, predictions = rows(30, 5), rows(50, 5, seed=1)
    candidates = np.arange(30) % 3 == 0
    label_of = np.random.default_rng(2).choice(np.flatnonzero(candidates), 50)
    hits = scores.evaluate(7 * predictions, label_of, labels, candidates, predictions, 0)
    wanted = hits_by_loops(predictions, label_of, labels, candidates, scores.TOP)
    assert {k: hits[f"hit@{k}"] for k in scores.TOP} == pytest.approx(wanted)
    assert [hits[f"chance@{k}"] for k in scores.TOP] == [0.1, 0.2, 0.5, 1, 1] and 0 < hits["hit@1"] < hits["hit@5"] < 1
    everywhere = scores.evaluate(predictions, label_of, labels, np.ones(30, bool), predictions, 0)
    assert everywhere["hit@5"] < hits["hit@5"]


def test_many_pictures_are_scored_as_few_are(monkeypatch):
    labels, predictions, truth = rows(7, 4), rows(50, 4, seed=1), np.arange(50) % 7
    whole = scores.ranks(predictions, labels, truth, np.zeros(7, np.float32))
    monkeypatch.setattr(scores, "_ROWS", 8)
    assert (scores.ranks(predictions, labels, truth, np.zeros(7, np.float32)) == whole).all()
    assert len(scores.ranks(predictions[:0], labels, truth[:0], np.zeros(7, np.float32))) == 0


@pytest.mark.parametrize("neighbours", [1, 3, 100])
def test_csls_by_its_definition(neighbours):
    labels, predictions, bank = rows(12, 4), rows(20, 4, seed=1), rows(9, 4, seed=2)
    label_of = np.arange(20) % 12
    hits = scores.evaluate(predictions, label_of, labels, np.ones(12, bool), bank, neighbours)
    count, first = min(neighbours, 9), 0
    for prediction, true in zip(predictions, label_of, strict=True):
        # 2 cos(x, y) - r(x) - r(y); r(x), of the prediction, is the same for every label.
        csls = []
        for label in labels:
            nearest = sorted((float(other @ label) for other in bank), reverse=True)[:count]
            csls.append(2 * float(prediction @ label) - sum(nearest) / count)
        first += max(range(12), key=csls.__getitem__) == true
    assert hits["hit@1"] == pytest.approx(first / 20)


def test_a_hub_is_taken_off():
    # The last label is nearest to everything; every picture is next nearest to its own.
    labels = unit(np.concatenate([np.eye(4), np.ones((1, 4))]))
    predictions = unit(np.eye(4) + 0.9)
    plain, csls = (
        scores.evaluate(predictions, np.arange(4), labels, np.ones(5, bool), predictions, neighbours)["hit@1"]
        for neighbours in (0, 4)
    )
    assert (plain, csls) == (0, 1)


def test_no_number_is_no_hit():
    predictions = rows(4, 3)
    predictions[1:] = [[np.nan] * 3, [np.nan, 1, 0], [0] * 3]
    labels = np.stack([predictions[0], -predictions[0]])
    hits = scores.evaluate(predictions, np.zeros(4, int), labels, np.ones(2, bool), predictions, 0)
    assert hits["hit@1"] == 0.25


@pytest.mark.parametrize("similarity", [linear, exponential(0.4)])
def test_leave_one_out_is_refitting_without_each_picture(similarity):
    pictures, targets = rows(12, 6), rows(12, 3, seed=1)
    fit = Regression.fit(pictures, targets, similarity, 0.3)
    for left in range(12):
        others = np.arange(12) != left
        without = Regression.fit(pictures[others], targets[others], similarity, 0.3)
        assert np.allclose(fit.left_out[left], without.predict(pictures[left : left + 1])[0], atol=1e-8)


def test_regression_is_the_solution_of_its_equations():
    pictures, targets, asked = rows(12, 6), rows(12, 3, seed=1), rows(5, 6, seed=2)
    fit = Regression.fit(pictures, targets, exponential(0.4), 0.3)
    alike = np.array([[math.exp((float(a @ b) - 1) / 0.4) for b in pictures] for a in pictures])
    weights = np.linalg.solve(alike + 0.3 * np.eye(12), targets)
    near = np.array([[math.exp((float(a @ b) - 1) / 0.4) for b in pictures] for a in asked])
    assert np.allclose(fit.predict(asked), near @ weights, atol=1e-6)
    ridge = Regression.fit(pictures, targets, linear, 0.3).predict(asked)
    wanted = asked @ np.linalg.solve(pictures.T @ pictures + 0.3 * np.eye(6), pictures.T @ targets)
    assert np.allclose(ridge, wanted, atol=1e-5)


def test_regression_predicts_many_as_few(monkeypatch):
    fit = Regression.fit(rows(12, 6), rows(12, 3, seed=1), exponential(0.4), 0.3)
    whole = fit.predict(rows(20, 6, seed=2))
    monkeypatch.setattr("quoi.devise.regression._ROWS", 7)
    assert np.allclose(fit.predict(rows(20, 6, seed=2)), whole, atol=1e-12)
    assert fit.predict(rows(20, 6)[:0]).shape == (0, 3)


def training(words: torch.Tensor, **settings) -> train.HeadTraining:
    """Whose loss the settings name."""
    examples = train.TrainingPictures(np.zeros((7, 1, 3), np.float32), np.arange(7), words.numpy())
    chosen = Devise.model_validate(settings)
    return train.HeadTraining(Head(3, 4, chosen), examples, chosen, 1)


def test_ranking_loss_is_that_of_nested_loops():
    words = torch.from_numpy(rows(7, 4))
    labels = torch.tensor([0, 3, 3, 6, 1])
    made = 3 * torch.from_numpy(rows(5, 4, seed=1)) + 0.5 * words[labels]
    total = 0.0
    for prediction, label in zip(normalize(made, dim=1).tolist(), labels.tolist(), strict=True):
        near = [sum(a * b for a, b in zip(prediction, word, strict=True)) for word in words.tolist()]
        total += sum(max(0.0, 0.1 - near[label] + near[other]) for other in range(7) if other != label)
    loss = training(words, loss="ranking", margin=0.1).loss(made, words[labels], labels)
    assert loss.item() == pytest.approx(total / 5, rel=1e-5) and total > 0
    # Far enough from all others there is nothing to lose.
    assert train.ranking(torch.eye(3), torch.arange(3), torch.eye(3), 0.1) == 0


def test_the_other_losses_are_those_of_their_names():
    words, labels = torch.from_numpy(rows(7, 4)), torch.tensor([0, 3, 6])
    made, targets = 2 * torch.from_numpy(rows(3, 4, seed=1)), words[labels]
    losses = {name: training(words, loss=name).loss(made, targets, labels).item() for name in ("cosine", "l1", "mse")}
    cosines = [float(a @ b / a.norm() / b.norm()) for a, b in zip(made, targets, strict=True)]
    wanted = {
        "cosine": 1 - sum(cosines) / 3,
        "l1": l1_loss(made, targets).item(),
        "mse": mse_loss(made, targets).item(),
    }
    assert losses == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("count", [1, 3, 50])
def test_conse_is_that_of_a_loop(count):
    class_scores, classes = 3 * np.random.default_rng(0).standard_normal((6, 12)), rows(12, 4, seed=1)
    classes[[2, 5]] = 0
    made = baselines.conse(class_scores, classes, count)
    for row, prediction in zip(class_scores, made, strict=True):
        known = [label for label in range(12) if label not in (2, 5)]
        best = sorted(known, key=lambda label: -row[label])[:count]
        total = sum(math.exp(value) for value in row)
        wanted = sum(math.exp(row[label]) / total * classes[label] for label in best)
        assert np.allclose(prediction, wanted, atol=1e-6)


def test_conse_stands_scores_of_any_size():
    made = baselines.conse(np.array([[1e4, 0.0, -1e4]]), np.eye(3, dtype=np.float32), 2)
    assert np.allclose(made, [[1, 0, 0]])


def test_visual_neighbours_are_those_of_a_loop(monkeypatch):
    monkeypatch.setattr(baselines, "_ROWS", 4)
    pictures, bank, targets = rows(6, 5), rows(8, 5, seed=1), rows(8, 3, seed=2)
    bank[[3, 7]] = pictures[[0, 4]]
    own = np.array([3, -1, -1, -1, 7, -1])
    for places in (None, own):
        made = baselines.visual_neighbours(pictures, bank, targets, places)
        for row, picture in enumerate(pictures):
            others = [other for other in range(8) if places is None or other != places[row]]
            near = np.exp([float(picture @ bank[other]) / baselines.TEMPERATURE for other in others])
            assert np.allclose(made[row], near @ targets[others] / near.sum(), atol=1e-5)


def test_the_classes_of_imagenet():
    classes = baselines.imagenet_classes()
    # The first is the tench, the last a toilet paper; dog breeds are in between.
    assert len(set(classes)) == 1000 and classes == sorted(classes)
    assert (classes[0], classes[207], classes[-1]) == ("n01440764", "n02099601", "n15075141")
