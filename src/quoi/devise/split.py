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
class Split:
    """Labels, bool [labels]; pictures, bool [pictures]. Every label is one of train, tune and test.

    Attributes:
        train: labels to train with; tune: to stop a training by; test: never looked at before the scores.
        held_out: pictures of seen labels that no training sees.
    """

    train: np.ndarray
    tune: np.ndarray
    test: np.ndarray
    held_out: np.ndarray


def split(
    labels: Sequence[str], label_of: np.ndarray, given: Sequence[str | None], settings: LabelSplit, seed: int
) -> Split:
    """Divide labels and pictures.

    The test labels depend on `settings` alone; the tune labels, of the others, on the training's seed besides.

    Args:
        labels: names of the labels.
        label_of: int [pictures], the label of each.
        given: "train", "val" or None for each picture, as its source says.

    Raises:
        QuoiError: there are too few labels, or too few pictures to train with.
    """
    if len(labels) < FEWEST:
        raise QuoiError(f"DeViSE needs at least {FEWEST} labels with a word vector; there are {len(labels)}.")
    test = drawn(labels, settings.test, settings.seed)
    tune = drawn([label for label in labels if label not in test], settings.tune / (1 - settings.test), seed)
    masks = [np.array([label in part for label in labels]) for part in (test, tune)]
    train = ~(masks[0] | masks[1])
    held = np.array([name == "val" for name in given], dtype=bool)
    if not held.any():
        for pictures in _several(label_of, len(labels)):
            names = drawn(map(str, pictures.tolist()), settings.pictures, settings.seed)
            held[[number for number in pictures if str(number) in names]] = True
    parts = Split(train, masks[1], masks[0], held & ~masks[0][label_of])
    for mask, use, least in ((train, "train with", 2), (parts.tune, "stop by", 1)):
        pictures = int((mask[label_of] & ~parts.held_out).sum())
        if pictures < least:
            raise QuoiError(
                f"Of {len(labels)} labels, {mask.sum()} with {pictures} pictures are left to {use}, where {least} are "
                "needed: lower devise.split.test, or add pictures."
            )
    return parts


def _several(label_of: np.ndarray, labels: int) -> Iterable[np.ndarray]:
    order = np.argsort(label_of, kind="stable")
    for pictures in np.split(order, np.cumsum(np.bincount(label_of, minlength=labels))[:-1]):
        if len(pictures) > 1:
            yield pictures
