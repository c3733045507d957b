"""The filter: of two line-aligned files, the pairs of lines that are questions by two regular expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from quoi.corpus.lines import BAD, text_blocks
from quoi.errors import QuoiError
from quoi.files import replacing
from quoi.progress import bar

ROW_GROUP = 1 << 14


@dataclass
class Counts:
    """What became of every line pair: lines = kept + not_matched + the sum of skipped."""

    lines: int = 0
    kept: int = 0
    not_matched: int = 0
    skipped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BAD, 0))
    """Pairs left out because a line is damaged, by reason (the English line's, where both are)."""
    repaired: dict[str, int] = field(default_factory=lambda: {"byte_order_mark": 0, "windows_line_end": 0})
    """What was removed from lines that are used all the same."""


def filter_questions(
    english: Path,
    french: Path,
    output: Path,
    patterns: tuple[str, str] = (r"^(Wh[^?.!]+\?)", r"^([^?.!]+\?)"),
    on_bad_line: Literal["skip", "fail"] = "skip",
) -> Counts:
    """Stream two line-aligned files and write the pairs that match to a Parquet table.

    A pair is kept where both patterns are found (`re.search`) and group 1 of neither is blank; these groups are what
    is kept, without outer spaces. Memory does not depend on the size of the files.

    Args:
        english, french: plain or gzip text, one sentence a line.
        output: columns line (int64, counted from 1), english (string), french (string).
        patterns: the English and the French regular expression, each with one group.
        on_bad_line: damaged lines (invalid UTF-8, NUL, over-long) are counted and left out, or the first is an error.

    Raises:
        QuoiError: a file is absent, damaged, or has fewer lines than the other; a damaged line with `fail`; no pair
            matches; the table cannot be written.
    """
    counts = Counts()
    find_english, find_french = _finder(patterns[0]), _finder(patterns[1])
    english_matched = 0
    paths = Path(english), Path(french)
    size = sum(path.stat().st_size for path in paths if path.is_file())
    with bar("Filtering the corpus", size) as advance, replacing(output) as partial, _table(partial) as add:
        for lines, others, bad in _aligned(*paths, advance, counts):
            if bad and on_bad_line == "fail":
                row = min(bad)
                side, reason = bad[row]
                raise QuoiError(
                    f"{paths[side]}, line {counts.lines + row + 1:,} {BAD[reason]}; corpus.on_bad_line: skip leaves "
                    f"such lines out and counts them."
                )
            for row, match in enumerate(map(find_english, lines)):
                if match is None or row in bad:
                    continue
                english_matched += 1
                if other := find_french(others[row]):
                    texts = (match[1] or "").strip(), (other[1] or "").strip()
                    if all(texts):
                        add(counts.lines + row + 1, *texts)
                        counts.kept += 1
            for _, reason in bad.values():
                counts.skipped[reason] += 1
            counts.lines += len(lines)
        counts.not_matched = counts.lines - counts.kept - sum(counts.skipped.values())
        if not counts.kept:
            raise QuoiError(_no_question(counts, english_matched, patterns, paths))
    return counts


def _aligned(
    english: Path, french: Path, advance: Callable[[int], None], counts: Counts
) -> Iterator[tuple[list[str], list[str], dict[int, tuple[int, str]]]]:
    """Yield equally many lines of both files, and the bad rows among them as {row: (0 or 1 for the file, reason)}."""
    paths = english, french
    blocks = [text_blocks(path, advance) for path in paths]
    lines: list[list[str]] = [[], []]
    bad: list[dict[int, str]] = [{}, {}]
    done = 0
    while True:
        for side in (0, 1):
            while not lines[side] and (block := next(blocks[side], None)) is not None:
                lines[side], bad[side] = block.lines, block.bad
                counts.repaired["byte_order_mark"] += block.byte_order_marks
                counts.repaired["windows_line_end"] += block.windows_ends
        number = min(map(len, lines))
        if not number:
            break
        rows = {row: (side, bad[side][row]) for side in (1, 0) for row in bad[side] if row < number}
        yield lines[0][:number], lines[1][:number], rows
        done += number
        for side in (0, 1):
            lines[side] = lines[side][number:]
            bad[side] = {row - number: reason for row, reason in bad[side].items() if row >= number}
    totals = [done + len(lines[side]) + sum(len(block.lines) for block in blocks[side]) for side in (0, 1)]
    if totals[0] != totals[1]:
        short = totals.index(min(totals))
        raise QuoiError(
            f"{paths[short]} ends after line {totals[short]:,}, but {paths[1 - short]} has {totals[1 - short]:,} "
            f"lines: the two must be aligned line by line."
        )


def _finder(pattern: str) -> Callable[[str], re.Match[str] | None]:
    # `search` tries every position of a line even for a pattern that can only match at its start.
    compiled = re.compile(pattern)
    return compiled.match if _anchored(pattern) else compiled.search


def _anchored(pattern: str) -> bool:
    """Whether a pattern surely matches at the start of the text only: `^` first, no alternative outside groups."""
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", pattern, flags=re.DOTALL)
    inner = None
    while inner != bare:
        inner, bare = bare, re.sub(r"\([^()]*\)", "", bare)
    return pattern.startswith("^") and not set("(|") & set(bare) and "(?#" not in pattern


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


def _no_question(counts: Counts, matched: int, patterns: tuple[str, str], paths: tuple[Path, Path]) -> str:
    said = (
        f"There is no question in the {counts.lines:,} lines of {paths[0]} and {paths[1]}: "
        f"questions.english {patterns[0]!r} matched {matched:,} English lines"
    )
    if matched:
        said += f" and questions.french {patterns[1]!r} none of the French lines beside those"
    if damaged := sum(counts.skipped.values()):
        said += f" ({damaged:,} damaged lines were left out)"
    return f"{said}."
