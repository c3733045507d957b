"""Made-up data that can be learned: what a picture looks like is a fixed map of its label's word vector, and noise."""

from __future__ import annotations

import numpy as np

from quoi.devise.data import DeviseData
from quoi.images.features import PLAIN, Note, PictureFeatures
from quoi.io.geometry import unit
from quoi.params import Hardware
from quoi.params.devise import Devise

CPU = Hardware(accelerator="cpu", devices=1)
LABELS, DIMENSIONS, WIDTHS = 60, 8, [24, 16]
NOISE = 2.0


def data(
    pictures: int = 1,
    views: tuple[str, ...] = (PLAIN, "flip", "rotated"),
    source_split: tuple[str | None, ...] = (None,),
    missing: int = 0,
    seed: int = 1,
) -> DeviseData:
    """60 labels of so many pictures each, the labels' pictures in turn.

    Args:
        source_split: what the source says of each label's first, second, ... picture.
        missing: how many more labels there are without a word vector, in between.
    """
    random = np.random.default_rng(seed)
    count = LABELS + missing
    words = (random.standard_normal((count, DIMENSIONS)) + 2).astype(np.float32)
    known = np.ones(count, dtype=bool)
    known[: 2 * missing : 2] = False
    to_looks = random.standard_normal((DIMENSIONS, sum(WIDTHS)))
    label_of = np.arange(count * pictures) % count
    looks = words[label_of] @ to_looks
    looks = looks[:, None] + NOISE * random.standard_normal((len(looks), len(views), looks.shape[1]))
    classes = random.standard_normal((50, DIMENSIONS)).astype(np.float32) + 2
    scores = (8 * unit(words[label_of] - 2) @ unit(classes - 2).T).astype(np.float32)
    classes[7] = 0
    note = Note("made up", "0" * 64, 64, list(views), WIDTHS)
    return DeviseData(
        PictureFeatures(looks.astype(np.float32), scores, note),
        np.where(known, np.cumsum(known) - 1, -1)[label_of],
        [source_split[number // count % len(source_split)] for number in range(len(label_of))],
        [f"label {number:02}" for number in np.flatnonzero(known)],
        words[known],
        classes,
    )


def devise(**settings) -> Devise:
    """Small and fast."""
    plain = {"hidden": 48, "batch_size": 16, "epochs": 12, "seeds": [1], "csls": 3, "back": {"dimensions": 12}}
    return Devise.model_validate({**plain, **settings})
