"""Where a text lies on the disk: a file, or a stretch of one that is read in place; plain, gzip, bz2 or xz."""

from __future__ import annotations

import codecs
import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from quoi.io.errors import QuoiError
from quoi.io.files import read_json

RAW = "corpus.en.gz", "corpus.fr.gz"
"""The two line-aligned files of a raw corpus whose source.json does not say that its sides lie elsewhere."""

BLOCK = 1 << 19

RATIO, ALLOWANCE = 200, 1 << 28
"""Text deflates to a third, machine-made lists to a thirtieth. A gzip that, after a quarter of a gigabyte, is at more
than a hundred times its size is a compression bomb; so is one of which this much gives nothing at all."""

_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ\0"
_BZ2 = re.compile(rb"BZh[1-9](?:1AY&|\x17rE8)")

_NAMED = {
    b"PK\x03\x04": "a zip archive, or a document that is one inside: unpack it, or save it as text",
    b"PK\x05\x06": "an empty zip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive: unpack it",
    b"Rar!\x1a\x07": "a RAR archive: unpack it",
    b"\x28\xb5\x2f\xfd": "packed by zstd: `unzstd` unpacks it",
    b"%PDF-": "a PDF document: save it as text",
    b"\xd0\xcf\x11\xe0": "an Office document: save it as text",
    b"PAR1": "a Parquet table: save it as text",
}
"""First bytes of what is no text and is not unpacked here, and what to do about it."""

_UTF16 = re.compile(rb"(?:[^\0]\0){4}|(?:\0[^\0]){4}", re.DOTALL)

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Stretch:
    """A file, or some bytes of one: a member of an archive that is never unpacked."""

    path: Path
    offset: int = 0
    size: int | None = None
    """Bytes; None: to the end of the file."""
    name: str | None = None
    """Of the member, for errors."""

    @classmethod
    def of(cls, text: Text) -> Stretch:
        """The stretch itself, or all of a file."""
        return text if isinstance(text, Stretch) else cls(Path(text))

    def __str__(self) -> str:
        return f"{self.name} in {self.path}" if self.name else str(self.path)

    def length(self) -> int:
        """Bytes on the disk; 0 where there is no file."""
        if self.size is not None:
            return self.size
        return self.path.stat().st_size if self.path.is_file() else 0

    def open(self) -> BinaryIO:
        """The whole file, at the stretch's first byte, unbuffered."""
        file = self.path.open("rb", buffering=0)
        file.seek(self.offset)
        return file


@dataclass(frozen=True)
class Held(Stretch):
    """Bytes that are in memory, as those of standard input; `path` is what to call them."""

    data: bytes = b""

    def length(self) -> int:
        """Bytes in memory."""
        return len(self.data)

    def open(self) -> BinaryIO:
        """The bytes as a file."""
        return io.BytesIO(self.data)


Text = Path | str | Stretch


def sides(folder: Path) -> tuple[Stretch, Stretch]:
    """The English and the French side of a raw corpus, by its source.json: two files, or two stretches of an archive.

    Raises:
        QuoiError: source.json is absent or damaged.
    """
    told = read_json(Path(folder) / "source.json").get("sides") or [{"file": name} for name in RAW]
    english, french = (
        Stretch(Path(folder) / side["file"], side.get("offset", 0), side.get("bytes"), side.get("member"))
        for side in told
    )
    return english, french


def blocks(stretch: Stretch, advance: Advance) -> Iterator[bytes]:
    """Yield the text in blocks of about half a megabyte, as UTF-8: unpacked, and out of UTF-16 where it says so.

    Whether it is gzip, bz2 or xz is seen from its first bytes, and so is UTF-16, by its byte order mark.

    Raises:
        OSError: the file cannot be read.
        EOFError: a gzip breaks off. ValueError: it is damaged; either may cost what the last block would hold.
        QuoiError: it is a compression bomb, a bz2 or xz that is damaged or breaks off, or of a form that is not read,
            which is named.
    """
    return _as_utf8(stretch, _plain(stretch, advance))


def _plain(stretch: Stretch, advance: Advance) -> Iterator[bytes]:
    with _Raw(stretch, advance) as raw:
        first = raw.peek(8)
        for start, told in _NAMED.items():
            if first.startswith(start):
                raise QuoiError(f"{stretch} is no text but {told}.")
        if first.startswith(_GZIP):
            yield from _inflated(raw)
        elif first.startswith(_XZ) or _BZ2.match(first):
            yield from _unpacked(raw, "xz" if first.startswith(_XZ) else "bz2")
        else:
            yield from iter(lambda: raw.read(BLOCK), b"")


