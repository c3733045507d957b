"""Translation memories in TMX, as translators' programs and OPUS write them: read as a stream, and nothing is expanded.

Of each unit, the first sentences in the two languages are a pair.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, islice
from xml.parsers import expat

from quoi.corpus.lines import LONGEST, OnBad
from quoi.corpus.slices import Advance, FileSlice, blocks
from quoi.corpus.sources.cells import one_line
from quoi.corpus.sources.looks import check
from quoi.corpus.sources.tsv import HOW_TO_SKIP, SAMPLE, LeftOut, cleaned
from quoi.io.errors import QuoiError, some
from quoi.io.files import reading
from quoi.params.languages import Languages, called, names

CODES = frozenset(("bpt", "ept", "it", "ph", "ut"))
"""Elements in a sentence that hold another program's codes; `hi` and all others hold words of the sentence."""
DEEPEST = 100
"""Elements within elements. TMX needs a dozen, and each takes memory."""
MOST_MARKUP = 16 << 20
"""Bytes of one tag or comment, which is held in memory."""

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!DOCTYPE|!--|tmx)", re.IGNORECASE)
_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.:-]+)")
_CUT = {
    expat.errors.codes[error]
    for error in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}


def as_xml(text: FileSlice) -> FileSlice | None:
    """The text, with the encoding that it declares where none is known, if it begins as XML does; else None.

    Raises:
        QuoiError: it cannot be read, or declares an encoding that nobody knows.
    """
    with _reading(text) as parts:
        start = next(parts, b"")
    if not _XML.match(start):
        return None
    declared = _DECLARED.search(start)
    encoding = declared[1].decode() if declared else "utf-8"
    try:
        # What says UTF-16 and has no byte order mark has been converted since, or never was in it.
        known = codecs.lookup(encoding).name.startswith("utf")
        return text if known or text.encoding else replace(text, encoding=encoding)
    except LookupError:
        raise QuoiError(f"{text} says that it is in {encoding!r}, which is no known encoding.") from None


class Tmx:
    """A TMX file, of which the first units have been read; used as a `Tsv` of two columns.

    Args:
        text: a file, plain or packed, or a slice of one: what `as_xml` returns.
        languages: of source and target. A tag such as en-US means en.
        on_bad_line: whether units that lack a language are left out, or the first is an error.

    Attributes:
        titles: what to call the two sides.
        remarks: what whoever gave the file should know of it.
        left_out: the units that were passed over so far.

    Raises:
        QuoiError: as `rows`, of the first units; they look as if the tags were exchanged.
    """

    columns = (0, 1)

    def __init__(self, text: FileSlice, languages: Languages, on_bad_line: OnBad) -> None:
        self.text = text
        self._languages = languages
        self.titles = tuple(languages.names.values())
        self.left_out = LeftOut(str(text), "skip", "")
        with closing(self.rows()) as pieces:
            units = islice(chain.from_iterable(pieces), SAMPLE)
            sides = list(zip(*([cleaned(cell) for cell in cells] for _, cells in units), strict=True))
        titles = [f"What {text} tags as {code}" for code in languages.both.values()]
        way_out = "its tags must be those of the sentences' languages"
        self.remarks = check(f"The sides of {text}", titles, sides, languages, way_out)
        needed = f"{' and '.join(self.titles)} are needed in every unit{HOW_TO_SKIP}"
        self.left_out = LeftOut(str(text), on_bad_line, needed)

    def rows(self, advance: Advance = lambda size: None) -> Iterator[list[tuple[int, list[bytes]]]]:
        """Yield the number of its line and the two sentences, source first, of every usable unit, in pieces.

        Raises:
            QuoiError: the file is cut, is no XML or no TMX, declares entities, or holds no unit in both languages; a
                unit lacks a language and `on_bad_line` is `fail`.
        """
        units = _Units(self._languages, self.left_out, self.text)
        used = 0
        with _reading(self.text, advance) as parts:
            for part in chain(parts, [b""]):
                units.parse(part)
                used += len(units.done)
                yield units.done
                units.done = []
        if not used:
            tags = some(sorted(units.tags), 9) or "none"
            raise QuoiError(
                f"There is no unit in {self.text} with both {' and '.join(self.titles)}: its languages are {tags}."
            )

    def texts(self, advance: Advance, columns: Sequence[int]) -> Iterator[tuple[bytes, ...]]:
        """Yield the sentences of either side, a line each, in pieces of the same units. Raises as `rows`."""
        for piece in self.rows(advance):
            yield tuple(b"".join(cells[place] + b"\n" for _, cells in piece) for place in columns)


