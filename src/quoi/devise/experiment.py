"""DeViSE from its inputs to its record: a head a seed, beside controls, scored on labels that nothing was chosen by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from quoi.devise import baselines, checks, scores
from quoi.devise.data import TURNED, Data
from quoi.devise.head import Head, Standard
from quoi.devise.kernel import Regression, exponential, linear
from quoi.devise.model import Model, looks_of
from quoi.devise.space import Back, Space, unit
from quoi.devise.split import Split, split
from quoi.images.features import PLAIN
from quoi.params import Hardware
from quoi.params.devise import Devise
from quoi.records.checks import Measures

RIDGES = tuple(float(value) for value in np.geomspace(0.01, 30, 12))
"""Strengths tried for the ridge regression control; the one with the best leave-one-out cosine is taken."""

PARTS = ("its head alone", "its kernel alone", "without the way back")
"""Of DeViSE; scored to show what each brings."""

SETS = ("seen", "unseen", "unseen among all")
Predictions = dict[str, np.ndarray]
"""By set of pictures: `pictures`, all of them as they are; `turned`, the training pictures turned, where needed."""


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
    """All that the seeds of one experiment share: which labels are unseen, word space, features, controls."""

    def __init__(self, data: Data, settings: Devise, hardware: Hardware) -> None:
        self.data, self.settings, self.hardware = data, settings, hardware
        self.found = np.flatnonzero(data.found)
        """Rows of the labels that have a vector; below, a label is its place among them."""
        place = np.full(len(data.labels), -1)
        place[self.found] = np.arange(len(self.found))
        self.label_of = np.where(data.label_of >= 0, place[data.label_of], -1)
        self.names = [data.labels[row] for row in self.found]
        self.views = [data.features.note.views.index(name) for name in data.training_views]
        self.split_of(settings.seeds[0])  # says what is wrong before anything is computed

    def split_of(self, seed: int) -> Split:
        """Labels and pictures divided; test labels and held-out pictures are the same for every seed."""
        known = self.label_of >= 0
        given = [name for name, has in zip(self.data.given, known, strict=True) if has]
        parts = split(self.names, self.label_of[known], given, self.settings.split, seed)
        held = np.zeros(len(known), dtype=bool)
        held[known] = parts.held_out
        return replace(parts, held_out=held)

    @cached_property
    def parts(self) -> Split:
        """Any seed's: of it only what all have in common is used."""
        return self.split_of(self.settings.seeds[0])

    def rows(self, labels: np.ndarray, held_out: np.ndarray | None = None) -> np.ndarray:
        """Rows of the pictures of some labels, bool [labels]; without those held out."""
        among = np.zeros(len(self.label_of), dtype=bool)
        known = self.label_of >= 0
        among[known] = labels[self.label_of[known]]
        return np.flatnonzero(among if held_out is None else among & ~held_out)

    @cached_property
    def training(self) -> np.ndarray:
        """Rows of all pictures that a final training sees."""
        return self.rows(~self.parts.test, self.parts.held_out)

    @cached_property
    def words(self) -> np.ndarray:
        """Raw word vectors of the labels found, float32 [labels, d]."""
        return self.data.words[self.found]

    @cached_property
    def space(self) -> Space:
        """Word space by all labels but the test's."""
        return Space.of(self.words[~self.parts.test], self.settings.spread)

    @cached_property
    def targets(self) -> np.ndarray:
        """The labels in word space, unit rows [labels, d]."""
        return self.space.words(self.words)

    @cached_property
    def middle(self) -> np.ndarray:
        """Mean of the training pictures' features [f]."""
        return self.averaged[self.training].mean(0)

    @cached_property
    def looks(self) -> np.ndarray | None:
        """The directions in which training pictures differ most [f, q]; None where there is no way back."""
        if not self.settings.back.weight:
            return None
        _, _, axes = np.linalg.svd(self.averaged[self.bank] - self.middle, full_matrices=False)
        return np.ascontiguousarray(axes[: self.settings.back.dimensions].T)

    @cached_property
    def whole(self) -> Space:
        """Word space with the way back, which is learned from what the training pictures of each label look like."""
        if self.looks is None:
            return self.space
        labels = self.label_of[self.training]
        looks = looks_of(self.averaged[self.training], self.looks, self.middle)
        goals = np.zeros((len(self.names), looks.shape[1]))
        np.add.at(goals, labels, looks)
        known, settings = np.unique(labels), self.settings.back
        fit = Regression.fit(self.targets[known], unit(goals[known]), exponential(settings.width), settings.ridge)
        back = Back(self.targets[known], fit.weights.astype(np.float32), settings.width, settings.weight)
        return replace(self.space, back=back)

    @cached_property
    def places(self) -> np.ndarray:
        """The labels in the whole space, unit rows [labels, d + q]."""
        return self.whole.apply(self.words)

    @cached_property
    def standard(self) -> Standard:
        """Of the training pictures."""
        return Standard.of(self.data.features.view(PLAIN)[self.training], self.data.features.note.widths)

    @cached_property
    def bank(self) -> np.ndarray:
        """Rows of the training pictures that similarity is measured to: all, or as many of each label as fit."""
        most = self.settings.kernel.pictures
        labels = self.label_of[self.training]
        order = np.argsort(labels, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(labels))])[labels[order]]
        turn = np.arange(len(order)) - starts
        first = order[np.argsort(turn, kind="stable")][:most]
        return np.sort(self.training[first])

    @cached_property
    def averaged(self) -> np.ndarray:
        """Every picture's mean of the views that training sees, standardized [pictures, f]."""
        return self.standard.apply(self.data.features.vectors[:, self.views].mean(1))

    @cached_property
    def turned(self) -> np.ndarray | None:
        """Rows of features [n, f] of the training pictures turned, where seen labels have no other picture."""
        if self.parts.held_out.any() or TURNED not in self.data.features.note.views:
            return None
        return self.standard.apply(self.data.features.view(TURNED)[self.training])

    @cached_property
    def kernel(self) -> Regression:
        """Regression on visual similarity."""
        settings = self.settings.kernel
        goals = self.targets[self.label_of[self.bank]]
        return Regression.fit(self.averaged[self.bank], goals, exponential(settings.width), settings.ridge)

    @cached_property
    def ridge(self) -> Regression:
        """The control: linear, of the strength that predicts left-out pictures best."""
        goals = self.targets[self.label_of[self.bank]]
        fits = (Regression.fit(self.averaged[self.bank], goals, linear, strength) for strength in RIDGES)
        return max(fits, key=lambda fit: float((unit(fit.left_out) * goals).sum()))

    @cached_property
    def controls(self) -> dict[str, Predictions]:
        """What every control that draws nothing by chance predicts."""
        own = np.full(len(self.averaged), -1)
        own[self.bank] = np.arange(len(self.bank))
        bank, goals = self.averaged[self.bank], self.targets[self.label_of[self.bank]]
        classes = np.where(self.data.classes.any(1, keepdims=True), self.space.words(self.data.classes), 0)
        told = {
            "ConSE": {"pictures": baselines.conse(np.asarray(self.data.features.scores), classes)},
            "visual neighbours": {"pictures": baselines.visual_neighbours(self.averaged, bank, goals, own)},
            "ridge regression": {"pictures": self._regressed(self.ridge)},
        }
        if self.turned is not None:
            # The class scores are of the pictures as they are: ConSE has trained on none of them.
            told["ConSE"]["turned"] = told["ConSE"]["pictures"][self.training]
            told["visual neighbours"]["turned"] = baselines.visual_neighbours(self.turned, bank, goals)
            told["ridge regression"]["turned"] = self.ridge.predict(self.turned)
        return told

    def _regressed(self, regression: Regression) -> np.ndarray:
        made = regression.predict(self.averaged)
        made[self.bank] = regression.left_out
        return made

    def train(self, seed: int, report: Callable[[dict[str, Any]], None] = lambda row: None) -> Trained:
        """Train with one seed and score it beside the controls.

        A first head is trained without the tune labels, which say after how many epochs to stop; a second one with
        them for as many epochs, and that is the one that counts.

        Args:
            report: called with each row of the first head's history.
        """
        from quoi.devise import train

        parts, settings = self.split_of(seed), self.settings
        labels = parts.train | parts.tune
        without, tuning = (self._examples(mask, parts, parts.train) for mask in (parts.train, parts.tune))
        _, history = train.fit(without, tuning, settings.epochs, settings, self.hardware, seed, report)
        stopped = train.best_epoch(history)
        head, _ = train.fit(self._examples(labels, parts, labels), None, stopped, settings, self.hardware, seed)
        kernel = self.kernel if settings.kernel.weight else None
        model = Model(self.whole, self.standard, head, kernel, settings.kernel.weight, self.looks, self.middle)
        methods = self._predictions(model, head, seed)
        told = {name: self.evaluate(made, parts) for name, made in methods.items()}
        made = methods["DeViSE"]["pictures"]
        unseen, places = made[self.rows(parts.test)], self._places_of(made)
        measures = checks.of_predictions(unseen, places, self.names, parts.test, made[self.bank], settings.csls)
        return Trained(seed, model, history, stopped, told, made, measures)

    def _places_of(self, made: np.ndarray) -> np.ndarray:
        """The labels in the space that predictions are in: words alone, or words and looks."""
        return self.targets if made.shape[1] == self.targets.shape[1] else self.places

    def _examples(self, labels: np.ndarray, parts: Split, seen: np.ndarray) -> Any:
        """Pictures of some labels, with space and standard as the labels seen make them."""
        from quoi.devise.train import Examples

        rows = self.rows(labels, parts.held_out)
        if (seen == ~parts.test).all():
            standard, words = self.standard, self.targets
        else:
            learned = self.rows(seen, parts.held_out)
            standard = Standard.of(self.data.features.view(PLAIN)[learned], self.data.features.note.widths)
            words = Space.of(self.words[seen], self.settings.spread).words(self.words)
        among = np.flatnonzero(labels)
        views = [standard.apply(self.data.features.vectors[rows, view]) for view in self.views]
        return Examples(np.stack(views, 1), np.searchsorted(among, self.label_of[rows]), words[among])

    def _predictions(self, model: Model, head: Head, seed: int) -> dict[str, Predictions]:
        """By method."""
        views = self.data.features.vectors[:, self.views]
        left_out = (self.bank, np.arange(len(self.bank)))
        words, alone = replace(model, looks=None), replace(model, looks=None, kernel=None)
        told: dict[str, Predictions] = {name: {} for name in ("DeViSE", *PARTS)}
        told["DeViSE"]["pictures"] = model.predict(views, left_out)
        if model.looks is not None and model.kernel is not None:
            told["without the way back"]["pictures"] = words.predict(views, left_out)
        told["its head alone"]["pictures"] = alone.predict(views)
        if model.kernel is not None:
            told["its kernel alone"]["pictures"] = self._regressed(model.kernel)
        told |= self.controls
        dimensions = self.targets.shape[1]
        told["random vectors"] = {"pictures": baselines.random_vectors(len(views), dimensions, seed)}
        if self.turned is not None:
            turned = self.data.features.vectors[self.training][:, [self.data.features.note.views.index(TURNED)]]
            told["DeViSE"]["turned"] = model.predict(turned)
            if told["without the way back"]:
                told["without the way back"]["turned"] = words.predict(turned)
            told["its head alone"]["turned"] = alone.predict(turned)
            if model.kernel is not None:
                told["its kernel alone"]["turned"] = model.kernel.predict(self.turned)
            told["random vectors"]["turned"] = told["random vectors"]["pictures"][self.training]
        return {name: made for name, made in told.items() if made}

    def evaluate(self, made: Predictions, parts: Split) -> dict[str, dict[str, float]]:
        """hit@k, chance@k and mean 1 - cosine on each of SETS; a set without pictures is absent."""
        pictures, everything = made["pictures"], np.ones(len(self.names), dtype=bool)
        places = self._places_of(pictures)
        bank = pictures[self.bank]
        unseen = self.rows(parts.test)
        asked = {
            "unseen": (pictures[unseen], unseen, parts.test),
            "unseen among all": (pictures[unseen], unseen, everything),
        }
        if parts.held_out.any():
            seen = np.flatnonzero(parts.held_out)
            asked["seen"] = (pictures[seen], seen, ~parts.test)
        elif "turned" in made:
            asked["seen"] = (made["turned"], self.training, ~parts.test)
        told = {}
        for name in SETS:
            if name in asked:
                predictions, rows, candidates = asked[name]
                labels = self.label_of[rows]
                loss = 1 - (unit(predictions) * places[labels]).sum(1).mean(dtype=np.float64)
                told[name] = {
                    **scores.evaluate(predictions, labels, places, candidates, bank, self.settings.csls),
                    "loss": float(loss),
                    "pictures": len(rows),
                    "labels": int(candidates.sum()),
                }
        return told
