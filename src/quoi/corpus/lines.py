"""Reading text of any size, plain or packed, a file or a slice of one, as blocks of whole lines.

What a line is, everywhere: it ends with a line feed, or with a carriage return and a line feed, and with nothing else.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal, TypeVar

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

# Bytes of the letters and marks of French, German and Spanish in Latin-1 and, below 0xA0, in Windows-1252; the others
# are rare in these, and in Windows-1251 they are most of Russian's.
_WESTERN = bytes([0x80, 0x84, 0x85, *range(0x91, 0x98), 0x9C, 0xA0, 0xA1, 0xAB, 0xB0, 0xBB, 0xBF]) + (
    "ÀÂÇÈÉÊËÎÏÔÙÛÜàâçèéêëîïôùûüÄÖäößÁÍÑÓÚáíñóú".encode("latin-1")
)
_AHEAD = 3

OnBad = Literal["skip", "fail"]
"""Whether a bad line or row is left out and counted, or ends the run."""
Item = TypeVar("Item")


@dataclass(frozen=True)
class TextBlock:
    """Some lines of a text, without their ends. They are decoded only when needed."""

    lines: list[bytes]
    bad: dict[int, str] = field(default_factory=dict)
    """Index of a line to key of `BAD`; such a line has no meaning, and may not be decodable."""
    repaired: Counter[str] = field(default_factory=Counter)
    """Numbers of repairs, by key of `REPAIRED`."""

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, row: int) -> str:
        """A line; empty where it is bad."""
        return "" if row in self.bad else self.lines[row].decode()

    def split(self, number: int) -> tuple[TextBlock, TextBlock]:
        """The first `number` lines, and the others; repairs are counted with the first."""
        first = {row: reason for row, reason in self.bad.items() if row < number}
        rest = {row - number: reason for row, reason in self.bad.items() if row >= number}
        return TextBlock(self.lines[:number], first, self.repaired), TextBlock(self.lines[number:], rest)


def text_blocks(text: Text, advance: Advance = lambda size: None, normalised: bool = True) -> Iterator[TextBlock]:
    """As `line_blocks`, but yield lines; damaged ones are marked, never dropped.

    A byte order mark at the start and Windows line ends are removed and counted, and so are the repairs of
    `quoi.corpus.normalise.normalise` where lines are to be `normalised`.
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
            raise QuoiError(f"{FileSlice.of(text)}, line {len(lines) + row + 1:,} {why_bad(block.lines[row])}.")
        lines += [line.decode() for line in block.lines]
    return lines


def line_blocks(text: Text, advance: Advance = lambda size: None) -> Iterator[bytes]:
    """Yield a text as blocks of about half a megabyte that hold whole lines.

    Of a line of more than four megabytes the beginning is replaced by spaces.

    Args:
        text: a file or a slice of one; what packs it, and UTF-16, are recognised by their first bytes.
        advance: called with the number of bytes of the file that were consumed.

    Raises:
        QuoiError: the file is absent, may not be read, is of a form that is not read, or is packed and damaged or
            truncated.
    """
    return _ahead(_whole_lines(text, advance))


def bad(line: bytes) -> str | None:
    """Key of `BAD` for a line that cannot be used, else None."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return "invalid_utf8"
    return "too_long" if len(text) > LONGEST else "nul" if "\0" in text else None


def why_bad(line: bytes) -> str:
    """What is wrong with a bad line, as the end of a sentence."""
    reason = bad(line)
    return BAD[reason] + (
        ", and looks like Latin-1 or Windows-1252: `iconv -f WINDOWS-1252 -t UTF-8` converts it"
        if reason == "invalid_utf8" and looks_latin(line)
        else ""
    )


def looks_latin(line: bytes) -> bool:
    """Whether a line that is not valid UTF-8 may be French, German or Spanish in one byte a letter."""
    return not line.translate(None, _WESTERN + bytes(range(1, 0x80)))


def _whole_lines(text: Text, advance: Advance) -> Iterator[bytes]:
    slice_ = FileSlice.of(text)
    pending = b""
    with reading(slice_.path, "a text file, plain or packed,"):
        for block in blocks(slice_, advance):
            if end := block.rfind(b"\n") + 1:
                yield b"".join((pending, memoryview(block)[:end]))
                pending = block[end:]
            else:
                pending += block
                if len(pending) > 4 * LONGEST:
                    pending = b" " * (LONGEST + 1)
    if pending:
        yield pending


def _text_block(block: bytes, first: bool, normalised: bool) -> TextBlock:
    repaired: Counter[str] = Counter()
    if first and block.startswith(BOM_UTF8):
        repaired["byte_order_mark"] = 1
        block = block[len(BOM_UTF8) :]
    if b"\r" in block and (windows := block.count(b"\r\n")):
        repaired["windows_line_end"] = windows
        block = block.replace(b"\r\n", b"\n")
    lines = block.split(b"\n")
    if block.endswith(b"\n"):
        lines.pop()
    reasons: dict[int, str] = {}
    if len(block) > LONGEST or b"\0" in block or not _is_utf8(block):
        reasons = {row: reason for row, line in enumerate(lines) if (reason := bad(line))}
    if normalised and not block.isascii():
        for row in set(_unusual(block)) - reasons.keys():
            text = lines[row].decode()
            seen, mended = visible(text), normalise(text)
            repaired["invisible_marks"] += len(text) - len(seen)
            repaired["not_composed"] += seen != mended
            lines[row] = mended.encode()
    return TextBlock(lines, reasons, +repaired)


def _unusual(block: bytes) -> list[int]:
    """The lines that normalising may change, by the first bytes of their characters.

    Below U+0300 only the soft hyphen can change. The dashes, quotation marks and currencies that are common in French
    and English text never change: a line that holds no characters above U+0300 but these is not decoded.
    """
    letters = np.frombuffer(block, np.uint8)
    places = np.flatnonzero(letters >= 0xCC)
    first, second, third = (letters[np.minimum(places + ahead, len(letters) - 1)] for ahead in range(3))
    general = (second == 0x80) & (third >= 0x90) & (third < 0xA8) | (second == 0x80) & (third >= 0xB0)
    common = (first == 0xE2) & (general | (second == 0x81) & (third < 0xA0) | (second == 0x82))
    soft = np.flatnonzero(letters == 0xAD) if b"\xad" in block else np.empty(0, int)
    places = np.concatenate([places[~common], soft[letters[soft - 1] == 0xC2]])
    return np.searchsorted(np.flatnonzero(letters == ord("\n")), places).tolist()


def _is_utf8(block: bytes) -> bool:
    # Arrow checks three times as fast as decoding does, and lets other threads run meanwhile.
    import pyarrow as pa

    try:
        pa.array([block], pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
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