def _as_utf8(stretch: Stretch, coming: Iterator[bytes]) -> Iterator[bytes]:
    first = next(coming, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")()
        lines = 1
        try:
            for block in (first, *coming, b""):
                text = decoder.decode(block, final=not block)
                lines += text.count("\n")
                yield text.encode()
        except UnicodeDecodeError as error:
            raise QuoiError(f"{stretch} is not valid UTF-16, in or after line {lines:,}: {error.reason}.") from None
        return
    if _UTF16.match(first):
        raise QuoiError(f"{stretch} looks like UTF-16 without a byte order mark: save it as UTF-8.")
    if first:
        yield first
        yield from coming


def why_damaged(stretch: Stretch, error: Exception) -> str:
    """The sentence on a gzip that `blocks` has failed on, with the number of whole lines that can be read."""
    lines = 0
    try:
        for block in _careful(stretch):
            lines += block.count(b"\n")
    except EOFError:
        return f"{stretch} is a truncated gzip file: it breaks off after line {lines:,}."
    except ValueError as found:
        error = found
    return f"{stretch} is a damaged gzip file: {error}, after line {lines:,}."


def _inflated(raw: _Raw) -> Iterator[bytes]:
    from isal import igzip, isal_zlib

    # isal's file object and not its decompression object: it inflates into one buffer, without Python's lock, and
    # so leaves a processor to others; twice as fast where two sides are read at once.
    try:
        with igzip.IGzipFile(fileobj=raw, mode="rb") as file:
            yield from _bounded(raw, file)
    except (igzip.BadGzipFile, isal_zlib.error, OverflowError) as error:
        raise ValueError(str(error)) from None


def _unpacked(raw: _Raw, form: Literal["bz2", "xz"]) -> Iterator[bytes]:
    import bz2
    import lzma

    lines = 0
    try:
        with (bz2.BZ2File if form == "bz2" else lzma.LZMAFile)(raw) as file:
            for block in _bounded(raw, file):
                lines += block.count(b"\n")
                yield block
    except EOFError:
        raise QuoiError(f"{raw.stretch} is a truncated {form} file: it breaks off after line {lines:,}.") from None
    except (lzma.LZMAError, ValueError, OSError) as error:
        raise QuoiError(f"{raw.stretch} is a damaged {form} file: {error}, after line {lines:,}.") from None


def _bounded(raw: _Raw, file: BinaryIO) -> Iterator[bytes]:
    """What a packed file holds, unless it is a compression bomb."""
    inflated = 0
    raw.useful = 0
    while block := file.read(BLOCK):
        inflated += len(block)
        raw.useful = raw.position
        if inflated > ALLOWANCE and inflated > RATIO * raw.position:
            raise QuoiError(_bomb(raw.stretch, f"inflates to more than {RATIO} times its size"))
        yield block


def _careful(stretch: Stretch) -> Iterator[bytes]:
    # A decompression object, not a file object: it hands out all that could be read before the damage.
    from isal import isal_zlib

    member = isal_zlib.decompressobj(wbits=31)
    with _Raw(stretch, lambda size: None) as raw:
        while packed := raw.read(BLOCK // 2):
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


def _bomb(stretch: Stretch, why: str) -> str:
    return f"{stretch} {why}: this is no text but a compression bomb."


class _Raw(io.RawIOBase):
    """The bytes of a stretch as a file of its own, counted as they are read."""

    def __init__(self, stretch: Stretch, advance: Advance) -> None:
        self.stretch = stretch
        self.advance = advance
        self.position = 0
        self.useful = math.inf  # up to which position they have given text; infinite where nobody cares
        self.file = stretch.open()

    def readable(self) -> bool:
        return True

    def peek(self, size: int) -> bytes:
        """The first bytes, while none was read."""
        first = self.file.read(size if self.stretch.size is None else min(size, self.stretch.size))
        self.file.seek(self.stretch.offset)
        return first

    def readinto(self, buffer: memoryview) -> int:
        if self.stretch.size is not None:
            buffer = memoryview(buffer)[: self.stretch.size - self.position]
        count = self.file.readinto(buffer)
        self.position += count
        if self.position - self.useful > ALLOWANCE:
            raise QuoiError(_bomb(self.stretch, f"gives nothing in {ALLOWANCE >> 20} megabytes"))
        self.advance(count)
        return count

    def close(self) -> None:
        self.file.close()
        super().close()
