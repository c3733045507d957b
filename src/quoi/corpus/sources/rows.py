"""Rows of a user's files that cannot be used: left out, counted, and the first shown; or refused at once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Literal

from quoi.io.errors import QuoiError

OnBad = Literal["skip", "fail"]

KINDS = {"blank": "blank", "columns": "with too few or too many columns", "header": "a header once more"}

MEND = ", and corpus.on_bad_line: skip leaves such rows out"

_SHOWN = 60


class LeftOut:
    """Counts the rows of one file that are left out.

    Args:
        name: what to call the file.
        on_bad_line: `fail` refuses the first row.
        needed: what every row should be, for errors.
        mend: the end of the error with `fail`.
    """

    def __init__(self, name: Path | str, on_bad_line: OnBad, needed: str, mend: str = MEND) -> None:
        self.name = name
        self.counts: Counter[str] = Counter()
        self._on_bad_line = on_bad_line
        self._needed = needed
        self._mend = mend
        self._first = ""

    def take(self, line: int, row: bytes, kind: str, why: str, count: int = 1) -> None:
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
            raise QuoiError(f"{self.name}, {self._first}; {self._needed}{self._mend}.")
        self.counts[kind] += count

    def settle(self, used: int) -> str | None:
        """What to say of the rows that were left out; None where there are none.

        Raises:
            QuoiError: they are more than those that are used: the file is of another form.
        """
        total = self.counts.total()
        if total > used:
            raise QuoiError(f"{self.name}, {self._first}; {self._needed}, and {total:,} rows are not like that.")
        if not total:
            return None
        kinds = ", ".join(f"{number:,} {KINDS[kind]}" for kind, number in self.counts.items())
        return f"{self.name}: rows left out: {kinds}; the first is {self._first}"
