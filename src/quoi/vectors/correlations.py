"""How alike the vectors of two words are, by the lesson's measure, and what the vectors of the vocabulary are like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quoi.corpus.vocabulary import Vocabulary
from quoi.io.files import read_json
from quoi.params.vectors import Vectors
from quoi.vectors import published
from quoi.vectors.table import VectorTable, WordVectors

LESSON = (("jeremy", "Jeremy"), ("banana", "Jeremy"))
_NUMBERS = "words", "dimensions", "found", "by_subwords", "missed", "mean", "sd"


@dataclass(frozen=True)
class Pair:
    """Two words."""

    words: tuple[str, str]
    correlation: float | None
    """Pearson's, between the numbers of the two vectors; None where a word has none or one whose numbers are equal."""
    missing: list[str]
    """Those of the two without a vector."""
    by_subwords: list[str]
    """Those of the two whose vector is composed of subwords."""

    def result(self) -> str:
        """For people."""
        if self.missing:
            return f"no vector for {' and '.join(self.missing)}"
        if self.correlation is None:
            return "undefined: the numbers of a vector are all equal"
        return f"{self.correlation:.4f}" + "".join(f"  ({word} by subwords)" for word in self.by_subwords)


@dataclass(frozen=True)
class Comparison:
    """What `quoi vectors` prints."""

    language: str
    source: str
    pairs: list[Pair]
    vocabulary: dict[str, Any] | None
    """`words`, `dimensions`, `found`, `by_subwords`, `missed` and, before scaling, `mean` and `sd`; None where the
    stage embed has not run."""

    def lines(self) -> list[str]:
        """For people."""
        width = max(len(word) for pair in self.pairs for word in pair.words)
        lines = [f"{pair.words[0]:{width}}  {pair.words[1]:{width}}  {pair.result()}" for pair in self.pairs]
        if self.vocabulary is None:
            return [*lines, "The vocabulary has no vectors yet: run `dvc repro`."]
        numbers = "{words:,} words, {dimensions:,} dimensions, {found:,} found, {by_subwords:,} by subwords, "
        numbers += "{missed:,} missed, mean {mean:.4f}, sd {sd:.4f}"
        return [*lines, f"vocabulary ({self.language}): {numbers.format(**self.vocabulary)}"]


def correlate(
    settings: Vectors, language: str, pairs: Sequence[tuple[str, str]], say: Callable[[str], None]
) -> Comparison:
    """Correlate the vectors of pairs of words, as `np.corrcoef` does.

    Vectors trained or drawn here are those of the vocabulary, in data/vectors. Published ones are read from their
    file, where there are more words. Those of the vocabulary are described as the stage embed left it.

    Args:
        language: `en` or `fr`.
        pairs: words as they are, upper case included.
        say: is called with what is being read, before that takes its time.

    Raises:
        QuoiError: the table of vectors, a report or the vocabulary is damaged or, for vectors made here, absent; or
            as `open_published` and its `lookup`.
    """
    asked = list(dict.fromkeys(word for pair in pairs for word in pair))
    report = Path(f"reports/vectors/{language}.json")
    if settings.made_here(language):
        vocabulary = Vocabulary.load(Path(f"data/ids/{language}.txt"))
        trained = VectorTable.load(Path(f"data/vectors/{language}.safetensors"), len(vocabulary))
        answer = _of_table(vocabulary, trained, asked)
    else:
        source = published.open_published(settings, language, "skip")
        answer = source.answer(asked, say)
        answer = answer if settings.subwords else answer.without_subwords()
    numbers = read_json(report) if report.exists() else None
    rows = {word: row for row, word in enumerate(asked)}
    return Comparison(
        language,
        settings.source_of(language),
        [_pair(answer, rows, pair) for pair in pairs],
        numbers and {name: numbers[name] for name in _NUMBERS},
    )


def _of_table(vocabulary: Vocabulary, trained: VectorTable, asked: Sequence[str]) -> WordVectors:
    rows = {word: row for row, word in enumerate(vocabulary.words)}
    places = [rows.get(word, 0) for word in asked]
    found = trained.found[places] & [word in vocabulary for word in asked]
    return WordVectors(trained.vectors[places], found, np.zeros(len(asked), dtype=bool))


def _pair(answer: WordVectors, rows: dict[str, int], pair: tuple[str, str]) -> Pair:
    missing = [word for word in dict.fromkeys(pair) if not answer.found[rows[word]]]
    composed = [word for word in dict.fromkeys(pair) if answer.by_subwords[rows[word]]]
    one, other = (answer.vectors[rows[word]].astype(np.float64) for word in pair)
    correlation = None
    if not missing and one.std() > 0 and other.std() > 0:
        correlation = float(np.corrcoef(one, other)[0, 1])
    return Pair(pair, correlation, missing, composed)
