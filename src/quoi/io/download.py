"""Downloads that may be cut at any time: they continue where they stopped, and no file is there before it is whole.

While a file is loaded, NAME.partial holds what has come. NAME.note (JSON) has its URL, the server's mark of that
version and its size: a part is continued only where the server says that it still has that version.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.filesize import decimal

from quoi.io.errors import QuoiError
from quoi.io.files import read_note, why_not_written, write_json
from quoi.io.files import sha256 as digest_of
from quoi.io.http import ATTEMPTS, LONGEST, TIMEOUT, Failure, ask, failures, session
from quoi.io.progress import bar

if TYPE_CHECKING:
    from requests import Response, Session

FOLDER = Path(".quoi/downloads")
"""Where downloads lie: DVC removes the outputs of a stage before it runs, so a half one may not be among them."""
_MEGABYTE = 1 << 20
_RANGE = re.compile(r"bytes (?:(\d+)-\d+|\*)/(?:(\d+)|\*)")
_sleep = time.sleep


@dataclass(frozen=True)
class Download:
    """A file that is whole: where from, where, bytes, and the SHA-256 as 64 hexadecimal digits."""

    url: str
    path: Path
    bytes: int
    sha256: str


def fetch(
    urls: Sequence[str],
    path: Path,
    *,
    sha256: str | None = None,
    what: str = "the file",
    otherwise: str = "",
    attempts: int = ATTEMPTS,
    timeout: float = TIMEOUT,
) -> Download:
    """Download a file; the part that a cut download left is continued, and a whole file is not loaded again.

    Args:
        urls: mirrors, http or https, asked in this order; the one that a part is from is asked first.
        sha256: the digest that the file must have, 64 hexadecimal digits; None: it is not known beforehand.
        what: what to call the file in a progress bar and in errors.
        otherwise: what else can be done, as the end of the sentence when no mirror gives the file.

    Raises:
        QuoiError: no mirror gave the file: each with its reason, and what was kept; the disk has too little space, is
            full or may not be written; another process loads the same file; a URL is none.
    """
    path, pinned = Path(path), sha256.lower() if sha256 else None
    for url in urls:
        check_url(url)
    with _locked(path):
        part = _Part(path)
        if found := part.finished(urls, pinned):
            return found
        reasons: list[str] = []
        with session(attempts) as asking:
            for url in sorted(urls, key=lambda url: url != part.url):
                try:
                    return _complete(asking, url, part, pinned, what, attempts, timeout)
                except Failure as failure:
                    reasons.append(f"{url} {failure}")
        reasons = reasons or ["there is no URL"]
        if part.bytes and part.mark:
            whole = f" of {decimal(part.size)}" if part.size else ""
            reasons.append(f"{decimal(part.bytes)}{whole} are kept, and the next try continues from there")
        else:
            part.drop()
        reasons += [otherwise] if otherwise else []
        raise QuoiError(f"{_capital(what)} could not be downloaded: {'; '.join(reasons)}.")


class _Part:
    """What is here of a download. Only one process at a time may hold it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.with_name(path.name + ".partial")
        self.note_file = path.with_name(path.name + ".note")
        note = read_note(self.note_file)  # without it a part is worth nothing
        sound = isinstance(note.get("size"), int | None) and isinstance(note.get("mark"), str | None)
        self.note = note if sound else {}
        self.joined = self.bytes > 0
        """Whether the bytes come from more than one answer."""

    @property
    def bytes(self) -> int:
        return self.data.stat().st_size if self.data.exists() else 0

    @property
    def url(self) -> str | None:
        """Where the part is from; None: there is none."""
        return self.note.get("url") if self.bytes else None

    @property
    def size(self) -> int | None:
        """Bytes of the whole; None: not known."""
        return self.note.get("size")

    @property
    def mark(self) -> str | None:
        """The server's mark of this very version; None: there is no way to be sure of it."""
        return self.note.get("mark")

    def begin(self, url: str, headers: Mapping[str, str], size: int | None) -> None:
        """Start from nothing with an answer from `url`."""
        self.drop()
        etag = headers.get("etag", "")
        # A weak mark, W/"...", stands for the same meaning, not for the same bytes.
        mark = etag if etag.startswith('"') else headers.get("last-modified")
        self.note, self.joined = {"url": url, "mark": mark, "size": size}, False
        write_json(self.note_file, self.note)

    def drop(self) -> None:
        """Remove the part."""
        self.data.unlink(missing_ok=True)

    def keep(self, pinned: str | None) -> Download:
        """The part is the whole: check it and give it its name.

        Raises:
            Failure: it has another digest than the pinned one.
        """
        digest = digest_of(self.data).hexdigest()
        if pinned and digest != pinned:
            self.drop()
            raise Failure(f"gave a file with the SHA-256 {digest}, but {pinned} is pinned", again=self.joined)
        told = self.data.stat()
        write_json(self.note_file, {**self.note, "size": told.st_size, "time": told.st_mtime_ns, "sha256": digest})
        os.replace(self.data, self.path)
        return Download(self.note["url"], self.path, told.st_size, digest)

    def finished(self, urls: Sequence[str], pinned: str | None) -> Download | None:
        """The file, where it is whole already and is what is asked for.

        It is where one of the URLs gave it and it has not changed since, or where it has the pinned digest.
        """
        url, noted = self.note.get("url"), self.note.get("sha256")
        if not self.path.is_file() or (not pinned and (noted is None or url not in urls)):
            return None
        told = self.path.stat()
        unchanged = noted and [self.note.get("size"), self.note.get("time")] == [told.st_size, told.st_mtime_ns]
        digest = noted if unchanged else digest_of(self.path).hexdigest()
        if digest != (pinned or noted):
            return None
        return Download(next((each for each in (url, *urls) if each in urls), ""), self.path, told.st_size, digest)


