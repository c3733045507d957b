"""The files below reports/, which the page links to: as they are, but Markdown as a page that a browser shows."""

from __future__ import annotations

import html
import os
import re
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope


class Reports(StaticFiles):
    """A folder to read from; nothing outside it can be named, by `..`, a symbolic link or otherwise.

    Args:
        style: the style sheet of pages made of Markdown.
    """

    def __init__(self, folder: Path, style: str) -> None:
        super().__init__(directory=folder)
        self.style = style

    def file_response(
        self, full_path: os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """A file that is there."""
        path = Path(full_path)
        if path.suffix != ".md":
            return super().file_response(full_path, stat_result, scope, status_code)
        text = _rendered(path.read_text("utf-8", errors="replace"))
        return HTMLResponse(
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(path.parent.name)}</title>'
            f'<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f'<style>{self.style}</style><link rel="stylesheet" href="/live.css">'
            f'<main class="report"><p><a href="/">quoi</a></p>{text}</main></html>'
        )


def _rendered(markdown: str) -> str:
    """HTML, whose headings have the anchors that Git hosts give them."""
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(markdown)
    for token in tokens:
        if token.type in ("td_open", "th_open"):
            token.attrSet("dir", "auto")  # a sentence may run from right to left
    for heading, inside in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", re.sub(r"[^\w\- ]", "", inside.content.lower()).replace(" ", "-"))
    return reader.renderer.render(tokens, reader.options, {})
