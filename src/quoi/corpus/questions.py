"""The filter: of two line-aligned files, the pairs of lines that are questions by two regular expressions.

By default they are the lesson's for English, whose side alone tells wh-questions, and French; and of some languages the
words that they ask with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path

import numpy as np

from quoi.corpus.lines import BAD, REPAIRED, OnBad, TextBlock, read_lines, text_blocks, why_bad
from quoi.corpus.slices import Advance, FileSlice, Text
from quoi.io.errors import QuoiError
from quoi.io.files import replacing
from quoi.io.progress import bar
from quoi.params import Questions
from quoi.params.languages import SIDES, Languages
from quoi.records.checks import Measures

ROW_GROUP = 1 << 14
SHOWN = 200
"""Characters of a line that is shown."""


# Prepositions that may stand before a question word, and the words.
_ASKED = {
    "de": (
        "An|Auf|Aus|Bei|Bis|Für|In|Mit|Nach|Seit|Um|Von|Vor|Zu",
        "Wer|Wen|Wem|Wessen|Was|Wo|Woher|Wohin|Wann|Warum|Wieso|Weshalb|Weswegen|Wie|Wieviele?|Welche[mnrs]?|Welch|"
        "Wo(?:bei|durch|für|gegen|mit|nach|ran|rauf|raus|rin|rüber|rum|runter|von|vor|zu)",
    ),
    "es": ("A|Con|De|Desde|En|Hasta|Para|Por|Sobre", "Qué|Quién(?:es)?|Cuál(?:es)?|Cuándo|Cuánt[oa]s?|A?dónde|Cómo"),
    "it": ("A|Con|Da|Di|In|Per|Su", "Chi|Che|Cosa|Cos|Qual[ei]?|Quando|Quant[aeio]?|Dove?|Come?|Perché"),
    "nl": (
        "Aan|Bij|In|Met|Naar|Op|Sinds|Tot|Van|Voor",
        "Wie|Wiens|Wat|Waar(?:aan|bij|door|heen|in|mee|naar|om|op|over|toe|uit|van|vandaan|voor)?|Wanneer|Welke?|"
        "Hoe(?:lang|veel|zo)?",
    ),
    "pt": ("A|Com|De|Desde|Em|Para|Por|Sobre", "Quem|(?:O )?Qu[eê]|Qua(?:l|is)|Quando|Quant[oa]s?|Onde|Aonde|Como"),
}

PATTERNS = {
    "en": r"^(Wh[^?.!]+\?)",
    "fr": r"^([^?.!]+\?)",
    **{
        language: rf"^({'¿' if language == 'es' else ''}(?i:(?:(?:{before})\s)?(?:{words}))(?!\w)[^?.!]*\?)"
        for language, (before, words) in _ASKED.items()
    },
}
"""What a question is by default, by language; group 1 is what is kept."""
EVERY = r"(.+)"
"""What keeps every line that is not blank."""


def patterns(questions: Questions | None, languages: Languages) -> tuple[str, str]:
    """The two regular expressions of section `questions`; every pair matches those of null.

    Raises:
        QuoiError: none is given for a side, and there is no default for its language.
    """
    if questions is None:
        return EVERY, EVERY
    found = {side: getattr(questions, side) or PATTERNS.get(language) for side, language in languages.both.items()}
    for side, pattern in found.items():
        if pattern is None:
            raise QuoiError(
                f"params.yaml: questions.{side} is null, and how {languages.names[side]} asks is not known here "
                f"(of {', '.join(PATTERNS)} it is): an expression, or `questions: null` for every pair, is allowed."
            )
    return found["source"], found["target"]


@dataclass
class Counts:
    """What became of every line pair: lines = kept + not_matched + the sum of skipped."""

    lines: int = 0
    kept: int = 0
    not_matched: int = 0
    skipped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BAD, 0))
    """Pairs left out because a line is damaged, by reason (the source line's, where both are)."""
    repaired: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REPAIRED, 0))
    """What was mended in lines that are used all the same."""


