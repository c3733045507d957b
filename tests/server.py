"""A web server on the loopback address that answers each request as a test wants it to, also badly."""

from __future__ import annotations

import http.server
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message

Answer = Callable[[http.server.BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Its address, what it answers to one request after the other (the last over and over), and what it was asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[Message] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def ranges(self) -> list[str | None]:
        """The header `Range` of every request."""
        return [headers["Range"] for headers in self.asked]


@contextmanager
def serving(*answers: Answer) -> Iterator[Server]:
    """Run a server while the block runs."""
    told = Server(answers=list(answers))

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.close_connection = True
            answer = told.answers[min(len(told.asked), len(told.answers) - 1)]
            told.asked.append(self.headers)
            told.paths.append(self.path)
            with suppress(BrokenPipeError, ConnectionResetError):  # the client may hang up
                answer(self)

        def end_headers(self) -> None:
            self.send_header("Connection", "close")
            super().end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        told.url = f"http://127.0.0.1:{server.server_port}/file.tar"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


def file(
    content: bytes,
    *,
    etag: str | None = '"one"',
    modified: str | None = None,
    kind: str = "application/octet-stream",
    ranges: bool = True,
    cut: int | None = None,
    reset: bool = False,
    length: int | None = None,
    told_range: str | None = None,
    chunked: bool = False,
    pause: float = 0.0,
    piece: int = 1 << 16,
    **headers: str,
) -> Answer:
    """An answer that is a file, or what `Range` asks of it as long as `If-Range` holds.

    Args:
        ranges: whether `Range` is understood.
        cut: hang up after so many bytes of the body, or with `reset` break the connection.
        length, told_range: in place of the true `Content-Length` and `Content-Range`; a length of -1 tells none.
        chunked: in chunks, and without a length.
        pause: seconds of sleep after every `piece` bytes.
        headers: further ones.
    """

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        body, status = content, 200
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        if asked and ranges and handler.headers.get("If-Range") in (etag, modified, None):
            start = int(asked[1])
            body, status = content[start:], 206 if start < len(content) else 416
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        if status != 200:
            true = f"bytes {start}-{len(content) - 1}/{len(content)}" if body else f"bytes */{len(content)}"
            handler.send_header("Content-Range", told_range or true)
        for name, value in {"ETag": etag, "Last-Modified": modified, **headers}.items():
            if value is not None:
                handler.send_header(name.replace("_", "-"), value)
        if chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        elif length != -1:
            handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        for start in range(0, len(body[:cut]), piece):
            part = body[:cut][start : start + piece]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            time.sleep(pause)
        if chunked and cut is None:
            handler.wfile.write(b"0\r\n\r\n")
        if reset:
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.rfile.close()
            handler.wfile.close()
            handler.connection.close()

    return answer


def status(code: int, **headers: str) -> Answer:
    """An answer without a body; underscores in the names of headers become hyphens."""

    def answer(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def silent(seconds: float) -> Answer:
    """No answer for so long, and then none."""
    return lambda handler: time.sleep(seconds)
