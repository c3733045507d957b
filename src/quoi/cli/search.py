"""The verb `quoi search`: pictures, classes and nouns, found by words, by arithmetic on words, or by a picture."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quoi.cli.terminal import JSON, refuse_elsewhere, show, table
from quoi.io.errors import QuoiError
from quoi.io.stage import echo_json

if TYPE_CHECKING:
    from quoi.nearest.search import Hit, Searcher

KINDS = ("images", "classes", "nouns")
_HEADS = {"images": ("picture", "class"), "classes": ("class", "synset"), "nouns": ("noun", "synset")}
_SHEET = 200
"""Pictures on a contact sheet; more would be no overview."""


@click.command()
@click.argument("expression", nargs=-1, metavar="[EXPRESSION]")
@click.option("--image", type=click.Path(path_type=Path), help="Search by this picture instead of by words.")
@click.option("--in", "kind", type=click.Choice(KINDS), help="Where. Default: images; with --image, all three.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="How many to show.")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE.png", help="Draw the pictures found.")
@JSON
def search(
    expression: tuple[str, ...], image: Path | None, kind: str | None, top: int, out: Path | None, as_json: bool
) -> None:
    """Find what is nearest to EXPRESSION: a word, a phrase, or words with + - * / numbers and parentheses.

    \b
        quoi search boat
        quoi search "engine + boat"
        quoi search "(beer + party) / 2" --out sheet.png
        quoi search "king - man + woman" --in nouns
        quoi search --image photo.jpg
    """
    if bool(expression) == (image is not None):
        raise click.UsageError("Give an EXPRESSION or --image, one of the two.")
    refuse_elsewhere()
    kinds = (kind,) if kind else KINDS if image else ("images",)
    if out is not None:
        if "images" not in kinds:
            raise click.UsageError("--out draws the pictures found: it goes with --in images.")
        if out.suffix.lower() != ".png":
            raise QuoiError(f"--out writes a .png file; {str(out)!r} is none.")
    from quoi.nearest.search import Searcher

    searcher, text = Searcher(), " ".join(expression)
    for where in kinds:
        searcher.index(where)  # what is wrong with an index is said before a model is loaded
    vector = searcher.pictures([image])[0] if image else searcher.expression(text)
    hits = {where: searcher.nearest(where, vector, top) for where in kinds}
    if as_json:
        query = {"expression": text or None, "image": _text(image) if image else None}
        results = {where: [asdict(hit) for hit in rows] for where, rows in hits.items()}
        echo_json(query | {"results": results})
    else:
        _print(hits)
    for where, rows in hits.items():
        if len(rows) < top:
            click.echo(f"{len(rows):,} {where} can be found, fewer than {top:,}: all are shown.", err=True)
    if out is not None:
        _draw(out, searcher, text, image, hits["images"])


def _text(path: Path | str) -> str:
    """A path as text that can be printed: names of files need not be valid UTF-8."""
    return str(path).encode(errors="replace").decode()


def _print(by_kind: dict[str, list[Hit]]) -> None:
    for kind, hits in by_kind.items():
        rows = (
            (str(hit.rank), hit.name, (hit.label if kind == "images" else hit.synset) or "", f"{hit.similarity:.3f}")
            for hit in hits
        )
        show(table("", ["", *_HEADS[kind], "similarity"], rows, right=["", "similarity"]))


def _draw(out: Path, searcher: Searcher, text: str, image: Path | None, hits: list[Hit]) -> None:
    from quoi.report.contact_sheet import Shown, sheet

    pictures = [Shown(searcher.images[hit.row], f"{hit.name}\n{hit.similarity:.2f}") for hit in hits[:_SHEET]]
    rows = [(f"“{text}”" if image is None else "nearest pictures", pictures)]
    if image is not None:
        rows.insert(0, (_text(image.name), [Shown(searcher.picture(image))]))
    try:
        sheet(out, rows, note=searcher.images.source.get("attribution") or "")
    except OSError as error:
        raise QuoiError(f"{_text(out)} cannot be written: {error.strerror or error}.") from error
    more = f", the first {_SHEET:,}" if len(hits) > _SHEET else ""
    click.echo(f"pictures: {out}{more}", err=True)
