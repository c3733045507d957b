"""What training reads: the pictures' features and labels, the word vectors of labels and of ImageNet's classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quoi.devise.baselines import imagenet_classes
from quoi.images.features import PLAIN, Features
from quoi.io.errors import QuoiError
from quoi.io.tables import read_columns
from quoi.vectors.labels import LabelTables

TURNED = "turned"
"""The view that no training sees: it stands for another picture of a label that has only one."""


@dataclass(frozen=True)
class Data:
    """Pictures in the order of images.parquet, labels in that of labels.parquet.

    Attributes:
        features: of every picture and view.
        label_of: int [pictures]; -1 where the label has no word vector.
        given: "train", "val" or None for each picture, as its source says.
        labels: their names; words: their raw word vectors, float32 [labels, d]; found: bool [labels].
        classes: raw word vectors of ImageNet-1k's classes, float32 [1000, d]; rows of zeros have none.
    """

    features: Features
    label_of: np.ndarray
    given: Sequence[str | None]
    labels: list[str]
    words: np.ndarray
    found: np.ndarray
    classes: np.ndarray

    @property
    def training_views(self) -> list[str]:
        """Those a training may see; the picture as it is comes first."""
        return [name for name in self.features.note.views if name != TURNED]


def read(root: Path | str = ".") -> Data:
    """Read what the stages before have written.

    Raises:
        QuoiError: a file is absent or damaged, or the files are not of one data set.
    """
    data = Path(root) / "data"
    names, given = read_columns(data / "images/images.parquet", ["label", "split"])
    features, labels = Features.open(data / "features"), LabelTables.open(data / "labels")
    if len(names) != len(features.vectors):
        raise QuoiError(
            f"There are {len(names):,} pictures and features of {len(features.vectors):,}: run `dvc repro`."
        )
    rows = {name: row for row, name in enumerate(labels.labels.names)}
    found = labels.labels.found
    try:
        label_of = np.array([rows[name] if found[rows[name]] else -1 for name in names])
    except KeyError as error:
        raise QuoiError(f"data/labels does not know the label {error}: run `dvc repro`.") from None
    nouns = {synset: row for row, synset in enumerate(labels.nouns.synsets)}
    known = [nouns.get(synset, -1) for synset in imagenet_classes()]
    classes = np.where(np.array(known)[:, None] >= 0, labels.nouns.vectors[known], 0).astype(np.float32)
    assert features.note.views[0] == PLAIN
    return Data(features, label_of, given, labels.labels.names, labels.labels.vectors, found, classes)
