"""Who may ask the live page, and what every answer tells the browser."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE)


class Guard:
    """Refuses requests under another host's name (DNS rebinding) and from other sites' pages, and adds headers.

    Args:
        policy: the answers' Content-Security-Policy.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
        self.headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-cache",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        refused = refusal(Headers(scope=scope)) if scope["type"] == "http" else None
        await (refused or self.app)(scope, receive, with_headers)


def refusal(headers: Headers) -> Response | None:
    """The answer to a request that is not of this machine's own page; None to one that is, or of no page."""
    host, origin = headers.get("host", ""), headers.get("origin")
    if not _HERE.fullmatch(host):
        return sentence(400, "This server answers to 127.0.0.1 and localhost only; it was called by another name.")
    if origin not in (None, f"http://{host}"):
        return sentence(403, "This server answers its own page only; the request comes from another one.")
    return None


def sentence(status: int, text: str) -> Response:
    """An answer that says why there is no other."""
    return JSONResponse({"error": text}, status)
