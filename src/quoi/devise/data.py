"""What training reads: the pictures' features and labels, the word vectors of labels and of ImageNet's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from quoi.devise.baselines import imagenet_classes
from quoi.images.features import PictureFeatures
from quoi.io.tables import read_columns
from quoi.vectors.labels import LabelTables

ROTATED = "rotated"
"""The view that no training sees: it stands for another picture of a label that has only one."""


@dataclass(frozen=True)
class DeviseData:
    """Pictures in the order of images.parquet, labels in that of labels.parquet: those that have a word vector.

    Attributes:
        features: of every picture and view.
        label_of: int [pictures]; -1 where the label has no word vector.
        source_split: "train", "val" or None for each picture, as its source says.
        labels: their names; words: their raw word vectors, float32 [labels, d].
        classes: raw word vectors of ImageNet-1k's classes, float32 [1000, d]; rows of zeros have none.
    """

    features: PictureFeatures
    label_of: np.ndarray
    source_split: Sequence[str | None]
    labels: list[str]
    words: np.ndarray
    classes: np.ndarray

    def with_random_words(self, seed: int) -> DeviseData:
        """The same with a drawn vector for each label: whatever is found then, words are not what found it."""
        # Not the seed alone: the control "random vectors" is drawn by that, and would be these, picture by picture.
        drawn = np.random.default_rng((seed, 1)).standard_normal(self.words.shape)
        return replace(self, words=drawn.astype(np.float32))

    @property
    def training_views(self) -> list[str]:
        """Those a training may see; the picture as it is comes first."""
        return [name for name in self.features.note.views if name != ROTATED]


def read(root: Path | str = ".") -> DeviseData:
    """Read what the stages before have written.

    Raises:
        QuoiError: a file is absent or damaged.
    """
    data = Path(root) / "data"
    names, source_split = read_columns(data / "images/images.parquet", ["label", "split"])
    features, tables = PictureFeatures.open(data / "features"), LabelTables.open(data / "labels")
    found = tables.labels.found
    place_of = dict(zip(tables.labels.names, np.where(found, np.cumsum(found) - 1, -1), strict=True))
    label_of = np.array([place_of[name] for name in names])
    labels = [name for name in tables.labels.names if place_of[name] >= 0]
    nouns = {synset: row for row, synset in enumerate(tables.nouns.synsets)}
    known = np.array([nouns.get(synset, -1) for synset in imagenet_classes()])
    classes = np.where(known[:, None] >= 0, tables.nouns.vectors[known], 0).astype(np.float32)
    return DeviseData(features, label_of, source_split, labels, tables.labels.vectors[found], classes)
