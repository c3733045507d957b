"""Sentences of one language out of the raw corpus, for word vectors: clean, and no validation question among them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from quoi.corpus.lines import text_blocks
from quoi.corpus.normalise import normalise
from quoi.corpus.slices import FileSlice, sides
from quoi.corpus.tokens import tokenize_all
from quoi.corpus.units import Units
from quoi.corpus.vocabulary import Vocabulary
from quoi.io.files import read_json
from quoi.io.tables import read_columns
from quoi.params import Params
from quoi.params.languages import SIDES, UNSPACED, Side

_WORD, _LETTER = re.compile(r"\w+"), re.compile(r"\w")

FEWEST_WORDS = 3
KNOWN = 0.8
"""Share of a line's tokens that the vocabulary must know: other languages and misread encodings have fewer."""


def of_raw(params: Params, side: Side, units: Units, validation: np.ndarray, vocabulary: Vocabulary) -> list[list[str]]:
    """The `vectors.lines` lines of the pipeline's raw corpus that word vectors are trained on beside the questions.

    Args:
        validation: int (k,), rows of the validation questions in the table of questions.
        vocabulary: as for `sentences`.

    Raises:
        QuoiError: an input is absent or damaged.
    """
    if not params.vectors.lines:
        return []
    numbers, texts = read_columns(Path("data/questions.parquet"), ["line", side])
    return sentences(
        sides(Path("data/raw"))[SIDES.index(side)],
        read_json(Path("reports/corpus/filter.json"))["lines"],
        params.vectors.lines,
        np.array(numbers),
        (texts[row] for row in validation),
        partial(tokenize_all, units=units, workers=params.tokens.workers),
        vocabulary,
        params.vectors.seed,
        params.corpus.normalise,
        _LETTER if units.language in UNSPACED else _WORD,
    )


def sentences(
    text: FileSlice,
    lines: int,
    most: int,
    questions: np.ndarray,
    kept_out: Iterable[str],
    tokenize: Callable[[Sequence[str]], Iterable[list[str]]],
    vocabulary: Vocabulary,
    seed: int,
    normalised: bool = True,
    word: re.Pattern[str] = _WORD,
) -> list[list[str]]:
    """Tokens of up to `most` lines, drawn evenly from a text, each different from the others.

    A line is left out where it is damaged, holds fewer than three words, is one of the questions, holds the words of a
    sentence that is kept out (of three or more), or has more than a fifth of tokens that the vocabulary lacks.

    Args:
        text: one side of the raw corpus.
        lines: how many it has.
        questions: int (k,), numbers of the lines (from 1) that the filter kept; training has those sentences already.
        kept_out: the validation questions.
        tokenize: sentences to tokens.
        seed: draws the lines.
        word: what a word is, in a text without spaces a letter.
        normalised: whether lines are read as `quoi.corpus.normalise.normalise` makes them, as the questions were.

    Raises:
        QuoiError: the text cannot be read or is damaged.
    """
    drawn = np.random.default_rng(seed).permutation(np.setdiff1d(np.arange(1, lines + 1), questions))[:most]
    holds = _finder(kept_out, word)
    kept = [line for line in dict.fromkeys(_lines(text, np.sort(drawn), normalised)) if not holds(line)]
    return [tokens for tokens in tokenize(kept) if sum(token in vocabulary for token in tokens) >= KNOWN * len(tokens)]


def _lines(text: FileSlice, numbers: np.ndarray, normalised: bool) -> Iterator[str]:
    """The undamaged lines with these numbers, int (n,), counted from 1, rising."""
    done = 0
    for block in text_blocks(text, normalised=normalised):
        first, last = np.searchsorted(numbers, [done + 1, done + len(block) + 1])
        rows = (numbers[first:last] - done - 1).tolist()
        yield from (block.text(row) for row in rows if row not in block.bad)
        done += len(block)


def _finder(kept_out: Iterable[str], word: re.Pattern[str]) -> Callable[[str], bool]:
    """Whether a line has fewer than three words, or those of a sentence kept out, in a row: case and marks aside.

    A sentence kept out that has fewer than three words itself (`Pourquoi ?`) tells nothing of where a line is from.
    """
    by_start: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for sentence in kept_out:
        words = _words(sentence, word)
        if len(words) >= FEWEST_WORDS:
            by_start[tuple(words[:FEWEST_WORDS])].append(f" {' '.join(words)} ")

    def holds(line: str) -> bool:
        words = _words(line, word)
        if len(words) < FEWEST_WORDS:
            return True
        whole = f" {' '.join(words)} "
        starts = {tuple(words[start : start + FEWEST_WORDS]) for start in range(len(words) - FEWEST_WORDS + 1)}
        return any(sentence in whole for start in starts for sentence in by_start.get(start, ()))

    return holds


def _words(sentence: str, word: re.Pattern[str]) -> list[str]:
    """The words in lower case, composed, without marks that nobody sees (a soft hyphen)."""
    return word.findall(normalise(sentence).lower())
