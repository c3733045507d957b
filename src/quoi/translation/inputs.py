"""What a training reads: ids, vocabularies, word vectors and the questions' text. Arrays only, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from quoi.corpus.pairs import Pairs, load_sentences
from quoi.corpus.units import Units
from quoi.corpus.vocabulary import Vocabulary
from quoi.io.tables import read_columns
from quoi.params import Params
from quoi.params.languages import SIDES, Side
from quoi.vectors.table import VectorTable


@dataclass(frozen=True)
class Data:
    """Sentences of ids, both sides at the same index, and which of them train and validate."""

    sources: Sequence[np.ndarray]
    targets: Sequence[np.ndarray]
    training: np.ndarray
    validation: np.ndarray

    def pairs(self, rows: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """The sources and the targets of some rows."""
        return [self.sources[row] for row in rows], [self.targets[row] for row in rows]


@dataclass(frozen=True)
class Inputs:
    """Everything a training reads from data/.

    Attributes:
        source_units, target_units: what the vocabularies' words are.
        questions: by side, the text of every pair; max_source, max_target: longest sentences, in ids.
        taken_from: of every pair, what it is taken from, or None where that is not known.
    """

    data: Data
    source: Vocabulary
    target: Vocabulary
    source_units: Units
    target_units: Units
    source_vectors: VectorTable
    target_vectors: VectorTable
    questions: dict[Side, list[str]]
    max_source: int
    max_target: int
    taken_from: Sequence[str | None] = ()

    def scored(self) -> Scored:
        """The validation pairs that are translated and scored: all, but those that ask for the same but once.

        Pairs with the same source sentence that are taken from the same have one translation, for which all their
        targets are right.
        """
        sources, targets = (self.questions[side] for side in SIDES)
        rows: dict[object, list[int]] = {}
        for row in self.data.validation.tolist():
            name = self.taken_from[row] if self.taken_from else None
            rows.setdefault(row if name is None else (name, sources[row]), []).append(row)
        first = [same[0] for same in rows.values()]
        return Scored(
            first, [sources[row] for row in first], [[targets[row] for row in same] for same in rows.values()]
        )


class Scored(NamedTuple):
    """Validation sentences: their rows in the data, their text, and for each one or several translations of it."""

    rows: list[int]
    sources: list[str]
    references: list[list[str]]


def read(params: Params, root: Path = Path()) -> Inputs:
    """Read what the stages before training wrote.

    Raises:
        QuoiError: one of them has not run, or a file is damaged.
    """
    pairs = Pairs.load(root / "data/ids/pairs.safetensors")
    sources, targets = pairs.sentences("source"), pairs.sentences("target")
    words = {side: Vocabulary.load(root / f"data/ids/{side}.txt") for side in SIDES}
    tables = {side: VectorTable.load(root / f"data/vectors/{side}.safetensors", len(words[side])) for side in words}
    languages = params.languages.both
    units = [Units.load(languages[side], params.tokens, root / f"data/ids/{side}.model") for side in words]
    *texts, taken_from = read_columns(root / "data/questions.parquet", [*SIDES, "group"])
    return Inputs(
        Data(sources, targets, pairs.training, pairs.validation_indices),
        words["source"],
        words["target"],
        *units,
        tables["source"],
        tables["target"],
        {side: [column[row] for row in pairs.row] for side, column in zip(SIDES, texts, strict=True)},
        max(map(len, sources)),
        max(map(len, targets)),
        [taken_from[row] for row in pairs.row],
    )


def read_lines(side: Side, root: Path = Path()) -> list[np.ndarray]:
    """Lines of the raw corpus that are no questions, and hold no validation question, as ids; each int32 (length,).

    Raises:
        QuoiError: the stage that writes them has not run, or the file is damaged.
    """
    return load_sentences(root / f"data/text/{side}.safetensors")
