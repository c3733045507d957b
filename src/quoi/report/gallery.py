"""Everything `search_gallery` writes for people into reports/devise/: scores, contact sheets, a map, and the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from quoi.io.files import read_json, replacing, write_json, write_text
from quoi.records import devise_record
from quoi.report import contact_sheet, devise_scores, gallery_choices, word_map
from quoi.report.contact_sheet import SheetRow, Shown
from quoi.report.gallery_choices import Answer, Collection
from quoi.report.progression import escaped, markdown
from quoi.report.style import INK, PALETTE

FOLDER = devise_record.RECORD
_HITS, _MISSES, _TRAINED = 4, 2, 2
"""Pictures that are asked about: of unseen labels that are found, of such that are missed, of trained ones."""
_CLASSES, _NOUNS, _WORDS = 5, 6, 4
_RIGHT, _UNSEEN = PALETTE[3], PALETTE[4]
"""Of what is right, and of pictures whose label no training saw."""


def write(root: Path = Path()) -> devise_record.DeviseResult:
    """Write the scores (JSON, markdown), the gallery's pictures and the page, and return the scores.

    Raises:
        QuoiError: an input is absent or damaged, or a file cannot be written.
    """
    folder = root / FOLDER
    result, collection = devise_record.read(root), Collection(root)
    reports = {name: read_json(folder / f"{name}.json") for name in ("images", "labels", "indexes")}
    tables = devise_scores.tables(result) + "\n" + devise_scores.caption(result)
    with replacing(folder / "gallery") as partial:
        partial.mkdir()
        devise_scores.draw(partial / "scores.png", result)
        sections = _Gallery(collection, partial).sections()
    parts = [
        "# DeViSE: pictures in word space",
        "Written by `dvc repro search_gallery`; the numbers are in [scores.json](scores.json), each seed's in "
        "[metrics.json](metrics.json).",
        "A model maps pictures into the space of word vectors, near to what they show, so that they can be found by "
        "any word, whether or not a picture was ever labelled with it. To test that, "
        f"{len(collection.unseen):,} of the {sum(collection.has_vector.values()):,} labels are kept from every "
        "training and every choice: they are *unseen*.",
        "## How often a picture finds its label",
        devise_scores.overview(result).strip(),
        "![hit@5 of DeViSE, its parts and the controls](gallery/scores.png)",
        tables.strip(),
        *sections,
        "## What this rests on",
        _counts(**reports).strip(),
        "## Credits",
        _credits(collection.searcher.images.source, collection.searcher.catalogue.labels.source),
    ]
    write_json(folder / "scores.json", devise_scores.as_json(result))
    write_text(folder / "scores.md", f"# DeViSE: scores\n\n{tables}")
    write_text(folder / "README.md", "\n\n".join(parts) + "\n")
    return result


class _Gallery:
    """The demonstrations, drawn into a folder."""

    def __init__(self, collection: Collection, folder: Path) -> None:
        self.collection, self.folder, self.images = collection, folder, collection.searcher.images
        self.unseen = collection.unseen
        self.note = self.images.source.get("attribution") or ""

    def sections(self) -> list[str]:
        """All of them, in the order of the page; without those that have nothing to show."""
        rows = gallery_choices.pictures(self.collection, _HITS, _MISSES, _TRAINED, _CLASSES)
        unseen = [row for row in rows if self.collection.labels[row] in self.unseen]
        sections = [self.classes(rows), self.nouns(rows), self.words(), self.means(), self.pictures(unseen), self.map()]
        return list(filter(None, sections))

    def classes(self, rows: Sequence[int]) -> str:
        collection, shown = self.collection, []
        table = [["picture", "its label is", "nearest classes", "place of its own"]]
        for answer in collection.nearest("classes", rows, _CLASSES):
            own = answer.text
            pictures = [self.asked(answer)]
            for hit in answer.hits:
                picture, caption = self.images[collection.picture_of[hit.name]], f"{hit.name}\n{hit.similarity:.2f}"
                pictures.append(Shown(picture, caption, _RIGHT if hit.name == own else None))
            shown.append((f"{own} ({self.kind(answer)}): its class is number {answer.rank:,}", pictures))
            near = _listed((hit.name, hit.similarity, hit.name == own) for hit in answer.hits)
            table.append([*self.cells(answer), near, f"{answer.rank:,}"])
        unseen, labels = collection.one_of_each(unseen=True), sum(collection.has_vector.values())
        hits = int((collection.ranks(unseen) <= _CLASSES).sum())
        return self.section(
            "Classes",
            f"A picture, then the classes nearest to it among all {labels:,}, by cosine as `quoi search` ranks them, "
            "each shown by its first picture; its own class is green, and bold in the table. The pictures are drawn by "
            f"chance: {_HITS} of unseen labels that are among their {_CLASSES} nearest classes, {_MISSES} that are "
            f"not, as far as there are such, and {_TRAINED} of trained labels, placed as if the kernel had not seen "
            f"them. Of {len(unseen):,} unseen labels, {hits:,} ({100 * hits / max(1, len(unseen)):.0f} %) are among "
            f"their picture's {_CLASSES} nearest classes.",
            "classes.png",
            shown,
            table,
            columns=1 + _CLASSES,
        )

    def nouns(self, rows: Sequence[int]) -> str:
        shown, table = [], [["picture", "its label is", "nearest nouns"]]
        labels = self.collection.searcher.catalogue.labels.labels
        for answer in self.collection.nearest("nouns", rows, 3 * _NOUNS):
            own = labels.synsets[labels.names.index(answer.text)]
            lemmas = {hit.name.split(", ")[0] for hit in answer.hits if own is not None and hit.synset == own}
            nearest: dict[str, float] = {}
            for hit in answer.hits:
                nearest.setdefault(hit.name.split(", ")[0], hit.similarity)
            first = list(nearest.items())[:_NOUNS]
            named = "\n".join(f"✓ {noun}" if noun in lemmas else noun for noun, _ in first)
            shown.append(Shown(self.images[answer.row], named, self.colour(answer.text), answer.text))
            near = _listed((noun, cosine, noun in lemmas) for noun, cosine in first)
            table.append([*self.cells(answer), near])
        return self.section(
            "All nouns",
            f"The same pictures among all {len(self.collection.searcher.index('nouns')):,} nouns of WordNet that have "
            "a vector: for most of them no picture was ever shown. ✓, and bold in the table, is the synset of the "
            f"picture's label, where it is among the first {_NOUNS}; unseen labels are in colour.",
            "nouns.png",
            [("", shown)] if shown else [],
            table,
            columns=4,
        )

    def words(self) -> str:
        answers, among = gallery_choices.words(self.collection, _WORDS)
        return self.found(
            "A word that is no label",
            "The pictures nearest to a word that is no label; unseen labels are in colour. "
            f"*{gallery_choices.FIRST_WORD}* is the lesson's own. The others are those of {among:,} frequent nouns "
            "that are nearest to their pictures and share none with another; words with a picture of an unseen label "
            "come first. So this is what works best, not what is usual.",
            "word",
            answers,
            "words.png",
        )

    def means(self) -> str:
        return self.found(
            "The mean of two words",
            "Two words alone, then their mean; in this space it does not matter whether a sum is divided. The "
            "expressions are the lesson's own where their words have vectors, else of drawn labels.",
            "expression",
            gallery_choices.expressions(self.collection),
            "means.png",
        )

    def found(self, title: str, caption: str, head: str, answers: Sequence[Answer], name: str) -> str:
        """A section with the pictures found by words."""
        table = [[head, "nearest pictures"], *([f"`{each.text}`", self.pictures_listed(each)] for each in answers)]
        return self.section(title, caption, name, [(f"“{each.text}”", self.hits(each)) for each in answers], table)

    def pictures(self, rows: Sequence[int]) -> str:
        answers = self.collection.nearest("images", rows, _CLASSES)
        table = [["picture", "its label is", "nearest pictures"]]
        table += [[*self.cells(answer), self.pictures_listed(answer)] for answer in answers]
        return self.section(
            "Picture to picture",
            "A picture of an unseen label, then those that the model puts nearest to it: alike in meaning as much as "
            "in looks. Unseen labels are in colour.",
            "pictures.png",
            [(f"{answer.text} ({self.kind(answer)})", [self.asked(answer), *self.hits(answer)]) for answer in answers],
            table,
        )

    def map(self) -> str:
        laid = word_map.lay_out(self.collection)
        word_map.draw(self.folder / "map.png", laid, self.collection, self.note)
        write_text(self.folder / devise_record.MAP.name, json.dumps(asdict(laid), ensure_ascii=False) + "\n")
        return _section(
            "A map",
            f"{len(laid.pictures):,} of {len(self.collection.labels):,} pictures where the model puts them, and "
            f"{len(laid.words):,} labels where their words are, by t-SNE; then pulled apart onto a grid, so that "
            "nothing lies on anything else. The labels are those nearest to the middles of regions. In colour: unseen "
            "labels, and their pictures.",
            "map.png",
        )

    def section(
        self, title: str, caption: str, name: str, shown: Sequence[SheetRow], table: list[list[str]], columns: int = 6
    ) -> str:
        """A section with its contact sheet, and a table of the same; empty where there is nothing to show."""
        if not shown:
            return ""
        contact_sheet.sheet(self.folder / name, shown, columns, self.note, colours=256)
        return f"{_section(title, caption, name)}\n\n{markdown(table[0], table[1:], left=3).strip()}"

    def asked(self, answer: Answer) -> Shown:
        return Shown(self.images[answer.row], answer.text, INK)

    def hits(self, answer: Answer) -> list[Shown]:
        return [
            Shown(self.images[hit.row], f"{hit.label}\n{hit.similarity:.2f}", self.colour(hit.label))
            for hit in answer.hits
        ]

    def colour(self, label: str) -> str | None:
        return _UNSEEN if label in self.unseen else None

    def pictures_listed(self, answer: Answer) -> str:
        return _listed(((hit.label, hit.similarity, hit.label in self.unseen) for hit in answer.hits), "*")

    def cells(self, answer: Answer) -> list[str]:
        return [escaped(answer.text), self.kind(answer)]

    def kind(self, answer: Answer) -> str:
        return "unseen" if answer.text in self.unseen else "trained"


def _section(title: str, caption: str, name: str) -> str:
    """The head of a section, with a picture in the folder gallery/."""
    return f"## {title}\n\n{caption}\n\n![{title}](gallery/{name})"


def _listed(found: Iterable[tuple[str, float, bool]], mark: str = "**") -> str:
    """Names with their similarities, some of them in bold or italics."""
    names = ((escaped(name), cosine, mark if marked else "") for name, cosine, marked in found)
    return ", ".join(f"{sign}{name}{sign} {cosine:.2f}" for name, cosine, sign in names)


def _counts(images: Mapping[str, Any], labels: Mapping[str, Any], indexes: Mapping[str, Any]) -> str:
    out = ", ".join(f"{escaped(reason)} ({n:,})" for reason, n in images.get("left_out", {}).items() if n) or "nothing"
    facts = [
        ["pictures", f"{images['pictures']:,} of {images['labels']:,} labels"],
        ["left out", out],
        ["labels with a word vector", _share(labels["labels_found"], labels["labels"])],
        ["labels of whose words none is missed", _share(labels["labels_whole"], labels["labels"])],
        ["nouns with a word vector", _share(labels["nouns_found"], labels["nouns"])],
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
    head = ["index", "rows", "different vectors", "recall@k of exact search"]
    return markdown(["data", ""], facts, left=2) + "\n" + markdown(head, rows, left=1)


def _credits(images: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """Whose the pictures, the word vectors and the nouns are, as a markdown table."""
    vectors, nouns = words["vectors"], words["nouns"]
    amount = f"{vectors['words']:,} words in {vectors['dimensions']:,} dimensions"
    rows = [
        ["pictures, contact sheets, map", _named(images), images.get("attribution") or "", images.get("licence")],
        ["word vectors", _named(vectors), amount, vectors.get("licence")],
        ["nouns", _named(nouns), f"{nouns['count']:,} synsets of WordNet", nouns.get("licence")],
    ]
    cells = [[what, name, escaped(about), escaped(str(licence))] for what, name, about, licence in rows]
    return markdown(["what", "source", "", "licence"], cells, left=4).strip()


def _named(source: Mapping[str, Any]) -> str:
    name = escaped(str(source["name"]))
    return f"[{name}]({source['url']})" if source.get("url") else name


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / max(1, whole):.1f} %)"
