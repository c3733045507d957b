"""What `quoi translate TEXT` is given: a sentence, a file with one a line, or standard input."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from quoi.corpus.lines import read_lines
from quoi.corpus.normalise import normalise
from quoi.corpus.slices import FileSlice
from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.params.languages import CODES

_BEGINS_AS_A_PATH = re.compile(r"(/|\./|\.\./|~/|[A-Za-z]:[\\/])\S")
_SUFFIX = r"[^\s.]\.(txt|text|tsv|csv|tab|tmx|fra?|eng?|md|jsonl?|gz|bz2|xz|zip|docx?|odt|pdf|html?)$"
_ENDS_AS_A_FILE = re.compile(_SUFFIX, re.IGNORECASE)
_NEEDED = "a file with one sentence a line, or `quoi translate -` for a sentence of that look,"


def sentences_of(text: str) -> tuple[bool, list[str]]:
    """Whether there may be many sentences, and the sentences, one a line and as they stand.

    Raises:
        QuoiError: it is a folder, or looks like a path and is none; the lines cannot be read, or show nothing at all.
    """
    path = os.path.expanduser(text)
    if text == "-":
        lines = read_lines(FileSlice(Path("standard input"), data=click.get_binary_stream("stdin").read()))
    elif text.strip() and "\0" not in text and os.path.exists(path):
        with reading(text, _NEEDED):  # also a pipe, as of `<(zcat …)`, which can be read once
            lines = read_lines(FileSlice(Path(text), data=Path(path).read_bytes()))
    elif _looks_like_a_path(text):
        raise QuoiError(f"{text} does not exist; {_NEEDED} is needed.")
    else:
        return False, [text]
    if not any(normalise(line).strip() for line in lines):
        raise QuoiError("There is nothing to translate: the input is empty.")
    return True, lines


def _looks_like_a_path(text: str) -> bool:
    """Whether who types this means a file: by its look, or because there is the folder that it would lie in."""
    if "\n" in text or "\0" in text:
        return False
    one_word = not re.search(r"\s", text)
    looks = _BEGINS_AS_A_PATH.match(text) or _ENDS_AS_A_FILE.search(text)
    aligned = Path(text).suffix.lower()[1:] in CODES  # mine.de
    return bool(looks) or (one_word and (aligned or os.path.isdir(os.path.dirname(text) or "\0")))