def _complete(
    asking: Session, url: str, part: _Part, pinned: str | None, what: str, attempts: int, timeout: float
) -> Download:
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
            pause = min(LONGEST, 2 ** max(0, fruitless - 1))
            with bar(f"{url} {failure}: once more in {pause} s"):
                _sleep(pause)


def _request(asking: Session, url: str, part: _Part, what: str, timeout: float) -> None:
    """Ask once for the file, or for what is missing of it, and append what comes; return when it is whole."""
    on = part.url == url and part.mark and part.bytes < (part.size or part.bytes + 1)
    wanted = {"Range": f"bytes={part.bytes}-", "If-Range": part.mark} if on else {}
    with closing(ask(asking, url, wanted, timeout)) as answer:
        if answer.status_code == 200:
            length = answer.headers.get("content-length", "")
            size = int(length) if length.isdecimal() else None
            _check_space(part, size, what)
            part.begin(url, answer.headers, size)
        else:
            start, size = _range(answer)
            if answer.status_code == 416 and part.size is None and size == part.bytes:
                return  # nothing is missing: only the size was not known
            if answer.status_code == 416 or start != part.bytes or not _is_same_version(answer, part, size):
                part.drop()
                raise Failure("has another file than the one of which a part is here", again=True)
            part.note["size"], part.joined = part.size or size, True
        with (
            part.data.open("ab") as file,
            bar(_capital(what), part.size, in_bytes=True, done=part.bytes) as advance,
            failures(timeout, again=True),
        ):
            while piece := answer.raw.read1(_MEGABYTE, decode_content=False):  # no encoding is undone
                file.write(piece)
                advance(len(piece))
    if not part.bytes and not part.size:
        raise Failure("sends an empty file")
    if part.size is not None and part.bytes != part.size:
        raise Failure("broke off", again=True)


def _range(answer: Response) -> tuple[int | None, int | None]:
    """Of a partial answer: its first byte, and the bytes of the whole file."""
    told = _RANGE.fullmatch(answer.headers.get("content-range", "").strip())
    start, size = told.groups() if told else (None, None)
    return int(start) if start else None, int(size) if size else None


def _is_same_version(answer: Response, part: _Part, size: int | None) -> bool:
    """Whether a partial answer is of the version of which a part is here, as far as it says so."""
    header = "etag" if part.mark.startswith('"') else "last-modified"
    return len({size, part.size} - {None}) < 2 and answer.headers.get(header, part.mark) == part.mark


def _check_space(part: _Part, size: int | None, what: str) -> None:
    free = shutil.disk_usage(part.path.parent).free + part.bytes
    if size is not None and size > free:
        raise QuoiError(
            f"{_capital(what)} needs {decimal(size)} of disk space in {part.path.parent}, and only {decimal(free)} are "
            f"free there."
        )


def check_url(url: str) -> None:
    """Raise a QuoiError where a URL cannot be downloaded from, or holds a password."""
    try:
        told = urlsplit(url)
        good = told.scheme in ("http", "https") and told.hostname and told.port != 0
    except ValueError:
        good = False
    if not good:
        raise QuoiError(f"{url!r} is not a URL that can be downloaded: http://HOST/… and https://HOST/… are allowed.")
    if "@" in told.netloc:
        raise QuoiError(f"The URL for {told.hostname} holds a user name, which belongs into the file ~/.netrc instead.")


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


def _capital(what: str) -> str:
    return what[:1].upper() + what[1:]
