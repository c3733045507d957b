"""How alike the vectors of two words are, by the lesson's measure, and what the vectors of the vocabulary are like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.params.vectors import Vectors
from quoi.vectors import published
from quoi.vectors.table import VectorTable, WordVectors, build

LESSON = (("jeremy", "Jeremy"), ("banana", "Jeremy"))
COMMA = ","
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


@dataclass(frozen=True)
class Comparison:
    """What `quoi vectors` prints."""

    language: str
    source: str
    pairs: list[Pair]
    comma: int | None
    """How many numbers the vector of the comma has: the lesson takes the dimension from it. None: it is
    no word with a vector of its own."""
    vocabulary: dict[str, Any] | None
    """`words`, `dimensions`, `found`, `by_subwords`, `missed` and, before scaling, `mean` and `sd`; None where there
    is no vocabulary yet."""

    def lines(self) -> list[str]:
        """For people."""
        width = max(len(word) for pair in self.pairs for word in pair.words)
        lines = [f"{pair.words[0]:{width}}  {pair.words[1]:{width}}  {self._result(pair)}" for pair in self.pairs]
        comma = f"is a word: its vector has {self.comma:,} numbers" if self.comma else "has no vector of its own"
        lines.append(f"{COMMA:{width}}  {comma}")
        if self.vocabulary is None:
            return [*lines, "There is no vocabulary yet: run `dvc repro`."]
        numbers = "{words:,} words, {dimensions:,} dimensions, {found:,} found, {by_subwords:,} by subwords, "
        numbers += "{missed:,} missed, mean {mean:.4f}, sd {sd:.4f}"
        return [*lines, f"vocabulary ({self.language}): {numbers.format(**self.vocabulary)}"]

    def _result(self, pair: Pair) -> str:
        if pair.missing:
            capitals = self.source == "train" and any(word != word.lower() for word in pair.missing)
            why = " (vectors trained here are of the corpus's words, in lower case)" if capitals else ""
            return f"no vector for {' and '.join(pair.missing)}{why}"
        if pair.correlation is None:
            return "undefined: the numbers of a vector are all equal"
        composed = f"  ({', '.join(pair.by_subwords)} by subwords)" if pair.by_subwords else ""
        return f"{pair.correlation:.4f}{composed}"


def correlate(
    settings: Vectors, language: str, pairs: Sequence[tuple[str, str]], say: Callable[[str], None]
) -> Comparison:
    """Correlate the vectors of pairs of words, as `np.corrcoef` does, and describe those of the vocabulary.

    Vectors trained or drawn here are those of the vocabulary, in data/vectors. Published ones are read from their
    file, where there are more words, in one pass with the vocabulary's.

    Args:
        language: `en` or `fr`.
        pairs: words as they are, upper case included; each must be text that UTF-8 can hold.
        say: is called with what is being read, before that takes its time.

    Raises:
        QuoiError: a word is no valid text; the table of vectors, a report or the vocabulary is damaged or, for
            vectors trained here, absent; or as `open_published` and its `lookup`.
    """
    asked = list(dict.fromkeys((*(word for pair in pairs for word in pair), COMMA)))
    for word in asked:
        if word.encode(errors="replace").decode() != word:
            raise QuoiError(f"{word!r} is not valid UTF-8 text.")
    path = Path(f"data/ids/{language}.txt")
    numbers: dict[str, Any] | None = None
    if settings.made_here(language):
        vocabulary = Vocabulary.load(path)
        trained = VectorTable.load(Path(f"data/vectors/{language}.safetensors"), len(vocabulary))
        numbers = read_json(Path(f"reports/vectors/{language}.json"))
        answer = _of_table(vocabulary, trained, asked)
    else:
        vocabulary = Vocabulary.load(path) if path.exists() else Vocabulary(SPECIALS)
        known = vocabulary.words[len(SPECIALS) :]
        source = published.open_published(settings, language, "skip")
        say(f"reading {source}")
        answer = source.lookup([*asked, *known])
        if remark := source.remark():
            say(remark)
        answer = answer if settings.subwords else answer.without_subwords()
        if known:
            _, numbers, _ = build(vocabulary, answer.part(len(asked)), settings.unit_spread)
    rows = {word: row for row, word in enumerate(asked)}
    comma = rows[COMMA]
    own = answer.found[comma] and not answer.by_subwords[comma]
    return Comparison(
        language,
        settings.source_of(language),
        [_pair(answer, rows, pair) for pair in pairs],
        int(answer.vectors.shape[1]) if own else None,
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
