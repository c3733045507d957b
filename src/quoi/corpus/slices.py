"""Where a text lies on the disk: a file, or a slice of one that is read in place; plain, gzip, bz2 or xz."""

from __future__ import annotations

import bz2
import codecs
import io
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    """A file, a member of a tar that is never unpacked, or bytes that are in memory."""

    path: Path
    """The file, or what to call the bytes."""
    member: str | None = None
    data: bytes | None = None

    @classmethod
    def of(cls, text: Text) -> FileSlice:
        """The slice itself, or all of a file."""
        return text if isinstance(text, FileSlice) else cls(Path(text))

    def __str__(self) -> str:
        return f"{self.member} in {self.path}" if self.member else str(self.path)

    def length(self) -> int:
        """Bytes, as packed; 0 where there is no file."""
        try:
            with self.open() as file:
                return file.seek(0, io.SEEK_END)
        except OSError:
            return 0

    @contextmanager
    def open(self) -> Iterator[io.BufferedReader]:
        """The bytes as a file."""
        if self.data is not None:
            yield io.BufferedReader(io.BytesIO(self.data))
        elif self.member is None:
            with self.path.open("rb") as file:
                yield file
        else:
            with tarfile.open(self.path, "r:") as tar:
                yield tar.extractfile(self.member)


Text = Path | str | FileSlice


def sides(folder: Path) -> tuple[FileSlice, FileSlice]:
    """The English and the French side of a raw corpus, by its source.json: two files, or two slices of an archive.

    Raises:
        QuoiError: source.json is absent or damaged.
    """
    members = read_json(Path(folder) / "source.json").get("sides") or [{"file": name} for name in RAW]
    english, french = (FileSlice(Path(folder) / side["file"], side.get("member")) for side in members)
    return english, french


def group(folder: Path) -> FileSlice | None:
    """The text of a raw corpus that names what each of its pairs is taken from, by its source.json; None without one.

    Raises:
        QuoiError: source.json is absent or damaged.
    """
    name = read_json(Path(folder) / "source.json").get("group")
    return name and FileSlice(Path(folder) / name)


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
    with text.open() as raw:
        first = raw.peek(8)
        if form := next((form for start, form in _OTHER_FORMS.items() if first.startswith(start)), None):
            raise QuoiError(f"{text} is no text but {form}.")
        packed = next((packed for start, *packed in _PACKED if start.match(first)), None)
        if packed is None:
            yield from _pieces(raw, raw, advance)
            return
        form, open_packed = packed
        try:
            with open_packed(raw) as file:
                yield from _pieces(file, raw, advance)
        except _DAMAGE as error:
            raise QuoiError(f"{text} is a damaged or truncated {form} file: {error}.") from None


def _pieces(file: BinaryIO, raw: BinaryIO, advance: Advance) -> Iterator[bytes]:
    """A file in blocks; what they took of the file below it is counted."""
    done = 0
    while True:
        block = file.read(BLOCK)
        advance(raw.tell() - done)
        done = raw.tell()
        if not block:
            return
        yield block
