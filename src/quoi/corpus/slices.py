"""Where a text lies on the disk: a file, or a slice of one that is read in place; plain, gzip, bz2 or xz."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from isal import igzip, isal_zlib

from quoi.io.errors import QuoiError
from quoi.io.files import read_json

RAW = "corpus.en.gz", "corpus.fr.gz"
"""The two line-aligned files of a raw corpus whose source.json does not say that its sides lie elsewhere."""

BLOCK = 1 << 19

_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ\0"
_BZ2 = re.compile(rb"BZh[1-9](?:1AY&|\x17rE8)")

_OTHER_FORMS = {
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

_DAMAGE = (EOFError, ValueError, OverflowError, OSError, zlib.error, isal_zlib.error, lzma.LZMAError)
"""What the libraries raise for a packed file that is damaged or breaks off."""

_UTF16 = re.compile(rb"(?:[^\0]\0){4}|(?:\0[^\0]){4}", re.DOTALL)

Advance = Callable[[int], None]


@dataclass(frozen=True)
class FileSlice:
    """A file, or some bytes of one: a member of an archive that is never unpacked."""

    path: Path
    offset: int = 0
    size: int | None = None
    """Bytes; None: to the end of the file."""
    name: str | None = None
    """The member's name, for errors."""

    @classmethod
    def of(cls, text: Text) -> FileSlice:
        """The slice itself, or all of a file."""
        return text if isinstance(text, FileSlice) else cls(Path(text))

    def __str__(self) -> str:
        return f"{self.name} in {self.path}" if self.name else str(self.path)

    def length(self) -> int:
        """Bytes on the disk; 0 where there is no file."""
        if self.size is not None:
            return self.size
        return self.path.stat().st_size if self.path.is_file() else 0

    def open(self) -> BinaryIO:
        """The whole file, at the first byte of the slice, unbuffered."""
        file = self.path.open("rb", buffering=0)
        file.seek(self.offset)
        return file


@dataclass(frozen=True)
class InMemory(FileSlice):
    """Bytes that are in memory, as those of standard input; `path` is what to call them."""

    data: bytes = b""

    def open(self) -> BinaryIO:
        """The bytes as a file."""
        return io.BytesIO(self.data)


Text = Path | str | FileSlice


def sides(folder: Path) -> tuple[FileSlice, FileSlice]:
    """The English and the French side of a raw corpus, by its source.json: two files, or two slices of an archive.

    Raises:
        QuoiError: source.json is absent or damaged.
    """
    members = read_json(Path(folder) / "source.json").get("sides") or [{"file": name} for name in RAW]
    english, french = (
        FileSlice(Path(folder) / side["file"], side.get("offset", 0), side.get("bytes"), side.get("member"))
        for side in members
    )
    return english, french


def blocks(text: FileSlice, advance: Advance) -> Iterator[bytes]:
    """Yield a text in blocks of about half a megabyte, as UTF-8: unpacked, and out of UTF-16 where it says so.

    Whether it is gzip, bz2 or xz is seen from its first bytes, and so is UTF-16, by its byte order mark.

    Raises:
        OSError: the file cannot be read.
        QuoiError: it is packed and damaged or breaks off, or of a form that is not read, which is named.
    """
    unpacked = _unpacked(text, advance)
    first = next(unpacked, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from _as_utf8(text, chain([first], unpacked))
    elif _UTF16.match(first):
        raise QuoiError(f"{text} looks like UTF-16 without a byte order mark: save it as UTF-8.")
    elif first:
        yield first
        yield from unpacked


def _as_utf8(text: FileSlice, utf16: Iterator[bytes]) -> Iterator[bytes]:
    lines = 1
    try:
        for decoded in codecs.iterdecode(utf16, "utf-16"):
            lines += decoded.count("\n")
            yield decoded.encode()
    except UnicodeDecodeError as error:
        raise QuoiError(f"{text} is not valid UTF-16, in or after line {lines:,}: {error.reason}.") from None


def _unpacked(text: FileSlice, advance: Advance) -> Iterator[bytes]:
    with text.open() as file:
        first = file.read(8 if text.size is None else min(8, text.size))
    for start, form in _OTHER_FORMS.items():
        if first.startswith(start):
            raise QuoiError(f"{text} is no text but {form}.")
    with _Raw(text, advance) as raw:
        if first.startswith(_GZIP):
            # isal's file object and not its decompression object: it inflates into one buffer, without Python's lock,
            # and so leaves a processor to others; twice as fast where two sides are read at once.
            yield from _inflated(text, "gzip", igzip.open, raw)
        elif first.startswith(_XZ):
            yield from _inflated(text, "xz", lzma.open, raw)
        elif _BZ2.match(first):
            yield from _inflated(text, "bz2", bz2.open, raw)
        else:
            yield from iter(lambda: raw.read(BLOCK), b"")


def _inflated(
    text: FileSlice, form: str, open_packed: Callable[[BinaryIO], BinaryIO], raw: BinaryIO
) -> Iterator[bytes]:
    try:
        with open_packed(raw) as file:
            yield from iter(lambda: file.read(BLOCK), b"")
    except _DAMAGE as error:
        raise QuoiError(_why_damaged(text, form, error)) from None


def _why_damaged(text: FileSlice, form: str, error: Exception) -> str:
    """The sentence on a packed file that cannot be read to its end, with the number of whole lines that can be."""
    lines = 0
    try:
        with (
            _Raw(text, lambda size: None) as raw,
            {"gzip": gzip.open, "xz": lzma.open, "bz2": bz2.open}[form](raw) as file,
        ):
            while block := file.read1():  # which, other than `read`, gives what comes before the damage
                lines += block.count(b"\n")
    except EOFError:
        return f"{text} is a truncated {form} file: it breaks off after line {lines:,}."
    except _DAMAGE as exact:
        error = exact
    return f"{text} is a damaged {form} file: {error}, after line {lines:,}."


class _Raw(io.RawIOBase):
    """The bytes of a slice as a file of its own, counted as they are read."""

    def __init__(self, text: FileSlice, advance: Advance) -> None:
        self.left = text.size
        self.advance = advance
        self.file = text.open()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        count = self.file.readinto(memoryview(buffer)[: self.left])
        if self.left is not None:
            self.left -= count
        self.advance(count)
        return count

    def close(self) -> None:
        self.file.close()
        super().close()
