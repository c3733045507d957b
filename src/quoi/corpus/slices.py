"""Where a text lies on the disk: a file, or a slice of one that is read in place; plain, gzip, bz2 or xz."""

from __future__ import annotations

import bz2
import codecs
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

# isal's file object inflates into one buffer, without Python's lock: twice as fast where two sides are read at once.
_PACKED = (
    (re.compile(rb"\x1f\x8b"), "gzip", igzip.open),
    (re.compile(rb"\xfd7zXZ\0"), "xz", lzma.open),
    (re.compile(rb"BZh[1-9](?:1AY&|\x17rE8)"), "bz2", bz2.open),
)
"""What packs a file: its first bytes, its name, and what unpacks it."""

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
        try:
            yield from (part.encode() for part in codecs.iterdecode(chain([first], unpacked), "utf-16"))
        except UnicodeDecodeError as error:
            raise QuoiError(f"{text} is not valid UTF-16: {error.reason}.") from None
    elif _UTF16.match(first):
        raise QuoiError(f"{text} looks like UTF-16 without a byte order mark: save it as UTF-8.")
    elif first:
        yield first
        yield from unpacked


def _unpacked(text: FileSlice, advance: Advance) -> Iterator[bytes]:
    with io.BufferedReader(_Raw(text, advance)) as raw:
        first = raw.peek(8)
        if form := next((form for start, form in _OTHER_FORMS.items() if first.startswith(start)), None):
            raise QuoiError(f"{text} is no text but {form}.")
        packed = next((packed for start, *packed in _PACKED if start.match(first)), None)
        if packed is None:
            yield from iter(lambda: raw.read(BLOCK), b"")
            return
        form, open_packed = packed
        try:
            with open_packed(raw) as file:
                yield from iter(lambda: file.read(BLOCK), b"")
        except _DAMAGE as error:
            raise QuoiError(f"{text} is a damaged or truncated {form} file: {error}.") from None


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
