"""Which labels a training sees, and which pictures of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from quoi.io.errors import QuoiError
from quoi.params.devise import LabelSplit

FEWEST = 10


def drawn(names: Iterable[str], share: float, seed: object) -> set[str]:
    """A share of some names, at least one and not all of several: those with the lowest SHA-256 of seed and name.

    So it does not matter in which order the names come, and a new name changes next to nothing.
    """
    order = sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
    return set(order[: max(1, min(round(share * len(order)), len(order) - 1))])


@dataclass(frozen=True)
class Partition:
    """Labels, bool [labels]; pictures, bool [pictures]. Every label is one of train, dev and test.

    Attributes:
        train: labels to train with; dev: to stop a training by; test: never looked at before the scores.
        held_out: pictures of seen labels that no training sees.
    """

    train: np.ndarray
    dev: np.ndarray
    test: np.ndarray
    held_out: np.ndarray


def split(
    labels: Sequence[str], label_of: np.ndarray, source_split: Sequence[str | None], settings: LabelSplit, seed: int
) -> Partition:
    """Divide labels and pictures.

    Test labels and held-out pictures depend on `settings` alone; the dev labels, of the others, on the training's seed
    besides.

    Args:
        label_of: int [pictures], the label of each; -1: none, and the picture is in no part.
        source_split: "train", "val" or None for each picture, as its source says.

    Raises:
        QuoiError: there are too few labels, or too few pictures to train with.
    """
    if len(labels) < FEWEST:
        raise QuoiError(f"DeViSE needs at least {FEWEST} labels with a word vector; there are {len(labels)}.")
    names = drawn(labels, settings.test, settings.seed)
    test = np.array([label in names for label in labels])
    names = drawn([label for label in labels if label not in names], settings.dev / (1 - settings.test), seed)
    dev = np.array([label in names for label in labels])
    known = np.flatnonzero(label_of >= 0)
    held_out = np.zeros(len(label_of), dtype=bool)
    held_out[known] = [source_split[row] == "val" for row in known]
    if not held_out.any():
        order = np.argsort(label_of[known], kind="stable")
        for places in np.split(order, np.flatnonzero(np.diff(label_of[known][order])) + 1):
            if len(places) > 1:
                names = drawn(map(str, places), settings.pictures, settings.seed)
                held_out[known[[place for place in places if str(place) in names]]] = True
    held_out[known] &= ~test[label_of[known]]
    parts = Partition(~(test | dev), dev, test, held_out)
    for mask, use, fewest in ((parts.train, "train with", 2), (dev, "stop by", 1)):
        pictures = int((mask[label_of[known]] & ~held_out[known]).sum())
        if pictures < fewest:
            raise QuoiError(
                f"Of {len(labels)} labels, {mask.sum()} with {pictures} pictures are left to {use}, where {fewest} are "
                "needed: lower devise.split.test, or add pictures."
            )
    return parts
