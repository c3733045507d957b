"""The gallery's contact sheets, and the tables beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from quoi.report.contact_sheet import Row, Shown, sheet
from quoi.report.gallery_choices import Asked, Collection, Found
from quoi.report.progression import escaped, markdown
from quoi.report.style import INK, PALETTE

RIGHT, UNSEEN = PALETTE[3], PALETTE[4]
"""Of what is right, and of pictures whose label no training saw."""
NOUNS = 6
"""Shown of each picture."""
LARGEST = 400_000
"""Bytes of a sheet, which goes into Git."""
_SIDES = (128, 112, 96, 80, 64, 48)
_COLOURS = 256


def write(path: Path, rows: Sequence[Row], note: str, columns: int = 6) -> None:
    """Write a contact sheet, its pictures as large as `LARGEST` lets them be.

    Raises:
        QuoiError: a picture is damaged, or the file cannot be written.
    """
    for side in _SIDES:
        sheet(path, rows, side=side, columns=columns, note=note, colours=_COLOURS)
        if path.stat().st_size <= LARGEST:
            return


def classes(collection: Collection, asked: Sequence[Asked], labels: int) -> list[Row]:
    """A row a picture: the picture, then a picture of each of its nearest classes; its own in the colour of right."""
    rows = []
    for each in asked:
        shown = [Shown(collection.searcher.images[each.row], each.label, INK)]
        for hit in each.hits:
            picture = collection.searcher.images[collection.picture_of[hit.name]]
            colour = RIGHT if hit.name == each.label else None
            shown.append(Shown(picture, f"{hit.name}\n{hit.similarity:.2f}", colour))
        rows.append((f"{_told(each)}: its class is {ordinal(each.rank)} of {labels:,}", shown))
    return rows


def nouns(collection: Collection, asked: Sequence[Asked]) -> list[Row]:
    """Pictures with their nearest nouns below; ✓ before the synset of its label."""
    shown = []
    for each in asked:
        named = "\n".join(("✓ " if own else "") + noun for noun, _, own in _nouns(collection, each))
        colour = UNSEEN if each.unseen else None
        shown.append(Shown(collection.searcher.images[each.row], f"{each.label}\n{named}", colour))
    return [("", shown)]


def pictures(collection: Collection, asked: Sequence[Asked]) -> list[Row]:
    """A row a picture: the picture, then the pictures nearest to it."""
    return [
        (_told(each), [Shown(collection.searcher.images[each.row], each.label, INK), *_shown(collection, each.hits)])
        for each in asked
    ]


def words(collection: Collection, found: Iterable[Found]) -> list[Row]:
    """A row a word or an expression: the pictures nearest to it."""
    return [(f"“{each.text}”", _shown(collection, each.hits)) for each in found]


def classes_table(asked: Sequence[Asked]) -> str:
    """The nearest classes of each picture, its own in bold."""
    rows = []
    for each in asked:
        near = [
            f"**{escaped(hit.name)}** {hit.similarity:.2f}"
            if hit.name == each.label
            else f"{escaped(hit.name)} {hit.similarity:.2f}"
            for hit in each.hits
        ]
        rows.append([escaped(each.label), _seen(each), ", ".join(near), f"{each.rank:,}"])
    return markdown(["picture", "its label is", "nearest classes", "place of its own"], rows, left=3)


def nouns_table(collection: Collection, asked: Sequence[Asked]) -> str:
    """The nearest nouns of each picture, the synset of its label in bold."""
    rows = []
    for each in asked:
        near = [
            f"{'**' if own else ''}{escaped(noun)}{'**' if own else ''} {similarity:.2f}"
            for noun, similarity, own in _nouns(collection, each)
        ]
        rows.append([escaped(each.label), _seen(each), ", ".join(near)])
    return markdown(["picture", "its label is", "nearest nouns"], rows, left=3)


def pictures_table(collection: Collection, asked: Sequence[Asked]) -> str:
    """The nearest pictures of each picture, those of unseen labels in italics."""
    rows = [[escaped(each.label), _seen(each), _listed(collection, each.hits)] for each in asked]
    return markdown(["picture", "its label is", "nearest pictures"], rows, left=3)


def words_table(collection: Collection, found: Iterable[Found], head: str) -> str:
    """The nearest pictures of each word or expression, those of unseen labels in italics."""
    rows = [[f"`{each.text}`", _listed(collection, each.hits)] for each in found]
    return markdown([head, "nearest pictures"], rows, left=2)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def _shown(collection: Collection, hits: Sequence) -> list[Shown]:
    return [
        Shown(
            collection.searcher.images[hit.row],
            f"{hit.label}\n{hit.similarity:.2f}",
            UNSEEN if hit.label in collection.unseen else None,
        )
        for hit in hits
    ]


def _listed(collection: Collection, hits: Sequence) -> str:
    marks = ["*" if hit.label in collection.unseen else "" for hit in hits]
    return ", ".join(
        f"{mark}{escaped(hit.label)}{mark} {hit.similarity:.2f}" for hit, mark in zip(hits, marks, strict=True)
    )


def _nouns(collection: Collection, each: Asked) -> list[tuple[str, float, bool]]:
    """The nearest nouns by their most usual lemmas, once each; similarity; whether one is the synset of the label."""
    labels = collection.searcher.catalogue.labels.labels
    own = labels.synsets[labels.names.index(each.label)]
    near: dict[str, tuple[float, bool]] = {}
    for hit in each.hits:
        noun = hit.name.split(", ")[0]
        similarity, before = near.get(noun, (hit.similarity, False))
        near[noun] = similarity, before or (own is not None and hit.synset == own)
    return [(noun, *told) for noun, told in near.items()][:NOUNS]


def _told(each: Asked) -> str:
    return f"“{each.label}”, {_seen(each)}"


def _seen(each: Asked) -> str:
    return "unseen" if each.unseen else "trained"
