"""Where a text lies on the disk: a file, or a slice of one that is read in place; plain, gzip, bz2, xz or zstd."""

from __future__ import annotations

import bz2
import codecs
import errno
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from isal import igzip, isal_zlib

from quoi.io.errors import QuoiError
from quoi.io.files import read_json

RAW = "corpus.source.gz", "corpus.target.gz"
"""The two line-aligned files of a raw corpus whose source.json does not say that its sides lie elsewhere."""

BLOCK = 1 << 19

_ZIP = b"PK\x03\x04"


def _zstd(raw: BinaryIO) -> BinaryIO:
    import pyarrow as pa

    return pa.CompressedInputStream(raw, "zstd")


# isal's file object inflates into one buffer, without Python's lock: twice as fast where two sides are read at once.
_PACKED = (
    (re.compile(rb"\x1f\x8b"), "gzip", igzip.open),
    (re.compile(rb"\xfd7zXZ\0"), "xz", lzma.open),
    (re.compile(rb"BZh[1-9](?:1AY&|\x17rE8)"), "bz2", bz2.open),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "zstd", _zstd),
)
"""What packs a file: its first bytes, its name, and what unpacks it."""

_OTHER_FORMS = {
    _ZIP: "a zip archive, or a document that is one inside: unpack it, or save it as text",
    b"PK\x05\x06": "an empty zip archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive: unpack it",
    b"Rar!\x1a\x07": "a RAR archive: unpack it",
    b"%PDF-": "a PDF document: save it as text",
    b"\xd0\xcf\x11\xe0": "an Office document: save it as text",
    b"PAR1": "a Parquet table: save it as text",
}
"""First bytes of what is no text and is not unpacked here, and what to do about it."""

_DAMAGE = (EOFError, ValueError, OverflowError, OSError, zlib.error, isal_zlib.error, lzma.LZMAError)
"""What the libraries raise for a packed file that is damaged or breaks off."""

_ZIP_DAMAGE = (*_DAMAGE, zipfile.BadZipFile, KeyError, RuntimeError, struct.error)
"""What zipfile raises beside: also for an archive that has a password, or is packed in a way that it does not know."""

KEY = "corpus.files.encoding"
"""What names the encoding of the user's own texts."""

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # it begins as the next but one does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WIDE = "utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"
_LOOKED_AT, _FEWEST, _LEAST = 1 << 12, 4, 0.005
"""Bytes by which these are told, and the number and share of ASCII among their letters: lines end in every language."""

Advance = Callable[[int], None]


