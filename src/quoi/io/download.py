"""Published files: a copy of the user's own that params.yaml names, or a download, checked by its SHA-256.

A download may be cut at any time: it continues where it stopped, and no file is there before it is whole. Meanwhile
NAME.partial holds what has come. NAME.note (JSON) has its URL, the server's mark of that version and its size: a part
is continued only where the server says that it still has that version.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rich.filesize import decimal

from quoi.io.errors import QuoiError
from quoi.io.files import read_note, reading, why_not_written, write_json
from quoi.io.files import sha256 as digest_of
from quoi.io.http import TIMEOUT, Failure, ask, check_url, failures, file_name, session
from quoi.io.progress import bar

if TYPE_CHECKING:
    from requests import Session

FOLDER = Path(".quoi/downloads")
"""Where downloads lie: DVC removes the outputs of a stage before it runs, so a half one may not be among them."""
ATTEMPTS = 5
"""Requests in a row that bring less than a megabyte, after which a server is given up."""
_MEGABYTE = 1 << 20
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(\d+)")
_sleep = time.sleep


class PublishedFile(Protocol):
    """A section of params.yaml for a published file."""

    path: str | None
    """A copy of the user's own."""
    urls: list[str]
    """Mirrors, in the order in which they are asked."""
    sha256: str | None
    """The digest that the file must have; None: any."""


@dataclass(frozen=True)
class LocalFile:
    """A published file that is here, whole: where from (None: the user's own copy), where, bytes, and its SHA-256."""

    url: str | None
    path: Path
    bytes: int
    sha256: str

    @contextmanager
    def removed_if_refused(self) -> Iterator[None]:
        """Remove a download that the block refuses with a `QuoiError`, so that the next run loads it again."""
        try:
            yield
        except QuoiError:
            if self.url is not None:
                self.path.unlink(missing_ok=True)
            raise


def obtain(
    given: PublishedFile, key: str, what: str, *, prefix: str = "", needed: str = "the file itself"
) -> LocalFile:
    """The copy that params.yaml names, or else a download.

    Args:
        given: the section of params.yaml. Its `path` goes before its `urls`.
        key: of that section, for errors.
        what: what to call it in a progress bar and in errors.
        prefix: of the name of a download in `FOLDER`.
        needed: what the path ought to name, for an error where it is a folder.

    Raises:
        QuoiError: the copy is absent, a folder, may not be read or has another digest; or as `fetch`.
    """
    if given.path is None:
        otherwise = f"a copy of your own can be named in {key}.path"
        path = FOLDER / (prefix + file_name(given.urls[0]))
        return fetch(given.urls, path, sha256=given.sha256, what=what, otherwise=otherwise)
    path = Path(given.path)
    with reading(f"{path}, which {key}.path names,", needed):
        size, digest = path.stat().st_size, digest_of(path).hexdigest()
    if given.sha256 not in (None, digest):
        raise QuoiError(f"{path} has the SHA-256 {digest}, but {key}.sha256 pins {given.sha256}.")
    return LocalFile(None, path, size, digest)


def fetch(
    urls: Sequence[str],
    path: Path,
    *,
    sha256: str | None = None,
    what: str = "the file",
    otherwise: str = "",
    attempts: int = ATTEMPTS,
    timeout: float = TIMEOUT,
) -> LocalFile:
    """Download a file; the part that a cut download left is continued, and a whole file is not loaded again.

    Args:
        urls: mirrors, http or https, asked in this order; the one that a part is from is asked first.
        sha256: the digest that the file must have, 64 hexadecimal digits; None: it is not known beforehand.
        what: what to call the file in a progress bar and in errors.
        otherwise: what else can be done, as the end of the sentence when no mirror gives the file.

    Raises:
        QuoiError: no mirror gave the file (with each one's reason, and what was kept); the disk is full or may not
            be written; another process loads the same file; a URL is none.
    """
    path, pinned = Path(path), sha256.lower() if sha256 else None
    what = what[:1].upper() + what[1:]
    for url in urls:
        check_url(url)
    with _locked(path):
        part = _PartialDownload(path)
        if whole := part.finished(urls, pinned):
            return whole
        reasons: list[str] = []
        with session() as asking:
            for url in sorted(urls, key=lambda url: url != part.url):
                try:
                    return _complete(asking, url, part, pinned, what, attempts, timeout)
                except Failure as failure:
                    reasons.append(f"{url} {failure}")
        reasons = reasons or ["there is no URL"]
        if part.bytes and part.mark:
            size = f" of {decimal(part.size)}" if part.size else ""
            reasons.append(f"{decimal(part.bytes)}{size} are kept, and the next try continues from there")
        else:
            part.drop()
        reasons += [otherwise] if otherwise else []
        raise QuoiError(f"{what} could not be downloaded: {'; '.join(reasons)}.")


