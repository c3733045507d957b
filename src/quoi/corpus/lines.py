"""Reading text of any size, plain or packed, a file or a slice of one, as blocks of whole lines in flat memory.

What a line is, everywhere: it ends with a line feed, or with a carriage return and a line feed, and with nothing else.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from quoi.corpus.normalise import normalise, visible
from quoi.corpus.slices import Advance, FileSlice, Text, blocks
from quoi.io.errors import QuoiError
from quoi.io.files import reading

LONGEST = 1 << 20
"""Characters. A line above this is no sentence, and it may not grow in memory either."""

BAD = {
    "invalid_utf8": "is not valid UTF-8",
    "nul": "holds a NUL character",
    "too_long": f"has more than {LONGEST:,} characters",
}
"""Why a line cannot be used, as the end of a sentence."""

REPAIRED = ("byte_order_mark", "windows_line_end", "invisible_marks", "not_composed")
"""What is repaired in lines that are used, and counted: marks and line ends that were removed, and lines in which
letters and accents stood apart."""

LATIN = ", and looks like Latin-1 or Windows-1252: `iconv -f WINDOWS-1252 -t UTF-8` converts it"
"""The end of a sentence about a text that `looks_latin`."""

# Bytes of the letters and marks of French in Latin-1 and, below 0xA0, in Windows-1252; the others are rare in both.
_FRENCH = bytes([0x80, 0x85, *range(0x91, 0x98), 0x9C, 0xA0, 0xAB, 0xB0, 0xBB]) + (
    "ÀÂÇÈÉÊËÎÏÔÙÛÜàâçèéêëîïôùûü".encode("latin-1")
)

_GIANT = b" " * (LONGEST + 1) + b"\n"
_AHEAD = 3

Item = TypeVar("Item")


@dataclass(frozen=True)
class TextBlock:
    """Some lines of a text: their bytes, and where each begins and ends. They are decoded only when needed."""

    data: bytes
    starts: np.ndarray
    ends: np.ndarray
    """Offsets in `data` of each line's first byte and of the one after its last, int64 (n,); line ends are outside."""
    bad: dict[int, str] = field(default_factory=dict)
    """Index of a line to key of `BAD`; such a line has no meaning, and may not be decodable."""
    repaired: Counter[str] = field(default_factory=Counter)
    """Numbers of repairs, by key of `REPAIRED`."""

    def __len__(self) -> int:
        return len(self.starts)

    def texts(self, rows: np.ndarray) -> list[str]:
        """The lines at int [n] indices, none of which may be bad."""
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
        """The indices, int [n], of the lines that begin with these bytes, which hold no line feed."""
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

    def why(self, row: int) -> str:
        """What is wrong with a bad line, as the end of a sentence."""
        line = self.data[self.starts[row] : self.ends[row]]
        return BAD[self.bad[row]] + (LATIN if self.bad[row] == "invalid_utf8" and looks_latin(line) else "")

    def split(self, number: int) -> tuple[TextBlock, TextBlock]:
        """The first `number` lines, and the others; repairs are counted with the first."""
        first = {row: reason for row, reason in self.bad.items() if row < number}
        rest = {row - number: reason for row, reason in self.bad.items() if row >= number}
        return (
            TextBlock(self.data, self.starts[:number], self.ends[:number], first, self.repaired),
            TextBlock(self.data, self.starts[number:], self.ends[number:], rest),
        )


def text_blocks(text: Text, advance: Advance = lambda size: None, normalised: bool = True) -> Iterator[TextBlock]:
    """Yield a text as blocks of lines; damaged lines are marked, never dropped.

    A byte order mark at the start and Windows line ends are removed and counted.

    Args:
        text, advance: as for `line_blocks`.
        normalised: lines come as `quoi.corpus.normalise.normalise` makes them, and its repairs are counted.

    Raises:
        QuoiError: as `line_blocks`.
    """
    blocks = enumerate(_whole_lines(text, advance))
    return _ahead(_text_block(block, not number, normalised) for number, block in blocks)


def read_lines(text: Text) -> list[str]:
    """All lines as they stand, of a text that is read whole and may lack no line.

    Raises:
        QuoiError: as `line_blocks`; or a line is damaged, and the message gives its number.
    """
    lines: list[str] = []
    for block in text_blocks(text, normalised=False):
        if block.bad:
            row = min(block.bad)
            raise QuoiError(f"{FileSlice.of(text)}, line {len(lines) + row + 1:,} {block.why(row)}.")
        lines += block.lines
    return lines


