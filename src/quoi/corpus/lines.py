"""Reading text of any size, plain or gzip, a file or a stretch of one, as blocks of whole lines in flat memory."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from quoi.corpus.stretches import Advance, Stretch, Text, blocks, why_damaged
from quoi.errors import QuoiError
from quoi.files import reading

LONGEST = 1 << 20
"""Characters. A line above this is no sentence, and it may not grow in memory either."""

BAD = {
    "invalid_utf8": "is not valid UTF-8",
    "nul": "holds a NUL character",
    "too_long": f"has more than {LONGEST:,} characters",
}
"""Why a line cannot be used."""

_GIANT = b" " * (LONGEST + 1) + b"\n"
_AHEAD = 3

Item = TypeVar("Item")


@dataclass(frozen=True)
class TextBlock:
    """Some lines of a text: their bytes, and where each begins and ends. They are decoded when they are asked for."""

    data: bytes
    starts: np.ndarray
    ends: np.ndarray
    """Offsets in `data` of each line's first byte and of the one after its last, int64; line ends are outside."""
    bad: dict[int, str] = field(default_factory=dict)
    """Index of a line to key of `BAD`; such a line has no meaning, and may not be decodable."""
    byte_order_marks: int = 0
    windows_ends: int = 0
    """How many of each were removed."""

    def __len__(self) -> int:
        return len(self.starts)

    def texts(self, rows: np.ndarray) -> list[str]:
        """The lines at these indices, none of which may be bad."""
        if not len(rows):
            return []
        places = zip(self.starts[rows].tolist(), self.ends[rows].tolist(), strict=True)
        return b"\n".join([self.data[start:end] for start, end in places]).decode().split("\n")

    @property
    def lines(self) -> list[str]:
        """Every line, with "" for bytes that are not UTF-8."""
        places = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [
            "" if self.bad.get(row) == "invalid_utf8" else self.data[start:end].decode()
            for row, (start, end) in enumerate(places)
        ]

    def starting_with(self, prefix: bytes) -> np.ndarray:
        """The indices of the lines that begin with these bytes, among which is no line feed."""
        if not (prefix and self.data):
            return np.arange(len(self) if not prefix else 0)
        letters = np.frombuffer(self.data, np.uint8)

        def has(position: int, starts: np.ndarray) -> np.ndarray:
            # A line that is shorter than the prefix ends in a byte that differs, or at the end of the data.
            return letters[np.minimum(starts + position, len(letters) - 1)] == prefix[position]

        rows = np.flatnonzero(has(0, self.starts))
        for position in range(1, len(prefix)):
            rows = rows[has(position, self.starts[rows])]
        return rows[self.ends[rows] - self.starts[rows] >= len(prefix)]

    def split(self, number: int) -> tuple[TextBlock, TextBlock]:
        """The first `number` lines, and the others; what was removed is counted with the first."""
        first = {row: reason for row, reason in self.bad.items() if row < number}
        rest = {row - number: reason for row, reason in self.bad.items() if row >= number}
        return (
            TextBlock(
                self.data, self.starts[:number], self.ends[:number], first, self.byte_order_marks, self.windows_ends
            ),
            TextBlock(self.data, self.starts[number:], self.ends[number:], rest),
        )


def text_blocks(text: Text, advance: Advance = lambda size: None) -> Iterator[TextBlock]:
    """Yield a text as blocks of lines; damaged lines are marked, never dropped.

    A byte order mark at the start and Windows line ends are removed and counted.

    Raises:
        QuoiError: as `line_blocks`.
    """
    return _ahead(_text_block(block, not number) for number, block in enumerate(_whole_lines(text, advance)))


def line_blocks(text: Text, advance: Advance = lambda size: None) -> Iterator[bytes]:
    """Yield a text as blocks of about half a megabyte that hold whole lines.

    Only the line feed ends a line. A line of more than four megabytes is replaced by one of `LONGEST` + 1 spaces, so
    that its number and the fact that it is too long are kept and its content is not.

    Args:
        text: a file or a stretch of one; gzip (of one or several members) is recognised by its first bytes.
        advance: called with the number of bytes of the file that were consumed.

    Raises:
        QuoiError: the file is absent, may not be read, is a damaged or truncated gzip, or one that inflates to far
            more than text does; the message gives the number of whole lines that came before.
    """
    return _ahead(_whole_lines(text, advance))


def _whole_lines(text: Text, advance: Advance) -> Iterator[bytes]:
    stretch = Stretch.of(text)
    pending = b""
    giant = False
    try:
        with reading(stretch.path, "a text file, plain or .gz,"):
            for block in blocks(stretch, advance):
                end = block.rfind(b"\n") + 1
                if end:
                    whole = memoryview(block)[:end]
                    yield _GIANT + block[block.find(b"\n") + 1 : end] if giant else b"".join((pending, whole))
                    pending, giant = block[end:], False
                elif not giant:
                    pending += block
                    giant = len(pending) > 4 * LONGEST
                if giant:
                    pending = b""
    except (EOFError, ValueError) as error:
        raise QuoiError(why_damaged(stretch, error)) from None
    if giant or pending:
        yield _GIANT if giant else pending


def _text_block(block: bytes, first: bool) -> TextBlock:
    marks = int(first and block.startswith(BOM_UTF8))
    if marks:
        block = block[len(BOM_UTF8) :]
    windows = block.count(b"\r\n") if b"\r" in block else 0
    if windows:
        block = block.replace(b"\r\n", b"\n")
    letters = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])

    bad: dict[int, str] = {}
    if not _is_utf8(block):
        places = zip(starts.tolist(), ends.tolist(), strict=True)
        bad = {row: "invalid_utf8" for row, (start, end) in enumerate(places) if not _decodes(block[start:end])}
    if b"\0" in block:
        zeros = np.unique(np.searchsorted(ends, np.flatnonzero(letters == 0))).tolist()
        bad |= {row: "nul" for row in zeros if row not in bad}
    if len(block) > LONGEST:
        for row in np.flatnonzero(ends - starts > LONGEST).tolist():
            if bad.get(row) != "invalid_utf8" and len(block[starts[row] : ends[row]].decode()) > LONGEST:
                bad[row] = "too_long"
    return TextBlock(block, starts, ends, bad, marks, windows)


def _is_utf8(block: bytes) -> bool:
    # Arrow checks three times as fast as decoding does, and lets other threads run meanwhile.
    import pyarrow as pa

    offsets = pa.py_buffer(np.array([0, len(block)], np.int32))
    try:
        pa.StringArray.from_buffers(1, offsets, pa.py_buffer(block)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _ahead(items: Iterator[Item]) -> Iterator[Item]:
    # Reading, inflating and most of what numpy and Arrow do let other threads run: the next blocks are made while
    # this one is used.
    thread = ThreadPoolExecutor(1)
    try:
        coming = deque(thread.submit(next, items, None) for _ in range(_AHEAD))
        while (item := coming.popleft().result()) is not None:
            yield item
            coming.append(thread.submit(next, items, None))
    finally:
        thread.shutdown(cancel_futures=True)
