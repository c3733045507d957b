"""The page about DeViSE: what it is, its scores and what they mean, the gallery, what it rests on and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from quoi.io.errors import QuoiError
from quoi.report import devise_meaning
from quoi.report.devise_scores import Scores
from quoi.report.gallery_choices import Collection
from quoi.report.progression import escaped, markdown


class Section(NamedTuple):
    """A part of the page with a picture of its own, where there is something to show."""

    title: str
    said: str
    picture: str | None = None
    told: str = ""
    table: str = ""


def page(
    scores: Scores,
    tables: str,
    sections: Sequence[Section],
    collection: Collection,
    reports: Mapping[str, Mapping[str, Any]],
) -> str:
    """The page as markdown.

    Args:
        tables: of the scores.
        reports: `images`, `labels` and `indexes`, as their stages have counted.

    Raises:
        QuoiError: a report is of another version.
    """
    images, words = collection.searcher.images.source, collection.searcher.catalogue.labels.source
    parts = [
        "# DeViSE: pictures in word space",
        "Written by `dvc repro search_gallery`; the numbers are in [scores.json](scores.json), each seed's in "
        "[metrics.json](metrics.json).",
        f"A model maps {len(collection.labels):,} pictures into the space of {words['vectors']['words']:,} word "
        "vectors, near to what they show. So they can be found by any word, whether or not a picture was ever labelled "
        "with it. To test that, "
        f"{len(collection.unseen):,} of the {sum(collection.found.values()):,} labels are kept from every training and "
        "every choice: they are *unseen*.",
        "## How often a picture finds its label",
        devise_meaning.meaning(scores).strip(),
        "![hit@5 of DeViSE, its parts and the controls](gallery/scores.png)",
        tables.strip(),
    ]
    for section in sections:
        parts += [f"## {section.title}", section.said]
        parts += [f"![{section.told}](gallery/{section.picture})"] if section.picture else []
        parts += [section.table.strip()] if section.table else []
    try:
        parts += ["## What this rests on", _counts(reports).strip()]
    except (KeyError, TypeError, AttributeError) as error:
        raise QuoiError(
            f"A report of {', '.join(reports)} in reports/devise is not what this version of quoi writes (it lacks "
            f"{error}): run `dvc repro`."
        ) from None
    parts += ["## Credits", _credits(images, words).strip()]
    return "\n\n".join(parts) + "\n"


def _counts(reports: Mapping[str, Mapping[str, Any]]) -> str:
    images, labels, indexes = reports["images"], reports["labels"], reports["indexes"]
    out = ", ".join(f"{escaped(reason)} ({n:,})" for reason, n in images.get("left_out", {}).items() if n)
    lines = [
        f"{images['pictures']:,} pictures of {images['labels']:,} labels" + (f"; left out: {out}." if out else "."),
        f"Labels with a word vector: {_share(labels['labels_found'], labels['labels'])}, "
        f"{labels['labels_whole']:,} of them whole, none of their words missed; of nouns: "
        f"{_share(labels['nouns_found'], labels['nouns'])}.",
    ]
    rows = [
        [
            kind,
            f"{indexes[f'{kind}_rows'] - indexes[f'{kind}_without_vector']:,}",
            f"{indexes[f'{kind}_points']:,}",
            f"{indexes[f'{kind}_recall']:.4f} (k = {indexes[f'{kind}_k']})" if f"{kind}_recall" in indexes else "–",
        ]
        for kind in ("images", "classes", "nouns")
    ]
    table = markdown(["index", "rows", "different vectors", "recall@k of exact search"], rows, left=1)
    return "".join(f"- {line}\n" for line in lines) + "\n" + table


def _credits(images: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    vectors, nouns = words["vectors"], words["nouns"]
    licence = str(images.get("licence"))
    pictures = f"Pictures: {_named(images)}, licence: {escaped(licence)}."
    if images.get("attribution"):
        pictures += f" {escaped(images['attribution'])}"
    if "SA" in licence:
        pictures += ". The contact sheets and the map are made of them, and have the same licence."
    lines = [
        pictures,
        f"Word vectors: {_named(vectors)}, {vectors['words']:,} words in {vectors['dimensions']:,} dimensions, "
        f"licence: {escaped(str(vectors.get('licence')))}.",
        f"Nouns: {_named(nouns)}, {nouns['count']:,} synsets of WordNet, licence: "
        f"{escaped(str(nouns.get('licence')))}.",
    ]
    return "".join(f"- {line}\n" for line in lines)


def _named(source: Mapping[str, Any]) -> str:
    name = escaped(str(source["name"]))
    return f"[{name}]({source['url']})" if source.get("url") else name


def _share(found: int, of: int) -> str:
    return f"{found:,} of {of:,} ({100 * found / max(1, of):.1f} %)"
