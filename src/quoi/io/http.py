"""Addresses, and asking for a file over http or https by requests, with every way to fail said in words."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from quoi import __version__
from quoi.io.errors import QuoiError

if TYPE_CHECKING:
    from requests import Response, Session

TIMEOUT = 30.0
"""Seconds without a sign of life."""

_BUSY = (408, 425, 429, 500, 502, 503, 504)
_PAGES = ("text/html", "application/xhtml+xml")


class Failure(Exception):
    """Why a URL did not give a file, as what follows the URL in a sentence.

    Attributes:
        again: whether another request may help.
    """

    def __init__(self, reason: str, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


def session() -> Session:
    """What requests are made with: it heeds proxies and certificates as the environment sets them, and ~/.netrc."""
    from requests import Session

    asking = Session()
    asking.max_redirects = 10
    # Some servers turn away what does not say who it is and what it takes.
    asking.headers.update({"User-Agent": f"quoi/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"})
    return asking


def ask(asking: Session, url: str, headers: Mapping[str, str] | None = None, timeout: float = TIMEOUT) -> Response:
    """The answer to a request for a file or, where `headers` have a `Range`, for a part of it; its body is yet to come.

    Raises:
        Failure: there is no such answer.
    """
    headers = headers or {}
    try:
        with failures(timeout):
            answer = asking.get(url, headers=headers, stream=True, timeout=timeout)
    except ValueError as error:
        raise Failure("is not a valid address, or leads to none") from error
    try:
        _check(answer, (200, 206, 416) if "Range" in headers else (200,))
    except Failure:
        answer.close()
        raise
    return answer


def _check(answer: Response, wanted: tuple[int, ...]) -> None:
    status, hops = answer.status_code, [hop.url for hop in (*answer.history, answer)]
    if any(here.startswith("https:") and there.startswith("http:") for here, there in pairwise(hops)):
        raise Failure("redirects from https to http, which anybody on the way could change")
    if status not in wanted:
        raise Failure(f"answers {status} {answer.reason or ''}".strip(), again=status in _BUSY)
    if status != 416 and answer.headers.get("content-type", "").split(";")[0].strip().lower() in _PAGES:
        raise Failure("sends a web page in place of the file")


@contextmanager
def failures(timeout: float) -> Iterator[None]:
    """What requests and urllib3 raise, in words."""
    from requests import exceptions as of_requests
    from urllib3 import exceptions as of_urllib3

    try:
        yield
    except (of_requests.RequestException, of_urllib3.HTTPError) as error:
        reasons = (
            (of_requests.TooManyRedirects, "redirects too often", False),
            ((of_requests.InvalidURL, of_requests.InvalidSchema), "is not a valid address, or leads to none", False),
            (ssl.SSLCertVerificationError, "has a certificate that cannot be trusted", False),
            (of_requests.ProxyError, "cannot be reached through the proxy that the environment names", True),
            (of_urllib3.NameResolutionError, "has a host name that nobody here knows, or there is no network", True),
            (ConnectionRefusedError, "refuses the connection", True),
            ((of_requests.Timeout, of_urllib3.TimeoutError), f"sends nothing for {timeout:g} seconds", True),
            (Exception, "broke off", True),
        )
        causes = list(_causes(error))
        for kind, reason, again in reasons:
            if any(isinstance(cause, kind) for cause in causes):
                raise Failure(reason, again) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that led to it: requests wraps what urllib3 wraps of the system's."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def check_url(url: str) -> None:
    """Raise a QuoiError where a URL cannot be downloaded from, or holds a password."""
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise QuoiError(f"{url!r} is not a URL that can be downloaded: http://HOST/… and https://HOST/… are allowed.")
    if "@" in parts.netloc:
        raise QuoiError(f"The URL for {parts.hostname} holds a user name, which belongs into ~/.netrc instead.")


def file_name(url: str) -> str:
    """The last part of an address, as a name that is harmless anywhere."""
    return re.sub(r"[^\w.-]", "_", PurePosixPath(urlsplit(url).path).name).lstrip(".") or "download"
