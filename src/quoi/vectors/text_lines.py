"""Lines of word vectors in text, as bytes: where they end, and what is in one."""

from __future__ import annotations

import re

import numpy as np

from quoi.io.errors import QuoiError

HEADER = re.compile(rb"(\d{1,18}) (\d{1,9}) ?")
"""The first line of a .vec file: the numbers of words and of dimensions."""

_BINARY = b"\xba\x16\x4f\x2f"
_DIGITS = b"0123456789+-.eE "


class BadRow(QuoiError):
    """A row that is none."""


def layout(block: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Of whole lines, where each ends (its line feed) and how many spaces it holds: int64 (lines,) both.

    A bit for each byte, 64 of them in a number: the spaces before a place are those of the whole numbers before it
    and of some bits of one more, which takes a fraction of the time of counting line by line.
    """
    characters = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    bits = np.packbits(characters == ord(" "), bitorder="little")
    numbers = np.zeros(len(characters) // 64 + 1, dtype=np.uint64)
    numbers.view(np.uint8)[: len(bits)] = bits
    before = np.zeros(len(numbers), dtype=np.int64)
    np.cumsum(np.bitwise_count(numbers[:-1]), out=before[1:])
    below = (np.uint64(1) << (ends % 64).astype(np.uint64)) - np.uint64(1)
    return ends, np.diff(before[ends // 64] + np.bitwise_count(numbers[ends // 64] & below), prepend=0)


def decoded(word: bytes) -> str:
    """The word as text; empty where it is none."""
    try:
        return word.decode()
    except UnicodeDecodeError:
        return ""


def form_of(line: bytes, header: bool) -> str:
    """The end of a sentence about a first line that does not fit: which form it is of, if that can be seen.

    Args:
        header: whether the file was to begin with a header.
    """
    if line.startswith(_BINARY):
        return "; this is fastText's binary form, vectors.source: fasttext-bin"
    line = stripped(line)
    if header and line.count(b" ") > 1 and numbers_of(line.partition(b" ")[2]) is not None:
        return "; without that line this looks like GloVe's form, vectors.source: glove"
    if not header and HEADER.fullmatch(line):
        return "; this looks like the first line of a .vec file, vectors.source: fasttext-vec"
    return ""


def stripped(line: bytes) -> bytes:
    """Without the space or carriage return that some files end their lines with."""
    return line.removesuffix(b"\r").removesuffix(b" ")


def numbers_of(numbers: bytes) -> np.ndarray | None:
    """float32 (columns,) of decimal numbers with a space between; None where one is none, or too large for 32 bits."""
    if numbers.translate(None, _DIGITS) or b"  " in numbers:
        return None
    try:
        vector = np.fromstring(numbers, dtype=np.float32, sep=" ")
    except ValueError:
        return None
    whole = len(vector) == numbers.count(b" ") + 1 and np.isfinite(vector).all()
    return vector if whole else None


def shown(text: bytes, most: int = 40) -> str:
    """The beginning of a text that may be anything, between quotation marks."""
    shown = text.decode("utf-8", "backslashreplace")
    return repr(shown if len(shown) <= most else shown[:most] + "…")