def _reading(text: FileSlice, advance: Advance = lambda size: None):
    """The text's blocks, closed at the end; the lines in them may be of any length."""

    def parts() -> Iterator[bytes]:
        with reading(text.path, "a text file, plain or packed,"):
            yield from blocks(text, advance)

    return closing(parts())


class _Units:
    """Gathers pairs while a file is parsed."""

    def __init__(self, languages: Languages, left_out: LeftOut, text: FileSlice) -> None:
        self.done: list[tuple[int, list[bytes]]] = []
        self.tags: set[str] = set()
        self._names = [names(code) for code in languages.both.values()]
        self._left_out, self._text = left_out, text
        self._open: list[str] = []
        self._line, self._fed = 0, 0
        self._unit: dict[int, str] = {}
        self._side: int | None = None
        self._sentence: list[str] | None = None
        self._length, self._codes = 0, 0
        parser = self._parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._said
        parser.EntityDeclHandler = lambda entity, *rest: self._entity(entity)
        parser.SkippedEntityHandler = self._entity

    def parse(self, part: bytes) -> None:
        """Take the next bytes; none: that was the end."""
        try:
            self._parser.Parse(part, not part)
        except expat.ExpatError as error:
            said = "it breaks off" if error.code in _CUT else expat.ErrorString(error.code)
            raise QuoiError(f"{self._text}, line {error.lineno:,} is no valid XML: {said}.") from None
        self._fed += len(part)
        if self._fed - self._parser.CurrentByteIndex > MOST_MARKUP:
            raise self._refused(f"begins a tag or comment of more than {MOST_MARKUP >> 20} MB")

    def _refused(self, why: str) -> QuoiError:
        return QuoiError(f"{self._text}, line {self._parser.CurrentLineNumber:,} {why}: it is no TMX that can be read.")

    def _entity(self, entity: str, *_: object) -> None:
        raise self._refused(f"declares or uses an entity of its own, {entity!r}, which is never expanded here")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        if not self._open and element != "tmx":
            raise self._refused(f"begins with <{element[:60]}> in place of <tmx>")
        if len(self._open) == DEEPEST:
            raise self._refused(f"nests more than {DEEPEST} elements")
        self._open.append(element)
        if self._sentence is not None:
            self._codes += element in CODES
        elif element == "tu":
            self._line, self._unit = self._parser.CurrentLineNumber, {}
        elif element == "tuv":
            tag = attributes.get("xml:lang") or attributes.get("lang") or ""
            if len(self.tags) < SAMPLE:
                self.tags.add(tag[:60])
            self._side = next((side for side, known in enumerate(self._names) if called(tag, known)), None)
        elif element == "seg" and self._side is not None:
            self._sentence, self._length, self._codes = [], 0, 0

    def _said(self, text: str) -> None:
        # A sentence that goes on without end is found to be bad later, and does not grow in memory here.
        if self._sentence is not None and not self._codes and self._length <= LONGEST:
            self._sentence.append(text)
            self._length += len(text)

    def _end(self, element: str) -> None:
        self._open.pop()
        if self._sentence is not None and element in CODES:
            self._codes -= 1
        elif self._sentence is not None and element == "seg":
            if self._side in self._unit:
                self._left_out.repaired["further"] += 1
            else:
                self._unit[self._side] = "".join(self._sentence).strip()
            self._sentence = None
        elif element == "tuv":
            self._side = None
        elif element == "tu":
            parted = [one_line(text.encode()) for _, text in sorted(self._unit.items())]
            cells = [cell for cell, _ in parted]
            if len(cells) < 2:
                self._left_out.add(self._line, b"".join(cells), "side")
                return
            if breaks := sum(number for _, number in parted):
                self._left_out.repaired["line_break"] += breaks
            self.done.append((self._line, cells))