class _PartialDownload:
    """What is here of a download. Only one process at a time may hold it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.with_name(path.name + ".partial")
        self.note_file = path.with_name(path.name + ".note")
        self.note = read_note(self.note_file)
        self.url = self.note.get("url") if self.bytes else None
        """Where the part is from; None: there is none."""
        self.size: int | None = self.note.get("size")
        """Bytes of the whole; None: not known."""
        self.mark = self.note.get("mark")
        """The server's mark of this very version; None: there is no way to be sure of it."""
        self.resumed = self.bytes > 0
        """Whether the bytes come from more than one answer."""

    @property
    def bytes(self) -> int:
        return self.data.stat().st_size if self.data.exists() else 0

    def begin(self, url: str, headers: Mapping[str, str]) -> None:
        """Start from nothing with an answer from `url`."""
        self.drop()
        self.mark, length = _mark(headers), headers.get("content-length", "")
        self.url, self.size, self.resumed = url, int(length) if length.isdecimal() else None, False
        write_json(self.note_file, {"url": url, "mark": self.mark, "size": self.size})

    def resume(self, headers: Mapping[str, str]) -> None:
        """Go on with an answer that is the rest of the file (206), or says that there is no more of it (416).

        Raises:
            Failure: it is of another file, as from a server that does not know If-Range, or another part.
        """
        match = _RANGE.fullmatch(headers.get("content-range", "").strip())
        start, size = (int(match[1] or match[2]), int(match[2])) if match else (None, None)
        if start != self.bytes or self.size not in (None, size) or _mark(headers) not in (None, self.mark):
            self.drop()
            raise Failure("has another file than the one of which a part is here", again=True)
        self.size, self.resumed = size, True

    def drop(self) -> None:
        """Remove the part."""
        self.data.unlink(missing_ok=True)
        self.url = None

    def keep(self, pinned: str | None) -> LocalFile:
        """The part is the whole: check it and give it its name.

        Raises:
            Failure: it has another digest than the pinned one.
        """
        digest, size = digest_of(self.data).hexdigest(), self.bytes
        if pinned and digest != pinned:
            self.drop()
            raise Failure(f"gave a file with the SHA-256 {digest}, but {pinned} is pinned", again=self.resumed)
        write_json(self.note_file, {"url": self.url, "mark": self.mark, "size": size, "sha256": digest})
        os.replace(self.data, self.path)
        return LocalFile(self.url, self.path, size, digest)

    def finished(self, urls: Sequence[str], pinned: str | None) -> LocalFile | None:
        """The file, where it is whole already: it has the pinned digest, or that with which one of the URLs gave it."""
        url = self.note.get("url")
        wanted = pinned or (self.note.get("sha256") if url in urls else None)
        if not wanted or not self.path.is_file() or digest_of(self.path).hexdigest() != wanted:
            return None
        return LocalFile(url if url in urls else urls[0], self.path, self.path.stat().st_size, wanted)


def _mark(headers: Mapping[str, str]) -> str | None:
    """The server's mark of a version. A weak one, W/"...", stands for the same meaning, not for the same bytes."""
    etag = headers.get("etag", "")
    return etag if etag.startswith('"') else headers.get("last-modified")


def _complete(
    asking: Session, url: str, part: _PartialDownload, pinned: str | None, what: str, attempts: int, timeout: float
) -> LocalFile:
    """Ask one mirror until the file is whole and is the right one, or until that is hopeless."""
    fruitless, most = 0, part.bytes
    while True:
        try:
            if not (part.url == url and part.bytes == part.size):
                _request(asking, url, part, what, timeout)
            return part.keep(pinned)
        except Failure as failure:
            fruitless = 0 if part.bytes >= most + _MEGABYTE else fruitless + 1
            most = max(most, part.bytes)
            if not failure.again or fruitless >= attempts:
                raise
            pause = 2 ** max(0, fruitless - 1)
            print(f"{what}: {url} {failure}; trying again in {pause} s.", file=sys.stderr)
            _sleep(pause)


def _request(asking: Session, url: str, part: _PartialDownload, what: str, timeout: float) -> None:
    """Ask once for the file, or for what is missing of it, and append what comes; return when it is whole."""
    resumable = part.url == url and part.mark and 0 < part.bytes < (part.size or part.bytes + 1)
    wanted = {"Range": f"bytes={part.bytes}-", "If-Range": part.mark} if resumable else {}
    with closing(ask(asking, url, wanted, timeout)) as answer:
        if answer.status_code == 200:
            part.begin(url, answer.headers)
        else:
            part.resume(answer.headers)
        if answer.status_code == 416:
            return
        with (
            part.data.open("ab") as file,
            bar(what, part.size, in_bytes=True, done=part.bytes) as advance,
            failures(timeout),
        ):
            while piece := answer.raw.read1(_MEGABYTE, decode_content=False):  # no encoding is undone
                file.write(piece)
                advance(len(piece))
    if not part.bytes and not part.size:
        raise Failure("sends an empty file")
    if part.size is not None and part.bytes != part.size:
        raise Failure("broke off", again=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other processes from the file, and say in one sentence why nothing can be written."""
    from filelock import FileLock, Timeout

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=0):
            yield
    except Timeout:
        raise QuoiError(f"{path} is being downloaded by another process: wait until it ends.") from None
    except OSError as error:
        raise QuoiError(f"{path} cannot be written: {why_not_written(error) or error.strerror or error}.") from error
