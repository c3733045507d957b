"""WordNet's file of noun synsets, data.noun (wndb(5WN)), read strictly: a damaged line is an error that names it.

After some lines of licence, which begin with a space, each line is a synset, its numbers of fixed width:

    OFFSET FILE n WORDS word lex_id … POINTERS symbol OFFSET pos source/target … | gloss

OFFSET is where the line itself begins, in bytes, so that a line that was lost or changed in length is noticed; a noun
that a pointer names must be there, so that a file which was cut between two lines is noticed too.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from typing import BinaryIO, NamedTuple

import numpy as np

from quoi.io.errors import QuoiError
from quoi.io.progress import bar

LARGEST = 1 << 28
"""Bytes; WordNet's own has 15 million."""

_LONGEST = 1 << 16
_HEAD = re.compile(rb"(\d{8}) \d\d n ([0-9a-f]{2}) ")
_WORD = re.compile(rb"([!-~]{1,200}) [0-9a-f] ")
_POINTERS = re.compile(rb"(\d{3}) ")
_POINTER = re.compile(rb"[!-~]{1,2} (\d{8}) ([nvar]) [0-9a-f]{4} ")


class Synset(NamedTuple):
    """A set of nouns that mean the same."""

    id: str
    """`n` and the offset in WordNet 3.0, as in ImageNet: n02084071."""
    lemmas: tuple[str, ...]
    """The nouns, the most usual first, with spaces: `domestic dog`."""


def read(file: BinaryIO, name: str) -> tuple[list[Synset], str]:
    """Read all synsets, and the SHA-256 digest of the file.

    Args:
        file: data.noun from its beginning.
        name: what to call it in errors.

    Raises:
        QuoiError: a line is damaged, at another place than it says, or longer than any; a pointer leads to no synset;
            there is no synset, or more than `LARGEST` bytes.
    """
    synsets: list[Synset] = []
    # Numbers, not objects: a file of nothing but pointers takes no more memory than its own size.
    offsets, targets, sources = array("I"), array("I"), array("I")
    digest = hashlib.sha256()
    position = number = 0
    with bar("Reading WordNet's nouns") as advance:
        while line := file.readline(_LONGEST + 1):
            number += 1
            digest.update(line)
            if len(line) > _LONGEST or position > LARGEST:
                raise QuoiError(f"{name}, line {number:,} is longer than any line of WordNet's, or the file is.")
            if not line.startswith(b" "):
                offset, lemmas, pointers = _parsed(line, f"{name}, line {number:,}")
                if offset != position:
                    raise QuoiError(
                        f"{name}, line {number:,} says that it begins at byte {offset:,} and begins at {position:,}: "
                        f"the file was changed, or its line ends were."
                    )
                synsets.append(Synset(f"n{offset:08d}", lemmas))
                offsets.append(offset)
                targets.extend(pointers)
                sources.extend([number] * len(pointers))
            position += len(line)
            advance(1)
    if not synsets:
        raise QuoiError(f"{name} holds no synset: it is {'empty' if not number else 'not data.noun of WordNet'}.")
    absent = np.flatnonzero(~np.isin(np.array(targets), np.array(offsets)))
    if len(absent):
        raise QuoiError(
            f"{name}, line {sources[absent[0]]:,} points to the synset at byte {targets[absent[0]]:,}, and there is "
            f"none: the file breaks off or was changed."
        )
    return synsets, digest.hexdigest()


def _parsed(line: bytes, place: str) -> tuple[int, tuple[str, ...], list[int]]:
    """Offset, lemmas, and the offsets of the nouns that are pointed to."""
    head = _HEAD.match(line)
    if not head:
        raise QuoiError(f"{place} is no noun synset: it begins with {repr(line[:40])[1:]}.")
    end = head.end()
    lemmas: list[str] = []
    for _ in range(int(head[2], 16)):
        word = _WORD.match(line, end)
        if not word:
            raise QuoiError(f"{place}: word {len(lemmas) + 1} of {int(head[2], 16)} in the synset is damaged.")
        lemmas.append(word[1].decode().replace("_", " "))
        end = word.end()
    if not lemmas:
        raise QuoiError(f"{place}: the synset has no words.")
    count = _POINTERS.match(line, end)
    if not count:
        raise QuoiError(f"{place}: the number of pointers is damaged.")
    end = count.end()
    nouns: list[int] = []
    for number in range(int(count[1])):
        pointer = _POINTER.match(line, end)
        if not pointer:
            raise QuoiError(f"{place}: pointer {number + 1} of {int(count[1])} is damaged.")
        if pointer[2] == b"n":
            nouns.append(int(pointer[1]))
        end = pointer.end()
    if not line.startswith(b"| ", end) or not line.endswith(b"\n"):
        raise QuoiError(f"{place}: the synset's explanation, after a `|`, is absent or breaks off.")
    return int(head[1]), tuple(lemmas), nouns
