"""Which two columns of a table are the source's and the target's: as they are named, as a header says, or by a look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from quoi.corpus.normalise import normalise
from quoi.corpus.sources.looks import language_of, look, neither, numeric, swapped
from quoi.io.errors import QuoiError
from quoi.params.languages import Languages, called, names

KEY = "corpus.files.columns"

SIDES = frozenset(("source", "src")), frozenset(("target", "tgt", "trg"))
"""What a header may call the two sides, in lower case, whatever their languages are."""

MOST = 0.2
"""Share of rows of single words below which such a first row looks like a header."""


class Columns(NamedTuple):
    """Where source and target stand, from 0; whether the first row is a header; whether it, or the user, says so."""

    places: Sequence[int]
    header: bool
    sure: bool
    remarks: list[str]


def choose(
    what: str, rows: Sequence[list[str]], columns: Sequence[int | str] | None, languages: Languages, key: str
) -> Columns:
    """The columns of a table, by some of its rows, which are as long as each other and for people to read.

    Args:
        what: the table, for errors and remarks.
        columns, languages, key: as for `tsv.Tsv`.

    Raises:
        QuoiError: there are no such columns, or one is named twice; none are named, and they cannot be told.
    """
    named = _named(rows[0], languages)
    if columns is not None:
        places = [_place(column, what, rows[0], key) for column in columns]
        if places[0] == places[1]:
            raise QuoiError(f"{key} is {list(columns)}, which names column {places[0] + 1} of {what} twice.")
        header = named is not None or any(isinstance(column, str) for column in columns)
        return Columns(places, header, True, _unread_header(what, rows, places, header, key))
    if named and [len(places) for places in named] == [1, 1]:
        return Columns([named[0][0], named[1][0]], True, True, [])
    places = _by_look(rows, languages)
    source, target = languages.names.values()
    if len(places) != 2:
        raise QuoiError(
            f"{what} has {len(rows[0])} columns, and it cannot be told which are {source} and {target}: {key} names "
            f"them; its first row is {shown_row(rows[0])!r}."
        )
    remarks = _unread_header(what, rows, places, named is not None, key)
    if places != [0, 1]:
        remarks.append(
            f"{what}: of {len(rows[0])} columns, {places[0] + 1} and {places[1] + 1} are read as {source} and "
            f"{target}; {key} chooses others"
        )
    return Columns(places, named is not None, False, remarks)


def shown_row(row: Sequence[str]) -> str:
    """The beginning of a row, for people."""
    return " | ".join(row)[:100]


def _by_look(rows: Sequence[list[str]], languages: Languages) -> list[int]:
    """Where the two languages stand, else all that may be sentences, and of two of these the source first."""
    cells = {place: [row[place] for row in rows] for place in range(len(rows[0]))}
    cells = {place: column for place, column in cells.items() if any(column) and not numeric(column)}
    looks = {place: look(column) for place, column in cells.items()}
    told = {place: language_of(seen, languages) for place, seen in looks.items()}
    by_language = [[place for place in told if told[place] == language] for language in languages.both.values()]
    # A short translation beside a long comment in its language: the comment is told, and the translation may be either.
    open_ = [
        place
        for place, column in cells.items()
        if not told[place] and 2 * len(set(column)) > len(column) and not neither(looks[place], languages)
    ]
    if [len(places) for places in by_language] == [1, 1] and not open_:
        return [by_language[0][0], by_language[1][0]]
    places = list(cells)
    if len(places) == 2 and swapped(*looks.values(), languages):
        places.reverse()
    return places


def _unread_header(what: str, rows: Sequence[list[str]], places: Sequence[int], header: bool, key: str) -> list[str]:
    """A remark, where the first row is no header that is known, and looks like one."""
    bare = [all(row[place].replace("_", "").isalnum() for place in places) for row in rows]
    if header or not bare[0] or sum(bare) >= MOST * len(rows):
        return []
    named = ", ".join(rows[0][place] for place in places)
    return [f"{what}: its first row is read as a pair, and as a header by `{key}: [{named}]`"]


def _named(row: Sequence[str], languages: Languages) -> tuple[list[int], list[int]] | None:
    """Where the two languages' names stand in a row, else those of the sides as well; None: it is no header.

    A row of nothing but such names is one, even where it lacks a language.
    """
    both = languages.both.values()
    ours = [names(code, *both) for code in both]
    for known in (ours, [one | other for one, other in zip(ours, SIDES, strict=True)]):
        source, target = ([place for place, cell in enumerate(row) if called(cell, side)] for side in known)
        if source and target:
            return source, target
    either = frozenset().union(*ours, *SIDES)
    return ([], []) if all(called(cell, either) for cell in row) else None


def _place(column: int | str, what: str, first: list[str], key: str) -> int:
    if isinstance(column, int):
        places = [column - 1] if 1 <= column <= len(first) else []
    else:
        wanted = normalise(column).strip().casefold()
        places = [place for place, name in enumerate(first) if name.casefold() == wanted]
    if len(places) != 1:
        raise QuoiError(
            f"{key} names column {column!r}, and {what} has {len(places)} of that name or number: it has {len(first)} "
            f"columns, and its first row is {shown_row(first)!r}."
        )
    return places[0]
