"""The filter: of two line-aligned files, the pairs of lines that are questions by two regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from quoi.corpus.examples import LONGEST_SHOWN, Example, Examples
from quoi.corpus.lines import BAD, REPAIRED, TextBlock, text_blocks
from quoi.corpus.slices import Advance, FileSlice, Text
from quoi.io.errors import QuoiError
from quoi.io.files import replacing
from quoi.io.progress import bar
from quoi.records.checks import Measures

ROW_GROUP = 1 << 14


@dataclass
class Counts:
    """What became of every line pair: lines = kept + not_matched + the sum of skipped."""

    lines: int = 0
    kept: int = 0
    not_matched: int = 0
    skipped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BAD, 0))
    """Pairs left out because a line is damaged, by reason (the English line's, where both are)."""
    repaired: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REPAIRED, 0))
    """What was mended in lines that are used all the same."""


def checks(counts: Counts, examples: Examples) -> Measures:
    """Measures of the filter: shares of the lines, and some lines that it kept and rejected."""
    measured = {
        "kept_share": counts.kept / counts.lines,
        "damaged_share": sum(counts.skipped.values()) / counts.lines,
    }
    kept = {f"line {pair.line:,}": f"{pair.english} | {pair.french}" for pair in examples.kept}
    rejected = {f"line {pair.line:,}": f"{pair.english} | {pair.french}: {pair.rule}" for pair in examples.rejected}
    return Measures(measured, {"kept": kept, "rejected": rejected})


def filter_questions(
    english: Text,
    french: Text,
    output: Path,
    patterns: tuple[str, str] = (r"^(Wh[^?.!]+\?)", r"^([^?.!]+\?)"),
    on_bad_line: Literal["skip", "fail"] = "skip",
    examples: Examples | None = None,
    normalised: bool = True,
) -> Counts:
    """Stream two line-aligned texts and write the pairs that match to a Parquet table.

    A pair is kept where both patterns are found (`re.search`) and group 1 of neither is blank; these groups are what
    is kept, without outer spaces. Memory holds these and a few blocks of the texts.

    Args:
        english, french: files or slices of one, plain or packed, one sentence a line.
        output: columns line (int64, counted from 1), english (string), french (string).
        patterns: the English and the French regular expression, each with one group.
        on_bad_line: damaged lines (invalid UTF-8, NUL, over-long) are counted and left out, or the first is an error.
        examples: is shown what becomes of the lines.
        normalised: the patterns see, and the table holds, text as `quoi.corpus.normalise.normalise` makes it.

    Raises:
        QuoiError: a file is absent, damaged, or has fewer lines than the other; a damaged line with `fail`; no pair
            matches; the table cannot be written.
    """
    counts = Counts()
    find_english, find_french = (re.compile(pattern).search for pattern in patterns)
    start = _start(patterns[0])
    english_matched = 0
    sides = FileSlice.of(english), FileSlice.of(french)
    questions: list[tuple[int, str, str]] = []
    with bar("Filtering the corpus", sum(side.length() for side in sides), in_bytes=True) as advance:
        for lines, others in _aligned(sides, advance, counts, normalised):
            bad = {row: (1, reason) for row, reason in others.bad.items()}
            bad |= {row: (0, reason) for row, reason in lines.bad.items()}
            if bad and on_bad_line == "fail":
                row = min(bad)
                side, _ = bad[row]
                why = (lines, others)[side].why(row)
                raise QuoiError(
                    f"{sides[side]}, line {counts.lines + row + 1:,} {why}; corpus.on_bad_line: skip leaves such lines "
                    f"out and counts them."
                )
            rows = lines.starting_with(start)
            if bad:
                rows = np.setdiff1d(rows, list(bad))
            matches = {row: match for row, text in _texts(lines, rows) if (match := find_english(text))}
            english_matched += len(matches)
            kept: list[int] = []
            for row, text in _texts(others, np.array(list(matches), dtype=np.int64)):
                if other := find_french(text):
                    question = (matches[row][1] or "").strip(), (other[1] or "").strip()
                    if all(question):
                        questions.append((counts.lines + row + 1, *question))
                        kept.append(row)
            if examples is not None:
                _show(examples, lines, others, kept, bad, counts.lines, patterns)
            for _, reason in bad.values():
                counts.skipped[reason] += 1
            counts.lines += len(lines)
    counts.kept = len(questions)
    counts.not_matched = counts.lines - counts.kept - sum(counts.skipped.values())
    if not questions:
        raise QuoiError(_no_question(counts, english_matched, patterns, sides))
    _write(output, questions)
    return counts


