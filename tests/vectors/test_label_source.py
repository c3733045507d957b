"""A fastText model as the source of the labels' vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from quoi.params.vectors import Labels as Settings
from quoi.vectors import label_vectors
from quoi.vectors.labels import LabelTables
from quoi.vectors.words import SearchWords
from tests.vectors.conftest import Model


def test_only_vectors_of_whole_words_count(model: Model, tmp_path: Path) -> None:
    """A model with subwords has an answer for anything; that of a word it does not know is no label's."""
    given = Settings.model_validate({"vectors": {"source": "fasttext-bin", "path": str(model.path), "words": 9}})
    counts = label_vectors.write(tmp_path / "out", ["heure", "heures"], [None, None], given)
    labels = LabelTables.open(tmp_path / "out").labels
    assert labels.names == ["heure", "heures"] and labels.found.tolist() == [True, False]
    assert np.array_equal(labels.vectors[0], model.trained.lookup(["heure"]).vectors[0])
    assert counts["words"] == 9
    assert list(SearchWords.open(tmp_path / "out").rows) == model.trained.model.get_words()[:9]
