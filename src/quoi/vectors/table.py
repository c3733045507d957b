"""What a source of word vectors answers, and the table of vectors that a vocabulary uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from quoi.corpus.vocabulary import SPECIALS
from quoi.io.arrays import read_tensors
from quoi.io.errors import QuoiError
from quoi.io.files import replacing


@dataclass(frozen=True)
class WordVectors:
    """The vectors of n words, as far as a source has them."""

    vectors: np.ndarray
    """float32 (n, dimensions); rows of zeros where nothing was found."""
    found: np.ndarray
    """bool (n,)."""
    by_subwords: np.ndarray
    """bool (n,): found, though not as a word of its own; composed of its subwords."""

    def without_subwords(self) -> WordVectors:
        """The same without the vectors that are composed of subwords."""
        vectors = np.where(self.by_subwords[:, None], np.float32(0), self.vectors)
        return WordVectors(vectors, self.found & ~self.by_subwords, np.zeros_like(self.by_subwords))


class WordVectorSource:
    """Where word vectors are from: a file, a package, a training or chance."""

    subwords = False
    """Whether it composes vectors of subwords."""
    origin: Mapping[str, Any] = {}
    """Of a published file: `name`, `file`, `url`, `licence`, `sha256`."""
    words = repeated = left_out = 0
    """Of a published file, once it was read: its words, rows whose word had one before, and bad rows."""

    def lookup(self, words: Sequence[str]) -> WordVectors:
        """The vectors of some words.

        Raises:
            QuoiError: a file is damaged.
        """
        raise NotImplementedError

    def answer(self, words: Sequence[str], say: Callable[[str], None]) -> WordVectors:
        """`lookup`; says what is read and, afterwards, which rows were left out."""
        say(f"word vectors: {self}")
        answer = self.lookup(words)
        if remark := self.remark():
            say(remark)
        return answer

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        """Yield the first `count` words, the most frequent ones, and float32 (words, dimensions), in pieces."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """Where the vectors are from and, once they were looked up, what there is, for a report."""
        return {**self.origin, "words": self.words, "repeated": self.repeated, "left_out": self.left_out}

    def moments(self) -> tuple[float, float] | None:
        """Mean and standard deviation of all numbers of a file in text; None of another source."""
        return None

    def remark(self) -> str | None:
        """What to say of rows that a look-up left out; None where there were none."""
        return None


@dataclass(frozen=True)
class VectorTable:
    """Vectors in the order of a vocabulary of V words."""

    vectors: np.ndarray
    """float32 (V, dimensions); rows of zeros where `found` is False."""
    found: np.ndarray
    """bool (V,)."""

    def save(self, path: Path) -> None:
        """Write tensors `vectors` and `found`."""
        from safetensors.numpy import save_file

        with replacing(path) as partial:
            save_file({"vectors": np.ascontiguousarray(self.vectors), "found": self.found}, partial)

    @classmethod
    def load(cls, path: Path, words: int | None = None) -> VectorTable:
        """Read what `save` wrote.

        Args:
            words: the size of the vocabulary it must fit, if that is to be checked.

        Raises:
            QuoiError: the file is absent, damaged, holds something else, or is for another vocabulary.
        """
        table = cls(**read_tensors(path, "word vectors", ("vectors", "found")))
        if words not in (None, len(table.found)):
            had = f"{path} has vectors for {len(table.found):,} words"
            raise QuoiError(f"{had} and the vocabulary has {words:,}: run `dvc repro`.")
        return table


def build(answer: WordVectors, unit_spread: bool) -> tuple[VectorTable, dict[str, Any]]:
    """Lay out what was found for a vocabulary, and describe it.

    Args:
        answer: a source's, for the words behind the special ones, in the vocabulary's order.
        unit_spread: divide all vectors by the standard deviation of all their numbers (the lesson multiplies the
            published ones, of standard deviation 0.293, by 3 by hand).

    Returns:
        The table, in which the special words have no vector, and the numbers: `words` (the special ones not counted)
        = `found` (as words) + `by_subwords` + `missed`; `mean` and `sd` over the numbers of all vectors before
        scaling, and the factor `scale`.

    Raises:
        QuoiError: not one word has a vector.
    """
    if not answer.found.any():
        raise QuoiError(f"None of the {len(answer.found):,} words of the vocabulary has a vector.")
    known = answer.vectors[answer.found].astype(np.float64)
    mean, sd = float(known.mean()), float(known.std())
    scale = 1 / sd if unit_spread and sd > 0 else 1.0
    special = np.zeros((len(SPECIALS), answer.vectors.shape[1]), dtype=np.float32)
    vectors = np.concatenate([special, answer.vectors * np.float32(scale)])
    found = np.concatenate([special.any(axis=1), answer.found])
    by_subwords = int(answer.by_subwords.sum())
    numbers = {
        "words": len(answer.found),
        "dimensions": int(vectors.shape[1]),
        "found": int(answer.found.sum()) - by_subwords,
        "by_subwords": by_subwords,
        "missed": int((~answer.found).sum()),
        "mean": round(mean, 6),
        "sd": round(sd, 6),
        "scale": round(scale, 6),
    }
    return VectorTable(vectors, found), numbers


def without_own(words: Sequence[str], answer: WordVectors, sentences: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
    """Those of the words asked for that have no vector of their own, with their number in the sentences, falling."""
    counts = Counter(chain.from_iterable(sentences))
    own = answer.found & ~answer.by_subwords
    return sorted(((words[row], counts[words[row]]) for row in np.flatnonzero(~own)), key=lambda entry: -entry[1])
