"""A file that is being downloaded: the part that is here, and a note on what it is a part of.

Until NAME is whole, NAME.partial lies beside it. NAME.note (JSON) tells the URL, the server's marks of this very
version, and the size: a part is only gone on with where the server says that it still has that version.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.io.files import sha256, why_not_written, write_json


@dataclass(frozen=True)
class Download:
    """A file that is whole: where from, where, bytes, and the SHA-256 as 64 hexadecimal digits."""

    url: str
    path: Path
    bytes: int
    sha256: str


class Partial:
    """The part of a download that is here. Only one process at a time may hold it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.with_name(path.name + ".partial")
        self.noted = path.with_name(path.name + ".note")
        self.note = _read(self.noted)
        self.glued = self.have > 0
        """Whether the bytes come from more than one answer."""
        self._digest: Any = None

    @property
    def have(self) -> int:
        """Bytes that are here."""
        return self.data.stat().st_size if self.data.exists() else 0

    @property
    def size(self) -> int | None:
        """Bytes of the whole; None: not known."""
        return self.note.get("size")

    @property
    def url(self) -> str | None:
        """Where the part is from; None: there is none."""
        return self.note.get("url") if self.have else None

    @property
    def mark(self) -> str | None:
        """What `If-Range` says to go on with the part; None: there is no way to be sure of the version."""
        return self.note.get("etag") or self.note.get("modified")

    def begin(self, url: str, headers: Mapping[str, str], size: int | None) -> None:
        """Start anew, from nothing, with an answer from `url`; `size` is None where the server tells none."""
        self.drop()
        etag = headers.get("etag", "")
        # A weak mark, W/"...", stands for the same meaning, not for the same bytes.
        marks = {"etag": etag if etag.startswith('"') else None, "modified": headers.get("last-modified")}
        self.note = {"url": url, **marks, "size": size}
        write_json(self.noted, self.note)
        self.glued = False

    @contextmanager
    def appending(self) -> Iterator[Callable[[bytes], None]]:
        """Yield the function that appends bytes. What it was given stays, whatever ends the block.

        Raises:
            QuoiError: the disk is full or may not be written.
        """
        self.glued = self.glued or self.have > 0
        digest = self._hashed()

        def write(piece: bytes) -> None:
            try:
                file.write(piece)
            except OSError as error:
                raise QuoiError(self._unwritten(error)) from error
            digest.update(piece)

        try:
            file = self.data.open("ab")
        except OSError as error:
            raise QuoiError(self._unwritten(error)) from error
        try:
            yield write
        finally:
            try:
                file.close()
            except OSError as error:
                raise QuoiError(self._unwritten(error)) from error

    def digest(self) -> str:
        """SHA-256 of the bytes that are here."""
        return self._hashed().hexdigest()

    def keep(self) -> Download:
        """The part is the whole: give it its name."""
        url, digest, told = self.note["url"], self.digest(), self.data.stat()
        note = {**self.note, "size": told.st_size, "modified_ns": told.st_mtime_ns, "sha256": digest}
        write_json(self.noted, note)
        try:
            os.replace(self.data, self.path)
        except OSError as error:
            raise QuoiError(f"{self.path} cannot be written: {why_not_written(error) or error}.") from error
        return Download(url, self.path, told.st_size, digest)

    def drop(self) -> None:
        """Remove the part."""
        self.data.unlink(missing_ok=True)
        self._digest = None

    def kept(self, urls: Sequence[str], pinned: str | None) -> Download | None:
        """The file, where it is whole already and is known to be what is asked for.

        It is where one of the URLs gave it and it has not changed since, or where it has the pinned digest.
        """
        if not self.path.is_file():
            return None
        told = self.path.stat()
        noted, url = self.note.get("sha256"), self.note.get("url")
        unchanged = (self.note.get("size"), self.note.get("modified_ns")) == (told.st_size, told.st_mtime_ns)
        if not pinned and (noted is None or url not in urls):
            return None
        digest = noted if noted and unchanged else sha256(self.path).hexdigest()
        if digest != (pinned or noted):
            return None
        return Download(url if url in urls else urls[0], self.path, told.st_size, digest)

    def _hashed(self) -> Any:
        if self._digest is None:
            self._digest = sha256(self.data) if self.have else hashlib.sha256()
        return self._digest

    def _unwritten(self, error: OSError) -> str:
        return f"{self.data} cannot be written: {why_not_written(error) or error}; what is there already is kept."


def _read(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # without its note a part is worth nothing, and is begun anew
    return note if isinstance(note, dict) else {}