@dataclass(frozen=True)
class FileSlice:
    """A file, a member of a tar or zip that is never unpacked, or bytes that are in memory."""

    path: Path
    """The file, or what to call the bytes."""
    member: str | None = None
    data: bytes | None = None
    encoding: str | None = None
    """What the text is in, where that is known; None: UTF-8, or UTF-16 if its first bytes say so."""

    @classmethod
    def of(cls, text: Text) -> FileSlice:
        """The slice itself, or all of a file."""
        return text if isinstance(text, FileSlice) else cls(Path(text))

    def __str__(self) -> str:
        return f"{self.member} in {self.path}" if self.member else str(self.path)

    def length(self) -> int:
        """Bytes, as packed, or of a zip's member as unpacked; 0 where there is no file."""
        try:
            if self.member is not None and is_zip(self.path):
                with reading_zip(self.path, self) as archive:
                    return archive.getinfo(self.member).file_size
            with self.open() as file:
                return file.seek(0, io.SEEK_END)
        except OSError:
            return 0

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes as a file that can `peek`.

        Raises:
            QuoiError: it lies in a zip that is damaged, breaks off, has a password, or has no such member.
        """
        if self.data is not None:
            yield io.BufferedReader(io.BytesIO(self.data))
        elif self.member is None:
            with self.path.open("rb") as file:
                yield file
        elif is_zip(self.path):
            with reading_zip(self.path, self) as archive, archive.open(self.member) as file:
                yield file
        else:
            with tarfile.open(self.path, "r:") as tar:
                yield tar.extractfile(self.member)


def is_zip(path: Path) -> bool:
    """Whether a file begins as a zip archive does. Raises `OSError`: it cannot be read."""
    with path.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP


@contextmanager
def reading_zip(path: Path, name: object) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive; what the block reads of it is whole.

    Args:
        name: what to call the archive, or what is read of it, in an error.

    Raises:
        QuoiError: it is damaged, breaks off, has a password, is packed in a way of its own, or lacks the member.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _ZIP_DAMAGE as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        why = str(error).rstrip(".") or "it breaks off"
        raise QuoiError(f"{name} cannot be read, for the zip is damaged, cut or locked: {why}.") from None


Text = Path | str | FileSlice


def sides(folder: Path) -> tuple[FileSlice, FileSlice]:
    """Source and target of a raw corpus, by its source.json: two files, or two slices of an archive.

    Raises:
        QuoiError: source.json is absent or damaged.
    """
    members = read_json(Path(folder) / "source.json").get("sides") or [{"file": name} for name in RAW]
    source, target = (FileSlice(Path(folder) / side["file"], side.get("member")) for side in members)
    return source, target


def group(folder: Path) -> FileSlice | None:
    """The text of a raw corpus that names what each of its pairs is taken from, by its source.json; None without one.

    Raises:
        QuoiError: source.json is absent or damaged.
    """
    name = read_json(Path(folder) / "source.json").get("group")
    return name and FileSlice(Path(folder) / name)


def blocks(text: FileSlice, advance: Advance) -> Iterator[bytes]:
    """Yield a text in blocks of about half a megabyte, as UTF-8: unpacked, and out of the encoding that it is in.

    What packs it is seen from its first bytes, and so are UTF-16 and UTF-32, by the byte order mark. Bytes that mean
    nothing in an encoding of one or two bytes a letter stay as they are: their line is then no UTF-8 and found to be
    bad.

    Raises:
        OSError: the file cannot be read.
        QuoiError: it is packed and damaged or breaks off, or of a form that is not read, which is named; it is not in
            the named encoding, as far as that can be seen.
    """
    unpacked = _unpacked(text, advance)
    first = next(unpacked, b"")
    if form := next((form for start, form in _OTHER_FORMS.items() if first.startswith(start)), None):
        raise QuoiError(f"{text} is no text but {form}.")
    marked = next((codec for mark, codec in _MARKS.items() if first.startswith(mark)), None)
    encoding = text.encoding or marked or "utf-8"
    codec = codecs.lookup(encoding).name
    if marked and not codec.startswith(("utf-16", "utf-32")):
        said = f"is in {marked.upper()}, by its byte order mark, and not in {encoding}"
        raise QuoiError(f"{text} {said}: leave {KEY} null.")
    if not codec.startswith(("utf-16", "utf-32")) and (wide := _wide(first)):
        raise QuoiError(
            f"{text} looks like {wide[:6].upper()} without a byte order mark: save it as UTF-8, or, as a corpus of "
            f"your own, name that by `{KEY}: {wide}`."
        )
    if codec == "utf-8":
        yield first
        yield from unpacked
        return
    errors = "strict" if codec.startswith("utf") else "surrogateescape"
    try:
        for part in codecs.iterdecode(chain([first], unpacked), codec, errors):
            yield part.encode("utf-8", "surrogateescape")
    except UnicodeError as error:
        raise QuoiError(f"{text} is not valid {encoding.upper()}: {getattr(error, 'reason', error)}.") from None


def _wide(first: bytes) -> str | None:
    """Which UTF-16 or UTF-32 a text without a byte order mark is in, by its ASCII letters and line ends; None: none."""
    if b"\0" not in first:
        return None
    found = dict.fromkeys(_WIDE, 0)
    start = first[:_LOOKED_AT]
    for codec in _WIDE:
        with suppress(UnicodeDecodeError):
            found[codec] = sum("\0" < letter < "\x80" for letter in codecs.getincrementaldecoder(codec)().decode(start))
    best = max(found, key=found.get)
    return best if found[best] >= max(_FEWEST, _LEAST * len(start) / 2) else None


def _unpacked(text: FileSlice, advance: Advance) -> Iterator[bytes]:
    with text.open() as raw:
        first = raw.peek(8)
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
