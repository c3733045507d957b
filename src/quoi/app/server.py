"""The server of the live page: what it answers, and how it runs."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import uvicorn
from anyio import CapacityLimiter, fail_after, to_thread
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException as Refusal
from starlette.requests import ClientDisconnect

from quoi.app.guard import Guard, sentence
from quoi.app.models import Pictures, Translations
from quoi.app.reports import Reports
from quoi.io.errors import QuoiError
from quoi.params import Search
from quoi.report.site.page import PAGE

HOST = "127.0.0.1"
MOST_TEXT, MOST_PICTURE = 1 << 14, 1 << 25
"""Bytes of a question or of words, and of a picture's file."""
SECONDS = 30
"""In which a request has to have come whole."""
_UPLOADS, _WAITING = 4, 1000
"""Pictures' files that are in memory at a time, and requests that may wait."""
_PARTS = Path(__file__).parent
_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_SENTENCES = {
    404: "There is nothing at this address: the server has its page at / and the files in reports/, no others.",
    405: "This address is not asked that way: questions and pictures are posted, and all else is read.",
}


def application(root: Path) -> FastAPI:
    """The live page of a repository with its models, which are read now and stay as they are until the server ends.

    Raises:
        QuoiError: there is no page yet, or a model that it shows is absent or damaged.
    """
    try:
        page = (root / PAGE).read_text(encoding="utf-8")
        told = json.loads(_DATA.search(page)[1])
        variants, search = [variant["name"] for variant in told["variants"]], Search.model_validate(told["search"])
        pictured, style, policy = bool(told["pictures"]), _STYLE.search(page)[1], _policy(page)
    except FileNotFoundError:
        raise QuoiError(f"There is no {PAGE} yet: `dvc repro page` makes it, and what it needs.") from None
    except OSError as error:
        raise QuoiError(f"{PAGE} cannot be read ({error}): `dvc repro page` makes it anew.") from None
    except (TypeError, KeyError, ValueError):
        raise QuoiError(f"{PAGE} is not a page of this version of quoi: `dvc repro page` makes it anew.") from None
    translations = Translations.load(root, variants, search)
    pictures = Pictures(root) if pictured else None
    # One at a time: two would only slow each other, and what Pillow is limited by is the whole process's.
    turn, uploads = CapacityLimiter(1), CapacityLimiter(_UPLOADS)

    async def answered(request: Request, most: int, answer: Callable[[bytes], dict[str, Any]]) -> Response:
        content = await _received(request, most)
        async with turn:
            if await request.is_disconnected():  # the page has asked anew, at the next letter
                return await _gone()
            return JSONResponse(await to_thread.run_sync(answer, content))

    app = FastAPI(openapi_url=None)

    @app.post("/translate")
    async def translate(request: Request) -> Response:
        _refuse_crowd(turn)
        return await answered(request, MOST_TEXT, translations.answer)

    @app.post("/place")
    async def place(request: Request) -> Response:
        _refuse_crowd(turn)
        return await answered(request, MOST_TEXT, _known(pictures).place)

    @app.post("/picture")
    async def picture(request: Request) -> Response:
        _refuse_crowd(uploads)
        async with uploads:
            return await answered(request, MOST_PICTURE, _known(pictures).answer)

    page = page.replace("</head>", '<link rel="stylesheet" href="/live.css">\n</head>')
    live = HTMLResponse(page.replace("</body>", '<script type="module" src="/live.js"></script>\n</body>'))

    @app.api_route("/", methods=["GET", "HEAD"])
    @app.api_route(f"/{PAGE.name}", methods=["GET", "HEAD"])
    async def show() -> Response:
        return live

    @app.get("/live.js")
    @app.get("/live.css")
    async def part(request: Request) -> Response:
        return FileResponse(_PARTS / Path(request.url.path).name)

    app.mount("/", Reports(root / PAGE.parent, style))
    app.add_middleware(Guard, policy=policy)
    for kind, handler in {QuoiError: _told, Refusal: _refused, ClientDisconnect: _gone, Exception: _failed}.items():
        app.add_exception_handler(kind, handler)
    return app


def serve(root: Path, port: int, say: Callable[[str], None]) -> None:
    """Serve the live page on 127.0.0.1 until an interrupt.

    Args:
        port: 0 takes one that is free.
        say: told what is being done, and the page's address once the server answers there.

    Raises:
        QuoiError: as in `application`; or the port cannot be had.
        KeyboardInterrupt: it was interrupted.
    """
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno).lower()
        raise QuoiError(f"Port {port} cannot be had ({reason}): --port takes another one.") from None
    with listening:
        say("Reading the models …")
        torch.set_num_threads(1)  # the models are small: a second thread would cost more than it brings
        config = uvicorn.Config(application(root), log_level="error", lifespan="off", timeout_graceful_shutdown=0)
        address = f"http://{HOST}:{listening.getsockname()[1]}"
        _Server(config, lambda: say(f"The page is at {address}; Ctrl-C ends it.")).run([listening])


class _Server(uvicorn.Server):
    """One that calls `ready` when it answers, and at its end does not report what it cuts off."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        logging.getLogger("uvicorn.error").disabled = True
        await super().shutdown(sockets)


def _policy(page: str) -> str:
    """A Content-Security-Policy: this server's files, and the script that is in the page."""
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.search(page)[1].encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _known(pictures: Pictures | None) -> Pictures:
    if pictures is None:
        raise HTTPException(404, "The page has no pictures, so there is none to be found.")
    return pictures


def _refuse_crowd(limiter: CapacityLimiter) -> None:
    if limiter.statistics().tasks_waiting >= _WAITING:
        raise HTTPException(503, "Too many requests are waiting already; ask again in a moment.")


async def _received(request: Request, most: int) -> bytes:
    """The body; of one that is too long the rest is dropped, since a client that is still sending hears no answer."""
    pieces, size = [], 0
    try:
        with fail_after(SECONDS):
            async for piece in request.stream():
                size += len(piece)
                if size <= most:
                    pieces.append(piece)
    except TimeoutError:
        raise HTTPException(408, f"The request has not come whole within {SECONDS} seconds.") from None
    if size > most:
        raise HTTPException(413, f"At most {most:,} bytes are taken here; these are {size:,}.")
    return b"".join(pieces)


async def _told(request: Request, error: QuoiError) -> Response:
    return sentence(400, str(error))


async def _refused(request: Request, error: Refusal) -> Response:
    text = _SENTENCES.get(error.status_code, error.detail)
    if "text/html" in request.headers.get("accept", ""):  # a person who follows a link
        page = f'<!doctype html><html lang="en"><title>quoi</title><p>{text}</p><p><a href="/">The page</a></p></html>'
        return HTMLResponse(page, error.status_code)
    return sentence(error.status_code, text)


async def _gone(request: Request | None = None, error: Exception | None = None) -> Response:
    return Response(status_code=499)  # which nobody hears


async def _failed(request: Request, error: Exception) -> Response:
    return sentence(500, "The server has failed at this; its terminal says where.")