def line_blocks(text: Text, advance: Advance = lambda size: None) -> Iterator[bytes]:
    """Yield a text as blocks of about half a megabyte that hold whole lines.

    Only the line feed ends a line. A line of more than four megabytes is replaced by one of `LONGEST` + 1 spaces, so
    that its number and the fact that it is too long are kept and its content is not.

    Args:
        text: a file or a slice of one; what packs it, and UTF-16, are recognised by their first bytes.
        advance: called with the number of bytes of the file that were consumed.

    Raises:
        QuoiError: the file is absent, may not be read, is of a form that is not read, or is packed and damaged or
            truncated, with the number of whole lines that came before.
    """
    return _ahead(_whole_lines(text, advance))


def _whole_lines(text: Text, advance: Advance) -> Iterator[bytes]:
    slice_ = FileSlice.of(text)
    pending = b""
    giant = False
    with reading(slice_.path, "a text file, plain or packed,"):
        for block in blocks(slice_, advance):
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
    if giant or pending:
        yield _GIANT if giant else pending


def _text_block(block: bytes, first: bool, normalised: bool) -> TextBlock:
    repaired: Counter[str] = Counter()
    if first and block.startswith(BOM_UTF8):
        repaired["byte_order_mark"] = 1
        block = block[len(BOM_UTF8) :]
    if b"\r" in block and (windows := block.count(b"\r\n")):
        repaired["windows_line_end"] = windows
        block = block.replace(b"\r\n", b"\n")
    letters = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(letters == ord("\n"))
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.empty_like(ends)
    starts[0] = 0
    np.add(ends[:-1], 1, out=starts[1:])

    bad: dict[int, str] = {}
    if not _is_utf8_block(block):
        places = zip(starts.tolist(), ends.tolist(), strict=True)
        bad = {row: "invalid_utf8" for row, (start, end) in enumerate(places) if not is_utf8(block[start:end])}
    if b"\0" in block:
        zeros = np.unique(np.searchsorted(ends, np.flatnonzero(letters == 0))).tolist()
        bad |= {row: "nul" for row in zeros if row not in bad}
    if len(block) > LONGEST:
        for row in np.flatnonzero(ends - starts > LONGEST).tolist():
            if bad.get(row) != "invalid_utf8" and len(block[starts[row] : ends[row]].decode()) > LONGEST:
                bad[row] = "too_long"
    if normalised and not block.isascii():
        block = _normalised(block, starts, ends, bad, repaired)
    return TextBlock(block, starts, ends, bad, repaired)


def _normalised(
    block: bytes, starts: np.ndarray, ends: np.ndarray, bad: dict[int, str], repaired: Counter[str]
) -> bytes:
    """The block with its normalised lines put behind it, to which their starts and ends are then moved."""
    changed: list[bytes] = []
    size = len(block)
    for row in _unusual(block, ends).tolist():
        if row in bad:
            continue
        line = block[starts[row] : ends[row]].decode()
        seen, mended = visible(line), normalise(line)
        if mended != line:
            repaired["invisible_marks"] += len(line) - len(seen)
            repaired["not_composed"] += seen != mended
            changed.append(mended.encode())
            starts[row], ends[row] = size, size + len(changed[-1])
            size = int(ends[row])
    return b"".join((block, *changed))


def _unusual(block: bytes, ends: np.ndarray) -> np.ndarray:
    """The lines that normalising may change, by the first bytes of their characters: int [n], rising.

    Below U+0300 only the soft hyphen can change. The dashes, quotation marks and currencies that are common in French
    and English text never change: a line that holds no characters above U+0300 but these is not decoded.
    """
    letters = np.frombuffer(block, np.uint8)
    places = np.flatnonzero(letters >= 0xCC)
    first, second, third = (letters[np.minimum(places + ahead, len(letters) - 1)] for ahead in range(3))
    general = (second == 0x80) & (third >= 0x90) & (third < 0xA8) | (second == 0x80) & (third >= 0xB0)
    common = (first == 0xE2) & (general | (second == 0x81) & (third < 0xA0) | (second == 0x82))
    places = places[~common]
    if b"\xad" in block:  # one byte is looked for ten times as fast as two
        soft = np.flatnonzero(letters == 0xAD)
        places = np.concatenate([places, soft[letters[soft - 1] == 0xC2]])
    return np.unique(np.searchsorted(ends, places))


def looks_latin(line: bytes) -> bool:
    """Whether a line that is not valid UTF-8 may be French in one byte a letter: all its other bytes are ASCII."""
    return not line.translate(None, _FRENCH + bytes(range(1, 0x80)))


def _is_utf8_block(block: bytes) -> bool:
    # Arrow checks three times as fast as decoding does, and lets other threads run meanwhile.
    import pyarrow as pa

    offsets = pa.py_buffer(np.array([0, len(block)], np.int32))
    try:
        pa.StringArray.from_buffers(1, offsets, pa.py_buffer(block)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def is_utf8(line: bytes) -> bool:
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
