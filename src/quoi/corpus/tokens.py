"""From a sentence to units: the lesson's marks for capitals and repetition, then spaCy's tokenizers; or pieces."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import Any

from quoi.corpus.case import fold
from quoi.corpus.detokenize import REPEATED, REPEATED_WORD, detokenize
from quoi.corpus.units import Units
from quoi.io.errors import QuoiError
from quoi.io.geometry import evenly
from quoi.io.processes import begin_worker
from quoi.io.progress import track
from quoi.params.corpus import Case, Tokens
from quoi.params.languages import SEGMENTED, UNSPACED, Languages, name
from quoi.records.checks import Measures

_BREAK = re.compile(r"<\s*br\s*/?>", re.IGNORECASE)
_CHARACTERS = re.compile(r"(\S)(\1{3,})")
_WORDS = re.compile(r"\b(\w+)(\W+)((?:\1\2){2,}\1)\b")

_RUN = re.compile(r"[ -~]+|[^ -~]+")

_TASK = 2000
"""Sentences that a process takes at a time."""

SAMPLE, SHOWN = 500, 10
"""How many sentences are tokenized and joined again, and how many of these a report shows."""


def tokenize(text: str, units: Units) -> list[str]:
    """Split a sentence into units; words are by `mark` and then spaCy's tokenizer for the language.

    As in the lesson, white space other than single spaces (a no-break space before `?`, a line break) is a word.
    """
    if units.model is not None:
        return units.encode(text)
    marked = mark(units.straightened(text), units.case, units.language)
    if units.language not in UNSPACED:
        return [token.text for token in _tokenizer(units.language)(marked)]
    # Their tokenizers know their own script alone, and would cut marks and foreign words into letters.
    runs = ((run.strip(" "), _tokenizer("xx" if run.isascii() else units.language)) for run in _RUN.findall(marked))
    return [token.text for run, tokenizer in runs for token in tokenizer(run)]


def mark(text: str, case: Case, language: str) -> str:
    """The lesson's rules before spaCy (fast.ai 0.7, `Tokenizer.proc_text`), or with another rule for capitals (`fold`).

    A character repeated four or more times becomes `tk_rep COUNT CHARACTER`; a word repeated four or more times,
    always with the same text in between, `tk_wrep COUNT WORD`; a run of word characters that is all upper-case and
    longer than two becomes `t_up` and its lower-case form, everything else is lower-cased; `/` and `#` get spaces
    around them, runs of spaces become one; `<br />` is a line break.

    Where the lesson wants a separator after the last of the repeated words as well (so that `no no no no` at the
    very end is not seen, and `ha-ha-ha-ha-` is counted as two), this finds and counts all of them.
    """
    text = _BREAK.sub("\n", text)
    text = _CHARACTERS.sub(lambda match: f" {REPEATED} {len(match[2]) + 1} {match[1]} ", text)
    text = _WORDS.sub(_repeated_word, text)
    text = fold(text, case, language, gap=" ")
    text = re.sub(r"([/#])", r" \1 ", text)
    text = re.sub(" {2,}", " ", text)
    # In the lesson a mark at the beginning has a space before it, which becomes a word.
    return text if case == "lesson" else text.strip(" ")


def _repeated_word(match: re.Match[str]) -> str:
    word, gap, rest = match.groups()
    count = 1 + (len(rest) + len(gap)) // len(word + gap)
    return f" {REPEATED_WORD} {count} {word} "


def tokenize_all(sentences: Iterable[str], units: Units, workers: int | None = None) -> Iterator[list[str]]:
    """Yield the tokens of each sentence, in order; the result does not depend on the number of workers.

    Args:
        workers: processes; None: half the logical cores, at least one. With one, no process is started.
    """
    sentences = list(sentences)
    description = f"Tokenizing {name(units.language)}"
    if units.model is not None:
        workers = 1
    workers = min(workers or max(1, (os.cpu_count() or 1) // 2), -(-len(sentences) // _TASK))
    split = partial(tokenize, units=units)
    if workers <= 1:
        yield from track(map(split, sentences), description, len(sentences))
        return
    from multiprocessing import get_context

    # Not forked: the parent may have threads of its own (Arrow), and a fork would copy their locks.
    with get_context("spawn").Pool(workers, begin_worker) as pool:
        yield from track(pool.imap(split, sentences, _TASK), description, len(sentences))


@cache
def _tokenizer(language: str) -> Any:
    # spaCy imports torch where there is one, for layers that a tokenizer has none of: a second and 180 MB a process.
    hide = "torch" not in sys.modules
    if hide:
        sys.modules["torch"] = None
    try:
        import spacy
    finally:
        if hide:
            del sys.modules["torch"]
    try:
        return spacy.blank(language).tokenizer
    except ImportError as error:
        raise QuoiError(
            f"spaCy's words of {name(language)} need a package that is not installed: "
            f"`tokens.units: {{{language}: characters}}`, or subwords, do without ({' '.join(str(error).split())})."
        ) from None


def counted(language: str, settings: Tokens) -> Units:
    """The words by which pairs are chosen, whatever a model reads: the lesson's, if that needs nothing of its own."""
    counted_as = language if settings.units_of(language) == "words" else SEGMENTED.get(language, language)
    return Units(counted_as, "lesson", settings.straight_apostrophes)


def refuse_lacking(languages: Languages, settings: Tokens) -> None:
    """Refuse languages whose words cannot be found here.

    Raises:
        QuoiError: a tokenizer needs a package that is not installed.
    """
    for language in languages.both.values():
        if (own := counted(language, settings).language) in SEGMENTED:  # spaCy takes a second to import
            _tokenizer(own)


def checks(
    sentences: Mapping[str, Sequence[str]],
    tokens: Mapping[str, Sequence[Sequence[str]]],
    units: Mapping[str, Units],
) -> Measures:
    """Measures of the tokens; a sample of sentences is joined again and compared.

    Args:
        sentences: by side, the text of every question.
        tokens: the same, split.
        units: what into.
    """
    measured: dict[str, float] = {"longest": max(len(words) for side in tokens.values() for words in side)}
    back, tried, shown = 0, 0, {}
    for side, split in tokens.items():
        counts = Counter(chain.from_iterable(split))
        measured[f"tokens_{side}"] = counts.total() / len(split)
        measured[f"once_{side}"] = sum(count == 1 for count in counts.values()) / len(counts)
        for row in evenly(len(split), SAMPLE):
            back += _letters(detokenize(split[row], units[side])) == _letters(sentences[side][row])
            tried += 1
        for row in evenly(len(split), SHOWN // 2):
            shown[sentences[side][row]] = f"{'·'.join(split[row])} → {detokenize(split[row], units[side])}"
    return Measures(measured | {"there_and_back": back / tried}, {"there and back": shown})


def _letters(text: str) -> str:
    return "".join(text.lower().split())