class LineSample:
    """A few of the lines that were kept and of those that were rejected, each line as likely as any other.

    Every line draws a number between 0 and 1, and those with the smallest stay. Once there are enough, how many more
    lines come under the largest of them is drawn at once for a whole block.
    """

    def __init__(self, most: int = 20) -> None:
        self._most = most
        self._random = np.random.default_rng(0)
        self._drawn: dict[str, list[tuple[float, int, str]]] = {"kept": [], "rejected": []}

    def take(self, before: int, lines: int, kept: list[int], text: Callable[[int], str]) -> None:
        """Look at a block.

        Args:
            before: lines before the block; lines: those of the block; kept: indices of those that are kept, rising.
            text: what to show of the line at an index.
        """
        rejected = np.delete(np.arange(lines), kept)
        for name, rows in (("kept", kept), ("rejected", rejected)):
            drawn = self._drawn[name]
            largest = drawn[-1][0] if len(drawn) == self._most else 1.0
            numbers = np.sort(self._random.random(self._random.binomial(len(rows), largest)))[: self._most] * largest
            places = self._random.choice(len(rows), len(numbers), replace=False) if len(numbers) else ()
            for number, place in zip(numbers.tolist(), places, strict=True):
                row = int(rows[place])
                drawn.append((number, before + row + 1, text(row)))
            drawn.sort(key=itemgetter(0))
            del drawn[self._most :]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """For `kept` and `rejected`, what is shown of each line by its number, in their order."""
        by_line = {name: sorted(drawn, key=itemgetter(1)) for name, drawn in self._drawn.items()}
        return {name: {f"line {line:,}": text for _, line, text in drawn} for name, drawn in by_line.items()}


def checks(counts: Counts, sample: LineSample) -> Measures:
    """Measures of the filter: shares of the lines, and some lines that it kept and rejected."""
    damaged = sum(counts.skipped.values())
    return Measures({"kept_share": counts.kept / counts.lines, "damaged_share": damaged / counts.lines}, sample.texts)


def filter_questions(
    source: Text,
    target: Text,
    output: Path,
    patterns: tuple[str, str],
    on_bad_line: OnBad = "skip",
    sample: LineSample | None = None,
    normalised: bool = True,
    group: Text | None = None,
) -> Counts:
    """Stream two line-aligned texts and write the pairs that match to a Parquet table.

    A pair is kept where both patterns are found (`re.search`) and group 1 of neither is blank; these groups are what
    is kept, without outer spaces. Memory holds these and a few blocks of the texts.

    Args:
        source, target: files or slices of one, plain or packed, one sentence a line.
        output: columns line (int64, counted from 1), source (string), target (string), group (string, or null).
        patterns: the regular expressions of source and target, each with one group.
        on_bad_line: damaged lines (invalid UTF-8, NUL, over-long) are counted and left out, or the first is an error.
        sample: is shown what becomes of the lines.
        normalised: the patterns see, and the table holds, text as `quoi.corpus.normalise.normalise` makes it.
        group: a third text, aligned with the two: what each pair is taken from.

    Raises:
        QuoiError: a file is absent, damaged, or has fewer lines than the others; a damaged line with `fail`; no pair
            matches; the table cannot be written.
    """
    counts = Counts()
    searches = [re.compile(pattern).search for pattern in patterns]
    starts = [_start(pattern) for pattern in patterns]
    first = 0 if starts[0] else 1  # by whose start most lines are passed over
    first_matched = 0
    sides = FileSlice.of(source), FileSlice.of(target)
    questions: list[tuple[int, str, str]] = []
    with bar("Filtering the corpus", sum(side.length() for side in sides), in_bytes=True) as advance:
        for blocks in _aligned(sides, advance, counts, normalised):
            bad = blocks[1].bad | blocks[0].bad
            if bad and on_bad_line == "fail":
                row = min(bad)
                side = 0 if row in blocks[0].bad else 1
                raise QuoiError(
                    f"{sides[side]}, line {counts.lines + row + 1:,} {why_bad(blocks[side].lines[row])}; "
                    f"corpus.on_bad_line: skip leaves such lines out and counts them."
                )
            kept: list[int] = []
            for row, line in enumerate(blocks[first].lines):
                if line.startswith(starts[first]) and row not in bad and (match := searches[first](line.decode())):
                    first_matched += 1
                    if other := searches[1 - first](blocks[1 - first].text(row)):
                        question = [(found[1] or "").strip() for found in (match, other)]
                        question = question[::-1] if first else question
                        if all(question):
                            questions.append((counts.lines + row + 1, *question))
                            kept.append(row)
            if sample is not None:
                sample.take(counts.lines, len(blocks[0]), kept, partial(_shown, blocks, kept, patterns))
            for reason in bad.values():
                counts.skipped[reason] += 1
            counts.lines += len(blocks[0])
    damaged = sum(counts.skipped.values())
    counts.kept = len(questions)
    counts.not_matched = counts.lines - counts.kept - damaged
    if not questions:
        raise QuoiError(
            f"There is no question in the {counts.lines:,} lines of {sides[0]} and {sides[1]}, {damaged:,} of them "
            f"damaged: questions.{SIDES[first]} {patterns[first]!r} matched {first_matched:,} lines, and "
            f"questions.{SIDES[1 - first]} {patterns[1 - first]!r} none of those beside them. "
            "`questions: null` keeps every pair."
        )
    _write(output, questions, _groups(group, counts.lines, sides) if group else None)
    return counts


