"""The filter: of two line-aligned files, the pairs of lines that are questions by two regular expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from quoi.corpus.examples import LONGEST_SHOWN, Example, Examples
from quoi.corpus.lines import BAD, REPAIRED, TextBlock, text_blocks
from quoi.corpus.stretches import Advance, Stretch, Text
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
    """What a sound filter does: shares of the lines, and lines that it kept and rejected."""
    measured = {
        "kept_share": counts.kept / counts.lines,
        "damaged_share": sum(counts.skipped.values()) / counts.lines,
    }
    kept = {f"line {each.line:,}": f"{each.english} | {each.french}" for each in examples.kept}
    rejected = {f"line {each.line:,}": f"{each.english} | {each.french}: {each.rule}" for each in examples.rejected}
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
    is kept, without outer spaces. Memory does not depend on the size of the texts.

    Args:
        english, french: files or stretches of one, plain or packed, one sentence a line.
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
    find_english, find_french = _finder(patterns[0]), _finder(patterns[1])
    start = _start(patterns[0])
    english_matched = 0
    sides = Stretch.of(english), Stretch.of(french)
    size = sum(side.length() for side in sides)
    with (
        bar("Filtering the corpus", size, in_bytes=True) as advance,
        replacing(output) as partial,
        _table(partial) as add,
    ):
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
            matches = list(map(find_english, lines.texts(rows)))
            found = [number for number, match in enumerate(matches) if match]
            english_matched += len(found)
            rows = rows[found]
            kept: list[int] = []
            for row, number, other in zip(rows.tolist(), found, map(find_french, others.texts(rows)), strict=True):
                if other:
                    texts = (matches[number][1] or "").strip(), (other[1] or "").strip()
                    if all(texts):
                        add(counts.lines + row + 1, *texts)
                        counts.kept += 1
                        kept.append(row)
            if examples is not None:
                _show(examples, lines, others, np.array(kept, dtype=np.int64), bad, counts.lines, patterns)
            for _, reason in bad.values():
                counts.skipped[reason] += 1
            counts.lines += len(lines)
        counts.not_matched = counts.lines - counts.kept - sum(counts.skipped.values())
        if not counts.kept:
            raise QuoiError(_no_question(counts, english_matched, patterns, sides))
    return counts


def _show(
    examples: Examples,
    lines: TextBlock,
    others: TextBlock,
    kept: np.ndarray,
    bad: dict[int, tuple[int, str]],
    before: int,
    patterns: tuple[str, str],
) -> None:
    """Show a block's kept and rejected rows to `examples`."""

    def example(row: int) -> Example:
        rows = np.array([row])
        english, french = ("" if row in side.bad else side.texts(rows)[0][:LONGEST_SHOWN] for side in (lines, others))
        if row in bad:
            side, reason = bad[row]
            rule = f"the {('English', 'French')[side]} line {BAD[reason]}"
        elif row in known:
            rule = ""
        else:
            unmatched = [name for name, side, pattern in zip(
                ("questions.english", "questions.french"), (lines, others), patterns, strict=True
            ) if not re.search(pattern, side.texts(rows)[0])]  # fmt: skip
            rule = f"{unmatched[0]} does not match" if unmatched else "a question without a word"
        return Example(before + row + 1, english, french, rule)

    known = set(kept.tolist())
    examples.take(len(lines), kept, example)


def _aligned(
    sides: tuple[Stretch, Stretch], advance: Advance, counts: Counts, normalised: bool
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


def _finder(pattern: str) -> Callable[[str], re.Match[str] | None]:
    # `search` tries every position of a line even for a pattern that can only match at its start.
    compiled = re.compile(pattern)
    return compiled.match if _anchored(pattern) else compiled.search


def _start(pattern: str) -> bytes:
    """What every line that matches surely starts with, UTF-8; empty where the pattern does not plainly say.

    Most lines can then be passed over without being decoded.
    """
    told = re.match(r"\^\(?([^\W_]+)(?![*?{])", pattern)
    optional = re.search(r"\)[*?{]", _bare(pattern))
    return told[1].encode() if told and _anchored(pattern) and "|" not in pattern and not optional else b""


def _anchored(pattern: str) -> bool:
    """Whether a pattern surely matches at the start of the text only: `^` first, no alternative outside groups."""
    bare = _bare(pattern)
    inner = None
    while inner != bare:
        inner, bare = bare, re.sub(r"\([^()]*\)", "", bare)
    return pattern.startswith("^") and not set("(|") & set(bare) and "(?#" not in pattern


def _bare(pattern: str) -> str:
    """The pattern without escapes and character classes: its brackets and bars are operators."""
    return re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", pattern, flags=re.DOTALL)


@contextmanager
def _table(path: Path) -> Iterator[Callable[[int, str, str], None]]:
    """Yield a function that adds a row to a new Parquet table; rows are written a row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("line", pa.int64()), ("english", pa.string()), ("french", pa.string())])
    line_column: list[int] = []
    english_column: list[str] = []
    french_column: list[str] = []
    columns = [line_column, english_column, french_column]

    # Nearly every sentence is different: a dictionary of them would be larger than they are.
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=False) as writer:

        def write() -> None:
            writer.write_table(pa.table(columns, schema=schema))
            for column in columns:
                column.clear()

        def add(line: int, english: str, french: str) -> None:
            line_column.append(line)
            english_column.append(english)
            french_column.append(french)
            if len(line_column) == ROW_GROUP:
                write()

        yield add
        if line_column:
            write()


def _no_question(counts: Counts, matched: int, patterns: tuple[str, str], sides: tuple[Stretch, Stretch]) -> str:
    said = (
        f"There is no question in the {counts.lines:,} lines of {sides[0]} and {sides[1]}: "
        f"questions.english {patterns[0]!r} matched {matched:,} English lines"
    )
    if matched:
        said += f" and questions.french {patterns[1]!r} none of the French lines beside those"
    if damaged := sum(counts.skipped.values()):
        said += f" ({damaged:,} damaged lines were left out)"
    return f"{said}."
