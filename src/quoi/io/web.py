"""One request for a file over http or https: redirects followed warily, and every way to fail said in words."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

from quoi import __version__

_PIECE = 1 << 20
_REDIRECTS = 10
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_PAGES = {"text/html", "application/xhtml+xml"}


class Failure(Exception):
    """Why a URL did not give a file, as what follows the URL in a sentence."""

    def __init__(self, reason: str, again: bool, wait: int = 0) -> None:
        super().__init__(reason)
        self.again = again
        """Whether to ask once more may help."""
        self.wait = wait
        """Seconds after which the server wants to be asked."""


class Answer:
    """An answer that holds a file, a part of one (206), or the news that there is no such part (416)."""

    def __init__(self, response: Any, stall: float, least: float) -> None:
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response, self._stall, self._least = response, stall, least

    @property
    def size(self) -> int | None:
        """Bytes of the body; None: the server does not tell."""
        told = self.headers.get("content-length", "")
        return int(told) if told.isdecimal() else None

    @property
    def range(self) -> tuple[int | None, int | None]:
        """Of a partial answer: its first byte, and the bytes of the whole file."""
        told = re.fullmatch(r"bytes (?:(\d+)-\d+|\*)/(?:(\d+)|\*)", self.headers.get("content-range", "").strip())
        start, size = told.groups() if told else (None, None)
        return (int(start) if start else None, int(size) if size else None)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it comes, as the server stores it: no encoding is undone.

        Raises:
            Failure: it breaks off, or comes too slowly.
        """
        since, came = time.monotonic(), 0
        with _failures(self._stall):
            while piece := self._response.raw.read1(_PIECE, decode_content=False):
                yield piece
                came += len(piece)
                if (spent := time.monotonic() - since) >= self._stall:
                    if came < self._least * spent:
                        raise Failure(f"sends less than {self._least:,} bytes a second", again=True)
                    since, came = time.monotonic(), 0

    def close(self) -> None:
        """Hang up."""
        self._response.close()


@contextmanager
def session() -> Iterator[Any]:
    """What requests are made with: it heeds proxies and certificates as the environment sets them, and ~/.netrc."""
    import requests

    class Session(requests.Session):
        # Redirects are followed in `ask`, which checks each; requests would also read all of their bodies.
        def get_redirect_target(self, resp: Any) -> None:
            return None

    with Session() as asking:
        # Some servers turn away what does not say who it is and what it takes.
        asking.headers.update({"User-Agent": f"quoi/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"})
        yield asking


def ask(asking: Any, url: str, headers: Mapping[str, str], stall: float, least: float) -> Answer:
    """Ask for a file with the session `asking`.

    Args:
        headers: further ones, such as `Range`.
        stall: seconds without a sign of life after which to give up.
        least: bytes a second that must come, as a mean over `stall` seconds.

    Raises:
        Failure: there is no such answer.
    """
    seen = {url}
    while True:
        with _failures(stall):
            response = asking.get(url, headers=headers, stream=True, allow_redirects=False, timeout=stall)
        if response.status_code in (301, 302, 303, 307, 308):
            response.close()
            url = _target(url, response.headers.get("location", ""), seen)
            continue
        try:
            _check(response, "Range" in headers)
        except Failure:
            response.close()
            raise
        return Answer(response, stall, least)


def _target(url: str, location: str, seen: set[str]) -> str:
    try:
        target = urljoin(url, location)
        scheme, host = urlsplit(target).scheme, urlsplit(target).hostname
    except ValueError:
        scheme, host = "", None
    if not location or scheme not in ("http", "https") or not host:
        raise Failure("redirects to what is no http or https address", again=False)
    if scheme == "http" and urlsplit(url).scheme == "https":
        raise Failure("redirects from https to http, which anybody on the way could change", again=False)
    if target in seen:
        raise Failure("redirects in a loop", again=False)
    if len(seen) > _REDIRECTS:
        raise Failure(f"redirects more than {_REDIRECTS} times", again=False)
    seen.add(target)
    return target


def _check(response: Any, ranged: bool) -> None:
    status = response.status_code
    if status != 200 and not (ranged and status in (206, 416)):
        wait = response.headers.get("retry-after", "")
        reason = f"answers {status} {response.reason or ''}".strip()
        raise Failure(reason, again=status in _AGAIN, wait=int(wait) if wait.isdecimal() else 0)
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    if status != 416 and kind in _PAGES:
        raise Failure("sends a web page in place of the file", again=False)


@contextmanager
def _failures(stall: float) -> Iterator[None]:
    from requests.exceptions import RequestException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (RequestException, HTTPError, UnicodeError) as error:
        raise Failure(*_reason(error, stall)) from error


def _reason(error: Exception, stall: float) -> tuple[str, bool]:
    """What to say about an error of requests or urllib3, and whether to ask again."""
    from requests import exceptions as requests
    from urllib3 import exceptions as urllib3

    causes = list(_causes(error))

    def among(*kinds: type[BaseException]) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    if among(requests.ProxyError, urllib3.ProxyError):
        return "cannot be reached through the proxy that the environment names", True
    if among(urllib3.NameResolutionError):
        return "has a host name that nobody here knows, or there is no network", True
    if among(ConnectionRefusedError):
        return "refuses the connection", True
    if among(ssl.SSLCertVerificationError):
        return "has a certificate that cannot be trusted", False
    if among(requests.Timeout, urllib3.TimeoutError):
        return f"sends nothing for {stall:g} seconds", True
    if among(requests.InvalidURL, requests.InvalidSchema, urllib3.LocationValueError, UnicodeError):
        return "is not a valid address", False
    if among(urllib3.NewConnectionError):
        return "cannot be reached", True
    return "broke off", True


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that led to it, however requests and urllib3 have wrapped it."""
    todo, seen = [error], set()
    while todo:
        cause = todo.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            todo += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
