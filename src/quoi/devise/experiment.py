"""DeViSE from its inputs to its record: a head a seed, beside controls, scored on labels that nothing was chosen by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from quoi.devise import baselines, checks, scores
from quoi.devise.data import ROTATED, DeviseData
from quoi.devise.head import Standard
from quoi.devise.model import Model, looks_of
from quoi.devise.regression import Regression, Similarity, exponential, linear
from quoi.devise.space import Space, WayBack
from quoi.devise.split import Partition, split
from quoi.images.features import PLAIN
from quoi.io.geometry import unit
from quoi.params import Hardware
from quoi.params.devise import Devise
from quoi.records.checks import Measures

if TYPE_CHECKING:
    from quoi.devise.train import TrainingPictures

RIDGES = tuple(float(value) for value in np.geomspace(0.01, 30, 12))
"""Strengths tried for the ridge regression control; the one with the best leave-one-out cosine is taken."""


class Predictions(NamedTuple):
    """Of one method: of all pictures as they are [pictures, d], and of the training pictures rotated [training, d].

    Where no picture is asked about rotated, `rotated` is None.
    """

    pictures: np.ndarray
    rotated: np.ndarray | None


@dataclass(frozen=True)
class Trained:
    """One seed: its model, its history (a row an epoch) and hit@k by method and set; `stopped` is the epoch chosen."""

    seed: int
    model: Model
    history: list[dict[str, float]]
    stopped: int
    scores: dict[str, dict[str, dict[str, float]]]
    predictions: np.ndarray
    measures: Measures


class Experiment:
    """All that the seeds of one experiment share: which labels are unseen, features, word space, controls.

    Attributes:
        parts: any seed's split; of it only what all have in common is used.
        training: int [t], rows of all pictures that a final training sees.
        views: raw features of every picture [pictures, views, f], of the views that training sees.
        rotated: those of the training pictures rotated [t, 1, f]; None where seen labels have other pictures to ask
            about, or there is no such view.
        standard: of the training pictures.
        averaged: every picture's mean of its views, standardized [pictures, f]; middle: its mean of the training
            pictures [f].
        bank: int [m], rows of the training pictures that similarity is measured to.
        space: word space by all labels but the test's; targets: the labels in it, unit rows [labels, d].
        goals: those of the bank's pictures [m, d].
        looks: the directions in which training pictures differ most [f, q]; None where there is no way back.
        whole: word space with the way back; places: the labels in it, unit rows [labels, d + q].
        kernel: regression on visual similarity; None where its weight is 0.
        ridge: the control: linear, of the strength that predicts left-out pictures best.
        controls: what every control that draws nothing by chance predicts.
    """

    def __init__(self, data: DeviseData, settings: Devise, hardware: Hardware) -> None:
        if settings.targets == "random":
            data = data.with_random_words(settings.seeds[0])
        self.data, self.settings, self.hardware = data, settings, hardware
        features = data.features
        self.parts = self.split_of(settings.seeds[0])
        self.training = self.rows(~self.parts.test, self.parts.held_out)
        self.views = features.vectors[:, [features.note.views.index(name) for name in data.training_views]]
        self.rotated = None
        if ROTATED in features.note.views and not self.parts.held_out.any():
            self.rotated = features.view(ROTATED)[self.training][:, None]
        self.standard = Standard.of(features.view(PLAIN)[self.training], features.note.widths)
        self.averaged = self.standard.apply(self.views.mean(1))
        self.middle = self.averaged[self.training].mean(0)
        self.bank = self._bank(settings.kernel.pictures)
        self.space = Space.of(data.words[~self.parts.test], settings.whitening)
        self.targets = self.space.words(data.words)
        self.goals = self.targets[data.label_of[self.bank]]
        self.looks, self.whole = None, self.space
        if settings.back.weight:
            _, _, axes = np.linalg.svd(self.averaged[self.bank] - self.middle, full_matrices=False)
            self.looks = np.ascontiguousarray(axes[: settings.back.dimensions].T)
            self.whole = replace(self.space, back=self._way_back(self.looks))
        self.places = self.whole.apply(data.words)
        self.kernel = None
        if settings.kernel.weight:
            self.kernel = self._regression(exponential(settings.kernel.width), settings.kernel.ridge)
        fits = (self._regression(linear, strength) for strength in RIDGES)
        self.ridge = max(fits, key=lambda fit: float((unit(fit.left_out) * self.goals).sum()))
        self.controls = self._controls()

    def split_of(self, seed: int) -> Partition:
        """Labels and pictures divided; test labels and held-out pictures are the same for every seed."""
        return split(self.data.labels, self.data.label_of, self.data.source_split, self.settings.split, seed)

    def rows(self, labels: np.ndarray, held_out: np.ndarray | None = None) -> np.ndarray:
        """Rows of the pictures, int [n], of some labels, bool [labels]; without those held out, bool [pictures]."""
        among = (self.data.label_of >= 0) & labels[self.data.label_of]
        return np.flatnonzero(among if held_out is None else among & ~held_out)

    def _bank(self, most: int) -> np.ndarray:
        """All training pictures, or as many of each label as fit."""
        labels = self.data.label_of[self.training]
        order = np.argsort(labels, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(labels))])[labels[order]]
        turn = np.arange(len(order)) - starts  # a label's first picture has the turn 0
        first = order[np.argsort(turn, kind="stable")][:most]
        return np.sort(self.training[first])

    def _way_back(self, looks: np.ndarray) -> WayBack:
        """Learned from what the training pictures of each label look like."""
        labels, settings = self.data.label_of[self.training], self.settings.back
        sums = np.zeros((len(self.data.labels), looks.shape[1]))
        np.add.at(sums, labels, looks_of(self.averaged[self.training], looks, self.middle))
        known = np.unique(labels)
        fit = Regression.fit(self.targets[known], unit(sums[known]), exponential(settings.width), settings.ridge)
        return WayBack(self.targets[known], fit.weights.astype(np.float32), settings.width, settings.weight)

    def _regression(self, similarity: Similarity, ridge: float) -> Regression:
        return Regression.fit(self.averaged[self.bank], self.goals, similarity, ridge)

    def _regressed(self, regression: Regression) -> Predictions:
        """Its predictions; of the bank's pictures as if it had not been fitted to them."""
        pictures = regression.predict(self.averaged)
        pictures[self.bank] = regression.left_out
        return self._both(pictures, lambda views: regression.predict(self.standard.apply(views[:, 0])))

    def _both(self, pictures: np.ndarray, rotated: Callable[[np.ndarray], np.ndarray] | None = None) -> Predictions:
        """Predictions of the pictures with those of the training pictures rotated; by default they are the same."""
        if self.rotated is None:
            return Predictions(pictures, None)
        return Predictions(pictures, rotated(self.rotated) if rotated else pictures[self.training])

    def _controls(self) -> dict[str, Predictions]:
        own = np.full(len(self.averaged), -1)
        own[self.bank] = np.arange(len(self.bank))
        bank = self.averaged[self.bank]
        classes = np.where(self.data.classes.any(1, keepdims=True), self.space.words(self.data.classes), 0)

        def neighbours(views: np.ndarray) -> np.ndarray:
            return baselines.visual_neighbours(self.standard.apply(views[:, 0]), bank, self.goals)

        return {
            # The class scores are of the pictures as they are: ConSE has trained on none of them.
            "ConSE": self._both(baselines.conse(np.asarray(self.data.features.scores), classes)),
            "visual neighbours": self._both(
                baselines.visual_neighbours(self.averaged, bank, self.goals, own), neighbours
            ),
            "ridge regression": self._regressed(self.ridge),
        }

    def train(self, seed: int, report: Callable[[dict[str, Any]], None] = lambda row: None) -> Trained:
        """Train with one seed and score it beside the controls. Arguments as of `fit`."""
        model, history, stopped = self.fit(seed, report)
        parts, methods = self.split_of(seed), self.predictions(model, seed)
        by_method = {name: self.evaluate(predictions, parts) for name, predictions in methods.items()}
        made = methods["DeViSE"].pictures
        unseen, places = made[self.rows(parts.test)], self._places_of(made)
        measures = checks.of_predictions(
            unseen, places, self.data.labels, parts.test, made[self.bank], self.settings.csls
        )
        return Trained(seed, model, history, stopped, by_method, made, measures)

    def fit(
        self, seed: int, report: Callable[[dict[str, Any]], None] = lambda row: None
    ) -> tuple[Model, list[dict[str, float]], int]:
        """Train with one seed: the model, its history, and the epoch at which it was stopped.

        A first head is trained without the dev labels, which say after how many epochs to stop; a second one with
        them for as many epochs, and that is the one that counts.

        Args:
            report: called with each row of the first head's history.
        """
        from quoi.devise import train

        parts, settings = self.split_of(seed), self.settings
        labels = parts.train | parts.dev
        without, dev = (self._examples(mask, parts, parts.train) for mask in (parts.train, parts.dev))
        _, history = train.fit(without, dev, settings.epochs, settings, self.hardware, seed, report)
        stopped = train.best_epoch(history)
        head, _ = train.fit(self._examples(labels, parts, labels), None, stopped, settings, self.hardware, seed)
        model = Model(self.whole, self.standard, head, self.kernel, settings.kernel.weight, self.looks, self.middle)
        return model, history, stopped

    def space_of(self, predictions: np.ndarray) -> Space:
        """The space that predictions are in: words alone, or words and looks."""
        return self.space if predictions.shape[1] == self.targets.shape[1] else self.whole

    def ranks(self, pictures: np.ndarray) -> np.ndarray:
        """How many other unseen labels are as near to each picture of one: int, in the order of `rows(parts.test)`.

        Args:
            pictures: predictions of all pictures.
        """
        unseen, bank = self.rows(self.parts.test), pictures[self.bank]
        asked = pictures[unseen], self.data.label_of[unseen], self._places_of(pictures), self.parts.test
        return scores.ranks_among(*asked, bank, self.settings.csls)

    def _places_of(self, predictions: np.ndarray) -> np.ndarray:
        """The labels in the space that predictions are in."""
        return self.targets if self.space_of(predictions) is self.space else self.places

    def _examples(self, labels: np.ndarray, parts: Partition, seen: np.ndarray) -> TrainingPictures:
        """Pictures of some labels, with space and standard as the labels seen make them."""
        from quoi.devise.train import TrainingPictures

        features, learned = self.data.features, self.rows(seen, parts.held_out)
        standard = Standard.of(features.view(PLAIN)[learned], features.note.widths)
        words = Space.of(self.data.words[seen], self.settings.whitening).words(self.data.words)
        rows, among = self.rows(labels, parts.held_out), np.flatnonzero(labels)
        views = [standard.apply(self.views[rows, view]) for view in range(self.views.shape[1])]
        return TrainingPictures(np.stack(views, 1), np.searchsorted(among, self.data.label_of[rows]), words[among])

    def predictions(self, model: Model, seed: int) -> dict[str, Predictions]:
        """By method; DeViSE's parts are scored to show what each brings."""
        left_out = (self.bank, np.arange(len(self.bank)))
        words, alone = replace(model, looks=None), replace(model, looks=None, kernel=None)
        methods = {
            "DeViSE": self._both(model.predict(self.views, left_out), model.predict),
            "its head alone": self._both(alone.predict(self.views), alone.predict),
        }
        if model.kernel is not None:
            methods["its kernel alone"] = self._regressed(model.kernel)
            if model.looks is not None:
                methods["without the way back"] = self._both(words.predict(self.views, left_out), words.predict)
        random = unit(np.random.default_rng(seed).standard_normal((len(self.views), self.targets.shape[1])))
        return methods | self.controls | {"random vectors": self._both(random)}

    def evaluate(self, predictions: Predictions, parts: Partition) -> dict[str, dict[str, float]]:
        """hit@k, chance@k and mean 1 - cosine: `seen`, where there are such pictures, `unseen`, `unseen among all`."""
        pictures, everything = predictions.pictures, np.ones(len(self.data.labels), dtype=bool)
        places, unseen = self._places_of(pictures), self.rows(parts.test)
        asked = {}
        if parts.held_out.any():
            rows = np.flatnonzero(parts.held_out)
            asked["seen"] = pictures[rows], rows, ~parts.test
        elif predictions.rotated is not None:
            asked["seen"] = predictions.rotated, self.training, ~parts.test
        asked["unseen"] = pictures[unseen], unseen, parts.test
        asked["unseen among all"] = pictures[unseen], unseen, everything
        by_set = {}
        for name, (answers, rows, candidates) in asked.items():
            labels = self.data.label_of[rows]
            loss = 1 - (unit(answers) * places[labels]).sum(1).mean(dtype=np.float64)
            by_set[name] = {
                **scores.evaluate(answers, labels, places, candidates, pictures[self.bank], self.settings.csls),
                "loss": float(loss),
                "pictures": len(rows),
                "labels": int(candidates.sum()),
            }
        return by_set
