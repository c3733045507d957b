"""Tatoeba's own exports: sentences with their numbers (`fra_sentences.tsv`, `sentences.csv`), and which are linked.

A link is a row of two numbers: a sentence, and a translation of it. The links' order is the pairs'.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain

import numpy as np

from quoi.corpus.lines import OnBad
from quoi.corpus.slices import Advance, FileSlice
from quoi.corpus.sources import CorpusSource, encodings
from quoi.corpus.sources.cells import rows
from quoi.corpus.sources.tsv import HOW_TO_SKIP, LeftOut
from quoi.io.errors import QuoiError
from quoi.params.languages import Languages, called, name, names

LONGEST_NUMBER = 18
"""Digits of a sentence's number that fit into 64 bits."""


def source(
    sides: Sequence[FileSlice], links: FileSlice, languages: Languages, licence: str, on_bad_line: OnBad
) -> CorpusSource:
    """Pairs of sentences that are linked.

    Args:
        sides: files whose rows are number, language (in any code) and text, with tabs between them, and perhaps more;
            one file with all languages may stand for both. The texts of the two languages are held in memory, as bytes.
        links: a file whose rows are two numbers; of one that holds each link both ways, one way is read.

    Raises:
        QuoiError: a file is not in UTF-8. While it is read: one cannot be read or is damaged, a language has no
            sentence, most rows are of another form; with `fail`, the first is.
    """
    files = dict.fromkeys((*sides, links))
    for text in files:
        encodings.check(text, languages.both.values())
    needed = f"a number, a language and a text, or two numbers for a link, are needed in a row{HOW_TO_SKIP}"
    left_out = LeftOut(" and ".join(map(str, files)), on_bad_line, needed)

    def chunks(advance: Advance) -> Iterator[tuple[bytes, bytes]]:
        texts = [_Sentences(code) for code in languages.both.values()]
        for file in dict.fromkeys(sides):
            wanted = [sentences for side, sentences in zip(sides, texts, strict=True) if side == file]
            _read(file, wanted, advance, left_out)
        yield from _linked(links, texts, languages, advance, left_out)

    return CorpusSource(
        name="files",
        description="Sentences from exports of Tatoeba of your own, and their links.",
        licence=licence,
        chunks=chunks,
        total=sum(text.length() for text in files),
        sides=tuple(f"{language} of the links in {links}" for language in languages.names.values()),
        left_out=left_out,
    )


class _Sentences:
    """The sentences of one language by their numbers."""

    def __init__(self, language: str) -> None:
        self.means = cache(lambda tag: called(tag.decode("utf-8", "replace"), names(language)))
        """Whether a tag is the language's."""
        self.language = language
        self._numbers, self._ends, self._texts = array("q"), array("q", [0]), bytearray()

    def add(self, number: int, text: bytes) -> None:
        self._numbers.append(number)
        self._texts += text + b"\n"
        self._ends.append(len(self._texts))

    def sort(self) -> bool:
        """Make ready to find sentences, when all are there; whether there are any."""
        numbers = np.asarray(self._numbers)
        self._order = np.argsort(numbers, kind="stable")
        self._sorted = numbers[self._order]
        return bool(self._numbers)

    def places(self, numbers: np.ndarray) -> np.ndarray:
        """Where the sentences with these numbers are, int (n,); -1: there is none."""
        found = np.minimum(np.searchsorted(self._sorted, numbers), len(self._sorted) - 1)
        return np.where(self._sorted[found] == numbers, self._order[found], -1)

    def __getitem__(self, place: int) -> bytes:
        return bytes(self._texts[self._ends[place] : self._ends[place + 1]])


def _read(file: FileSlice, wanted: Sequence[_Sentences], advance: Advance, left_out: LeftOut) -> None:
    for line, cells in chain.from_iterable(rows(file, b"\t", advance)):
        if len(cells) < 3 or not _is_number(cells[0]):
            _leave(left_out, line, cells, file)
            continue
        for sentences in wanted:
            if sentences.means(cells[1]):
                sentences.add(int(cells[0]), cells[2].rstrip(b"\r"))
    for sentences in wanted:
        if not sentences.sort():
            raise QuoiError(f"There is no sentence in {name(sentences.language)} in {file}.")


def _linked(
    links: FileSlice, texts: Sequence[_Sentences], languages: Languages, advance: Advance, left_out: LeftOut
) -> Iterator[tuple[bytes, bytes]]:
    way = 0  # 1: from source to target; -1: the other way round
    for piece in rows(links, b"\t", advance):
        numbers = []
        for line, cells in piece:
            if len(cells) == 2 and _is_number(cells[0]) and _is_number(cells[1].rstrip(b"\r")):
                numbers.append([int(cell) for cell in cells])
            else:
                _leave(left_out, line, cells, links)
        both = np.array(numbers, np.int64).reshape(-1, 2)
        for this in (way,) if way else (1, -1):
            places = np.stack([side.places(ids) for side, ids in zip(texts, both.T[::this], strict=True)])
            places = places[:, (places >= 0).all(axis=0)]
            if places.size:
                way = this
                yield tuple(b"".join(map(side.__getitem__, row)) for side, row in zip(texts, places, strict=True))
                break
    if not way:
        raise QuoiError(f"No link in {links} is between two sentences in {' and '.join(languages.names.values())}.")


def _leave(left_out: LeftOut, line: int, cells: list[bytes], file: FileSlice) -> None:
    row = b"\t".join(cells)
    left_out.add(line, row, "columns" if row.strip() else "blank", of=file)


def _is_number(cell: bytes) -> bool:
    return cell.isdigit() and len(cell) <= LONGEST_NUMBER
