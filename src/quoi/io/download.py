"""Downloads that may be cut at any time: they go on where they stopped, and are whole and checked or not there."""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.filesize import decimal

from quoi.io.errors import QuoiError
from quoi.io.files import why_not_written
from quoi.io.partial import Download, Partial
from quoi.io.progress import bar
from quoi.io.web import Answer, Failure, ask, session

FOLDER = Path(".quoi/downloads")
"""Where downloads lie: DVC removes the outputs of a stage before it runs, so a half one may not be among them."""

_WORTH = 1 << 20
_LONGEST = 60
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)


@dataclass(frozen=True)
class Patience:
    """How long a server is borne with."""

    attempts: int = 5
    """Requests in a row that brought less than a megabyte each."""
    pause: float = 1.0
    """Seconds before the second of them, give or take a half; doubled for every further one."""
    stall: float = 30.0
    """Seconds without an answer, or in which less than `least` bytes a second come."""
    least: int = 1024
    sleep: Callable[[float], None] = time.sleep


def fetch(
    urls: Sequence[str],
    path: Path,
    *,
    sha256: str | None = None,
    what: str = "the file",
    otherwise: str = "",
    patience: Patience = Patience(),
) -> Download:
    """Download a file; what an earlier, cut download left is gone on with, and a whole file is not loaded again.

    While it is loaded, `path` with `.partial` added holds what has come; it is renamed when it is whole and checked.

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
        _check_url(url)
    with _alone(path):
        part = Partial(path)
        if found := part.kept(urls, pinned):
            return found
        reasons: list[str] = []
        with session() as asking:
            for url in sorted(urls, key=lambda url: url != part.url):
                try:
                    return _load(asking, url, part, pinned, what, patience)
                except Failure as failure:
                    reasons.append(f"{url} {failure}")
        reasons = reasons or ["there is no URL"]
        if part.have and part.mark:
            whole = f" of {decimal(part.size)}" if part.size else ""
            reasons.append(f"{decimal(part.have)}{whole} are kept, and the next try goes on from there")
        else:
            part.drop()
        reasons += [otherwise] if otherwise else []
        raise QuoiError(f"{_capital(what)} could not be downloaded: {'; '.join(reasons)}.")


def _load(asking: Any, url: str, part: Partial, pinned: str | None, what: str, patience: Patience) -> Download:
    """Ask one mirror until the file is whole and is the right one, or until that is hopeless."""
    fruitless, most = 0, part.have
    while True:
        try:
            if not (part.url == url and part.have == part.size):
                _request(asking, url, part, what, patience)
            digest = part.digest()
            if pinned and digest != pinned:
                glued = part.glued
                part.drop()
                raise Failure(f"gave a file with the SHA-256 {digest}, but {pinned} is pinned", again=glued)
            return part.keep()
        except Failure as failure:
            fruitless = 0 if part.have >= most + _WORTH else fruitless + 1
            most = max(most, part.have)
            if not failure.again or fruitless >= patience.attempts or failure.wait > _LONGEST:
                raise
            pause = max(failure.wait, patience.pause * 2 ** max(0, fruitless - 1) * random.uniform(0.5, 1.5))
            with bar(f"{url} {failure}: once more in {pause:.0f} s"):
                patience.sleep(pause)


def _request(asking: Any, url: str, part: Partial, what: str, patience: Patience) -> None:
    """Ask once for the file, or for what is missing of it, and append what comes; return when it is whole."""
    here = part.have if part.url == url and part.mark and part.have < (part.size or part.have + 1) else 0
    wanted = {"Range": f"bytes={here}-", "If-Range": part.mark} if here else {}
    with closing(ask(asking, url, wanted, patience.stall, patience.least)) as answer:
        pieces = answer.pieces()
        if answer.status == 206:
            if not _goes_on(answer, part, here):
                part.drop()
                raise Failure("sends another part than the one that is missing", again=True)
        elif answer.status == 416:
            if part.size is None and answer.range == (None, here):
                return
            part.drop()
            raise Failure("has another file than the one of which a part is here", again=True)
        else:
            pieces = _checked(pieces)
            _check_space(part, answer.size, what)
            part.begin(url, answer.headers, answer.size)
        size = part.size or answer.range[1]
        with part.appending() as write, bar(_capital(what), size, in_bytes=True, done=part.have) as advance:
            for piece in pieces:
                write(piece)
                advance(len(piece))
    if size is not None and part.have != size:
        raise Failure("broke off", again=True)


def _goes_on(answer: Answer, part: Partial, here: int) -> bool:
    """Whether a partial answer is what comes after the part that is here."""
    start, size = answer.range
    sizes = {size, part.size} - {None}
    marks = {answer.headers.get("etag"), part.note.get("etag")} - {None}
    return start == here and len(sizes) < 2 and (len(marks) < 2 or not part.note.get("etag"))


def _checked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, unless there are none or they are a web page."""
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= 1024:
            break
    if not first:
        raise Failure("sends an empty file", again=False)
    if _PAGE.match(first[:1024]):
        raise Failure("sends a web page in place of the file", again=False)
    return chain((first,), pieces)


def _check_space(part: Partial, size: int | None, what: str) -> None:
    free = shutil.disk_usage(part.path.parent).free + part.have
    if size is not None and size > free:
        raise QuoiError(
            f"{_capital(what)} needs {decimal(size)} of disk space in {part.path.parent}, and only {decimal(free)} are "
            f"free there."
        )


def _check_url(url: str) -> None:
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
def _alone(path: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(f"{path}.lock", timeout=0)
        lock.acquire()
    except Timeout:
        raise QuoiError(f"{path} is being downloaded by another process: wait until it ends.") from None
    except OSError as error:
        raise QuoiError(f"{path} cannot be written: {why_not_written(error) or error}.") from error
    try:
        yield
    finally:
        lock.release()


def _capital(what: str) -> str:
    return what[:1].upper() + what[1:]
