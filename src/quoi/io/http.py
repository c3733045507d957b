"""Asking for a file over http or https: requests and urllib3, with every way to fail said in words."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from quoi import __version__

if TYPE_CHECKING:
    from requests import Response, Session

ATTEMPTS = 5
"""Requests in a row without an answer after which a server is given up."""
TIMEOUT = 30.0
"""Seconds without a sign of life."""
LONGEST = 60
"""Seconds between two requests."""

_BUSY = (408, 425, 429, 500, 502, 503, 504)
_PAGES = ("text/html", "application/xhtml+xml")


class Failure(Exception):
    """Why a URL did not give a file, as what follows the URL in a sentence; `again`: another request may help."""

    def __init__(self, reason: str, again: bool = False) -> None:
        super().__init__(reason)
        self.again = again


@contextmanager
def session(attempts: int = ATTEMPTS) -> Iterator[Session]:
    """What requests are made with. It heeds proxies and certificates as the environment sets them, and ~/.netrc, and
    asks again where there is no answer or the server is busy."""
    from requests import Session
    from requests.adapters import HTTPAdapter
    from urllib3 import Retry

    retry = Retry(
        attempts - 1, backoff_factor=1, status_forcelist=_BUSY, raise_on_status=False, retry_after_max=LONGEST
    )
    with Session() as asking:
        asking.max_redirects = 10
        for scheme in ("http://", "https://"):
            asking.mount(scheme, HTTPAdapter(max_retries=retry))
        # Some servers turn away what does not say who it is and what it takes.
        asking.headers.update({"User-Agent": f"quoi/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"})
        yield asking


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
    hops = [each.url for each in (*answer.history, answer)]
    reason = None
    if any(here.startswith("https:") and there.startswith("http:") for here, there in pairwise(hops)):
        reason = "redirects from https to http, which anybody on the way could change"
    elif answer.status_code not in ((200, 206, 416) if "Range" in headers else (200,)):
        reason = f"answers {answer.status_code} {answer.reason or ''}".strip()
    elif answer.status_code != 416 and answer.headers.get("content-type", "").split(";")[0].strip().lower() in _PAGES:
        reason = "sends a web page in place of the file"
    if reason:
        answer.close()
        raise Failure(reason)
    return answer


@contextmanager
def failures(timeout: float, again: bool = False) -> Iterator[None]:
    """What requests and urllib3 raise, in words."""
    from requests import exceptions as of_requests
    from urllib3 import exceptions as of_urllib3

    try:
        yield
    except (of_requests.RequestException, of_urllib3.HTTPError) as error:
        causes = list(_causes(error))
        reasons = {
            "cannot be reached through the proxy that the environment names": of_requests.ProxyError,
            "has a host name that nobody here knows, or there is no network": of_urllib3.NameResolutionError,
            "refuses the connection": ConnectionRefusedError,
            "has a certificate that cannot be trusted": ssl.SSLCertVerificationError,
            f"sends nothing for {timeout:g} seconds": (of_requests.Timeout, of_urllib3.TimeoutError),
            "redirects too often": of_requests.TooManyRedirects,
            "is not a valid address, or leads to none": (of_requests.InvalidURL, of_requests.InvalidSchema),
        }
        reason = next((why for why, kind in reasons.items() if any(isinstance(c, kind) for c in causes)), "broke off")
        raise Failure(reason, again) from error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that led to it, however requests and urllib3 have wrapped it."""
    todo, seen = [error], set()
    while todo:
        cause = todo.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            todo += [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