def _texts(block: TextBlock, rows: np.ndarray) -> Iterator[tuple[int, str]]:
    """The lines at int [n] indices, with these; none of them may be bad."""
    return zip(rows.tolist(), block.texts(rows), strict=True)


def _show(
    examples: Examples,
    lines: TextBlock,
    others: TextBlock,
    kept: list[int],
    bad: dict[int, tuple[int, str]],
    before: int,
    patterns: tuple[str, str],
) -> None:
    """Show a block's kept and rejected rows to `examples`."""

    def example(row: int) -> Example:
        english, french = ("" if row in side.bad else side.texts(np.array([row]))[0] for side in (lines, others))
        if row in bad:
            side, reason = bad[row]
            rule = f"the {('English', 'French')[side]} line {BAD[reason]}"
        elif row in kept:
            rule = ""
        elif not re.search(patterns[0], english):
            rule = "questions.english does not match"
        elif not re.search(patterns[1], french):
            rule = "questions.french does not match"
        else:
            rule = "a question without a word"
        return Example(before + row + 1, english[:LONGEST_SHOWN], french[:LONGEST_SHOWN], rule)

    examples.take(len(lines), np.array(kept, dtype=np.int64), example)


def _aligned(
    sides: tuple[FileSlice, FileSlice], advance: Advance, counts: Counts, normalised: bool
) -> Iterator[tuple[TextBlock, TextBlock]]:
    """Yield equally many lines of both sides, and count what was mended in lines on the way."""
    blocks = [text_blocks(side, advance, normalised) for side in sides]
    parts: list[TextBlock | None] = [None, None]
    done = 0
    while True:
        for side in (0, 1):
            if not parts[side] and (block := next(blocks[side], None)) is not None:
                parts[side] = block
                for name, number in block.repaired.items():
                    counts.repaired[name] += number
        if not all(parts):
            break
        number = min(map(len, parts))
        (english, parts[0]), (french, parts[1]) = (part.split(number) for part in parts)
        yield english, french
        done += number
    totals = [done + len(parts[side] or ()) + sum(map(len, blocks[side])) for side in (0, 1)]
    if totals[0] != totals[1]:
        short = totals.index(min(totals))
        raise QuoiError(
            f"{sides[short]} ends after line {totals[short]:,}, but {sides[1 - short]} has {totals[1 - short]:,} "
            f"lines: the two must be aligned line by line."
        )


def _start(pattern: str) -> bytes:
    """What every line that matches surely starts with, UTF-8; empty where the pattern does not plainly say.

    Most lines can then be passed over without being decoded.
    """
    match = re.match(r"\^\(?([^\W_]+)(?![*?{])", pattern)
    return match[1].encode() if match and "|" not in pattern and not re.search(r"\)[*?{]", pattern) else b""


def _write(path: Path, questions: list[tuple[int, str, str]]) -> None:
    """Write number of the line, English and French to a Parquet table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("line", pa.int64()), ("english", pa.string()), ("french", pa.string())])
    table = pa.table([list(column) for column in zip(*questions, strict=True)], schema=schema)
    with replacing(path) as partial:
        # Nearly every sentence is different: a dictionary of them would be larger than they are.
        pq.write_table(table, partial, row_group_size=ROW_GROUP, compression="zstd", use_dictionary=False)


def _no_question(counts: Counts, matched: int, patterns: tuple[str, str], sides: tuple[FileSlice, FileSlice]) -> str:
    said = (
        f"There is no question in the {counts.lines:,} lines of {sides[0]} and {sides[1]}: "
        f"questions.english {patterns[0]!r} matched {matched:,} English lines"
    )
    if matched:
        said += f" and questions.french {patterns[1]!r} none of the French lines beside those"
    if damaged := sum(counts.skipped.values()):
        said += f" ({damaged:,} damaged lines were left out)"
    return f"{said}."
