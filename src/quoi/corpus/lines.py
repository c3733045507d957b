"""Reading text files of any size, plain or gzip, as blocks of whole lines in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from quoi.errors import QuoiError

RAW = "corpus.en.gz", "corpus.fr.gz"
"""The two line-aligned files of a raw corpus, named as those of Giga-fren are."""

BLOCK = 1 << 19
LONGEST = 1 << 20
"""Characters. A line above this is no sentence, and it may not grow in memory either."""

BAD = {
    "invalid_utf8": "is not valid UTF-8",
    "nul": "holds a NUL character",
    "too_long": f"has more than {LONGEST:,} characters",
}
"""Why a line cannot be used."""

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_GIANT = b" " * (LONGEST + 1) + b"\n"

Advance = Callable[[int], None]


@dataclass
class TextBlock:
    """Some decoded lines of a file, without their line ends."""

    lines: list[str]
    bad: dict[int, str]
    """Index in `lines` to key of `BAD`; what `lines` holds there has no meaning."""
    byte_order_marks: int = 0
    windows_ends: int = 0
    """How many of each were removed."""


def text_blocks(path: Path | str, advance: Advance = lambda size: None) -> Iterator[TextBlock]:
    """Yield a text file as blocks of decoded lines; damaged lines are marked, never dropped.

    A byte order mark at the start and Windows line ends are removed and counted.

    Raises:
        QuoiError: as `line_blocks`.
    """
    first = True
    for block in line_blocks(path, advance):
        marks = int(first and block.startswith(_BYTE_ORDER_MARK))
        if marks:
            block = block[len(_BYTE_ORDER_MARK) :]
        windows = block.count(b"\r\n") if b"\r" in block else 0
        if windows:
            block = block.replace(b"\r\n", b"\n")
        yield TextBlock(*_decoded(block), marks, windows)
        first = False


def line_blocks(path: Path | str, advance: Advance = lambda size: None) -> Iterator[bytes]:
    """Yield a text file as blocks of about half a megabyte that hold whole lines.

    Only the line feed ends a line. A line of more than four megabytes is replaced by one of `LONGEST` + 1 spaces, so
    that its number and the fact that it is too long are kept and its content is not.

    Args:
        path: a plain or gzip file; gzip (of one or several members) is recognised by its first bytes.
        advance: called with the number of bytes of the file that were consumed.

    Raises:
        QuoiError: the file is absent, may not be read, or is a damaged or truncated gzip; the message gives the
            number of whole lines that came before.
    """
    path = Path(path)
    pending = b""
    giant = False
    try:
        for block in _ahead(_blocks(path, advance)):
            end = block.rfind(b"\n") + 1
            if end:
                yield _GIANT + block[block.find(b"\n") + 1 : end] if giant else pending + block[:end]
                pending, giant = block[end:], False
            elif not giant:
                pending += block
                giant = len(pending) > 4 * LONGEST
            if giant:
                pending = b""
    except FileNotFoundError:
        raise QuoiError(f"{path} does not exist.") from None
    except IsADirectoryError:
        raise QuoiError(f"{path} is a folder; a text file, plain or .gz, is needed.") from None
    except PermissionError:
        raise QuoiError(f"{path} may not be read: there is no permission.") from None
    except EOFError:
        raise QuoiError(f"{path} is a truncated gzip file: it breaks off after line {_readable(path):,}.") from None
    except ValueError as error:
        raise QuoiError(f"{path} is a damaged gzip file: {error}, after line {_readable(path):,}.") from None
    if giant or pending:
        yield _GIANT if giant else pending


def _decoded(block: bytes) -> tuple[list[str], dict[int, str]]:
    bad: dict[int, str] = {}
    try:
        lines = block.decode().split("\n")
    except UnicodeDecodeError:
        lines = []
        for row, line in enumerate(block.split(b"\n")):
            try:
                lines.append(line.decode())
            except UnicodeDecodeError:
                bad[row] = "invalid_utf8"
                lines.append("")
    if block.endswith(b"\n"):
        lines.pop()
    if b"\0" in block:
        bad |= {row: "nul" for row, line in enumerate(lines) if "\0" in line}
    if len(block) > LONGEST and max(map(len, lines)) > LONGEST:
        bad |= {row: "too_long" for row, line in enumerate(lines) if len(line) > LONGEST}
    return lines, bad


def _ahead(blocks: Iterator[bytes]) -> Iterator[bytes]:
    # Inflating and reading let other threads run: the next block is made while this one is used.
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = thread.submit(next, blocks, None)
            yield block


def _blocks(path: Path, advance: Advance) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as raw:
        gzipped = raw.read(2) == _GZIP
        raw.seek(0)
        yield from (_inflated if gzipped else _plain)(raw, advance)


def _plain(raw: BinaryIO, advance: Advance) -> Iterator[bytes]:
    while block := raw.read(BLOCK):
        advance(len(block))
        yield block


def _inflated(raw: BinaryIO, advance: Advance) -> Iterator[bytes]:
    # A decompression object, not a file object: it hands out all that could be read before a truncation.
    from isal import isal_zlib

    member = isal_zlib.decompressobj(wbits=31)
    while packed := raw.read(BLOCK // 2):
        advance(len(packed))
        while packed:
            if member.eof:
                if not packed.strip(b"\0"):
                    break
                if not _GZIP.startswith(packed[:2]):
                    raise ValueError("there are bytes that are not gzip")
                member = isal_zlib.decompressobj(wbits=31)
            try:
                yield member.decompress(packed, BLOCK)
            except isal_zlib.error as error:
                raise ValueError(str(error)) from None
            packed = member.unused_data if member.eof else member.unconsumed_tail
    if not member.eof:
        raise EOFError


def _readable(path: Path) -> int:
    """The number of whole lines before the damage in a gzip file."""
    lines = 0
    try:
        for block in _blocks(path, lambda size: None):
            lines += block.count(b"\n")
    except (EOFError, ValueError):
        pass
    return lines
