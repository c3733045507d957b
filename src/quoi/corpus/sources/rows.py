"""Rows of a user's files that cannot be used: left out, counted, and the first shown; or refused at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal

from quoi.io.errors import QuoiError

OnBad = Literal["skip", "fail"]

KINDS = {"blank": "blank", "columns": "with too few or too many columns", "header": "a header once more"}

HOW_TO_SKIP = ", and corpus.on_bad_line: skip leaves such rows out"

_SHOWN = 60


class LeftOut:
    """Counts the rows of one file that are left out.

    Args:
        name: what to call the file.
        on_bad_line: `fail` refuses the first row.
        needed: what every row should be, for errors.
        advice: the end of the error with `fail`.
    """

    def __init__(self, name: Path | str, on_bad_line: OnBad, needed: str, advice: str = HOW_TO_SKIP) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self._on_bad_line = on_bad_line
        self._needed = needed
        self._advice = advice
        self._first = ""

    def add(self, line: int, row: bytes, kind: str, why: str, count: int = 1) -> None:
        """Count a row.

        Args:
            line: its number, from 1.
            row: what stands there.
            kind: key of `KINDS`.
            why: the end of a sentence that begins with the line's number.
            count: how many rows from here on are like it.

        Raises:
            QuoiError: `on_bad_line` is `fail`.
        """
        if not self._first:
            text = row.decode("utf-8", "backslashreplace").rstrip("\r")
            self._first = f"line {line:,} {why}: {text[:_SHOWN] + '…' * (len(text) > _SHOWN)!r}"
        if self._on_bad_line == "fail":
            raise QuoiError(f"{self.name}, {self._first}; {self._needed}{self._advice}.")
        self.counts[kind] += count

    def add_odd(self, line: int, row: bytes, columns: int) -> None:
        """Count a row that has another number of columns than it should.

        Raises:
            QuoiError: `on_bad_line` is `fail`.
        """
        if row.strip():
            self.add(line, row, "columns", f"has {columns} column{'' if columns == 1 else 's'}")
        else:
            self.add(line, row, "blank", "is blank")

    def remarks(self, used: int) -> list[str]:
        """What to say of the rows that were left out.

        Raises:
            QuoiError: those that are not blank are more than those that are used: the file is of another form.
        """
        odd = self.counts.total() - self.counts["blank"]
        if odd > used:
            raise QuoiError(f"{self.name}, {self._first}; {self._needed}, and {odd:,} rows are not like that.")
        if not self._first:
            return []
        kinds = ", ".join(f"{number:,} {KINDS[kind]}" for kind, number in self.counts.items())
        return [f"{self.name}: rows left out: {kinds}; the first is {self._first}"]