def _shown(blocks: tuple[TextBlock, TextBlock], kept: list[int], patterns: tuple[str, str], row: int) -> str:
    """A pair of lines and, where it was rejected, by which rule."""
    texts = [block.text(row) for block in blocks]
    if row in kept:
        rule = ""
    elif row in blocks[0].bad:
        rule = f": the source line {BAD[blocks[0].bad[row]]}"
    elif row in blocks[1].bad:
        rule = f": the target line {BAD[blocks[1].bad[row]]}"
    elif not re.search(patterns[0], texts[0]):
        rule = ": questions.source does not match"
    elif not re.search(patterns[1], texts[1]):
        rule = ": questions.target does not match"
    else:
        rule = ": a question without a word"
    return " | ".join(text[:SHOWN] for text in texts) + rule


def _aligned(
    sides: tuple[FileSlice, FileSlice], advance: Advance, counts: Counts, normalised: bool
) -> Iterator[tuple[TextBlock, TextBlock]]:
    """Yield equally many lines of both sides, and count what was mended in lines on the way."""
    blocks = [text_blocks(side, advance, normalised) for side in sides]
    parts = [TextBlock([]), TextBlock([])]
    done = 0
    while True:
        for side in (0, 1):
            if not parts[side]:
                parts[side] = next(blocks[side], TextBlock([]))
                for name, number in parts[side].repaired.items():
                    counts.repaired[name] += number
        number = min(map(len, parts))
        if not number:
            break
        (source, parts[0]), (target, parts[1]) = (part.split(number) for part in parts)
        yield source, target
        done += number
    totals = [done + len(parts[side]) + sum(map(len, blocks[side])) for side in (0, 1)]
    if totals[0] != totals[1]:
        short = totals.index(min(totals))
        raise QuoiError(
            f"{sides[short]} ends after line {totals[short]:,}, but {sides[1 - short]} has {totals[1 - short]:,} "
            f"lines: the two must be aligned line by line."
        )


def _groups(text: Text, lines: int, sides: tuple[FileSlice, FileSlice]) -> list[str]:
    """What each line pair is taken from."""
    names = read_lines(text)
    if len(names) != lines:
        raise QuoiError(
            f"{text} has {len(names):,} lines, but {sides[0]} and {sides[1]} have {lines:,}: they must be aligned line "
            f"by line."
        )
    return names


def _start(pattern: str) -> bytes:
    """What every line that matches surely starts with, UTF-8; empty where the pattern does not plainly say.

    Most lines can then be passed over without being decoded.
    """
    match = re.match(r"\^\(?([^\W_]+)(?![*?{])", pattern)
    return match[1].encode() if match and "|" not in pattern and not re.search(r"\)[*?{]", pattern) else b""


def _write(path: Path, questions: list[tuple[int, str, str]], groups: list[str] | None) -> None:
    """Write number of the line, source, target and group (of all lines) to a Parquet table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("line", pa.int64()), *((name, pa.string()) for name in (*SIDES, "group"))])
    rows = ((*question, groups and groups[question[0] - 1]) for question in questions)
    table = pa.table([list(column) for column in zip(*rows, strict=True)], schema=schema)
    with replacing(path) as partial:
        # Nearly every sentence is different: a dictionary of them would be larger than they are.
        pq.write_table(table, partial, row_group_size=ROW_GROUP, compression="zstd", use_dictionary=False)
