"""Everything `search_gallery` writes for people into reports/devise/: scores, contact sheets, a map, and the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quoi.io.files import read_json, replacing, write_json, write_text
from quoi.report import devise_scores, gallery_choices, gallery_page, gallery_sheets, word_map
from quoi.report.gallery_choices import Collection
from quoi.report.gallery_page import Section

FOLDER = Path("reports/devise")
_HITS, _MISSES, _TRAINED = 4, 2, 2
"""Pictures that are asked about: of unseen labels that are found, of such that are missed, of trained ones."""
_CLASSES = 5
_WORDS = 4


def write(root: Path | str = ".") -> devise_scores.Scores:
    """Write the scores (JSON, markdown), the gallery's pictures and the page, and return the scores.

    Raises:
        QuoiError: an input is absent or damaged, or a file cannot be written.
    """
    root = Path(root)
    folder = root / FOLDER
    scores, collection = devise_scores.read(root), Collection(root)
    reports = {name: read_json(folder / f"{name}.json") for name in ("images", "labels", "indexes")}
    several = devise_scores.several_pictures(collection.labels, collection.splits, collection.found)
    tables = devise_scores.tables(scores, several) + "\n" + devise_scores.caption(scores)
    with replacing(folder / "gallery") as partial:
        partial.mkdir()
        devise_scores.draw(partial / "scores.png", scores, several)
        page = gallery_page.page(scores, tables, _sections(partial, collection), collection, reports)
    write_json(folder / "scores.json", devise_scores.as_json(scores))
    write_text(folder / "scores.md", f"# DeViSE: scores\n\n{tables}")
    write_text(folder / "README.md", page)
    return scores


def _credit(images: Mapping[str, Any]) -> str:
    """Whose the pictures are, for the foot of a sheet; empty where nobody has said."""
    return images.get("attribution") or ""


def _sections(folder: Path, collection: Collection) -> list[Section]:
    """Draw the five demonstrations and the map into a folder."""
    note = _credit(collection.searcher.images.source)
    rows = gallery_choices.pictures(collection, _HITS, _MISSES, _TRAINED, _CLASSES)
    labels = sum(collection.found.values())
    sections = [
        _classes(folder, collection, rows, labels, note),
        _nouns(folder, collection, rows, note),
        _words(folder, collection, note),
        _means(folder, collection, note),
        _pictures(folder, collection, rows, note),
    ]
    pictures, words = word_map.draw(folder / "map.png", collection, note)
    some = "" if pictures == len(collection.labels) else f", drawn of {len(collection.labels):,},"
    said = (
        f"{pictures:,} pictures{some} where the model puts them, and {words:,} labels where their words are, by t-SNE; "
        "then pulled apart onto a grid, so that nothing lies on anything else. The labels are those nearest to the "
        "middles of regions. In colour: labels that no training saw, and their pictures."
    )
    return [*sections, Section("A map", said, "map.png", "Pictures and labels on one map")]


def _classes(folder: Path, collection: Collection, rows: Sequence[int], labels: int, note: str) -> Section:
    asked = collection.asked("classes", rows, _CLASSES)
    gallery_sheets.write(
        folder / "classes.png", gallery_sheets.classes(collection, asked, labels), note, columns=1 + _CLASSES
    )
    unseen = collection.one_of_each(unseen=True)
    said = (
        f"On the left a picture, then the classes nearest to it among all {labels:,}, by cosine alone as `quoi search` "
        "ranks them, each shown by a picture of its own; the right one is green. "
    )
    if unseen:
        ranks = collection.ranks(unseen)
        hits, shown = int((ranks <= _CLASSES).sum()), [each for each in asked if each.unseen]
        right = sum(each.rank <= _CLASSES for each in shown)
        sorts = {f"whose class is among the first {_CLASSES}": right, "whose class is not": len(shown) - right}
        told = " and ".join(f"{count} {sort}" for sort, count in sorts.items() if count)
        said += (
            f"**No training saw the labels of the first {len(shown)}.** They are drawn, not picked: {told}. Of all "
            f"{len(unseen):,} unseen labels, a picture of {hits:,} finds it there ({100 * hits / len(unseen):.0f} %)."
        )
    else:
        said += "Every label was seen in training."
    if collection.left_out and not all(each.unseen for each in asked):
        said += " A picture of a trained label is placed as if the regression on visual similarity had not seen it."
    return Section(
        "Classes, of labels that no training saw" if unseen else "Classes",
        said,
        "classes.png",
        "Pictures and their nearest classes",
        gallery_sheets.classes_table(asked),
    )


def _nouns(folder: Path, collection: Collection, rows: Sequence[int], note: str) -> Section:
    title, count = "All nouns", len(collection.searcher.index("nouns"))
    if not count:
        return Section(title, "None of the nouns has a vector.")
    asked = collection.asked("nouns", rows, 3 * gallery_sheets.NOUNS)
    gallery_sheets.write(folder / "nouns.png", gallery_sheets.nouns(collection, asked), note, columns=4)
    said = (
        f"The same pictures among all {count:,} nouns of WordNet that have a vector: for most of them no picture "
        "was ever shown. ✓, and bold in the table, is the synset of the picture's label, where it is among the first "
        f"{gallery_sheets.NOUNS}; unseen labels are in colour."
    )
    return Section(
        title, said, "nouns.png", "Pictures and their nearest nouns", gallery_sheets.nouns_table(collection, asked)
    )


def _words(folder: Path, collection: Collection, note: str) -> Section:
    title = "A word that is no label"
    found, among = gallery_choices.words(collection, _WORDS)
    if not found:
        return Section(title, "No frequent noun has a vector and is no label.")
    gallery_sheets.write(folder / "words.png", gallery_sheets.words(collection, found), note)
    first = found[0].text == gallery_choices.FIRST_WORD
    said = "The pictures nearest to a word that is no label; pictures of labels that no training saw are in colour. "
    said += f"*{gallery_choices.FIRST_WORD}* is the lesson's own. " if first else ""
    if len(found) > first:
        said += (
            f"The {'others' if first else 'words'} are, of {among:,} frequent nouns that stand in no label, those "
            "whose pictures are nearest to them, without a picture in common and, where there are such, with one of "
            "an unseen label: what works best, not what is usual."
        )
    return Section(
        title,
        said.strip(),
        "words.png",
        "Words and their nearest pictures",
        gallery_sheets.words_table(collection, found, "word"),
    )


def _means(folder: Path, collection: Collection, note: str) -> Section:
    title = "The mean of two words"
    found = [each for three in gallery_choices.expressions(collection) for each in three]
    if not found:
        return Section(title, "There are no two words to add: no label is one word that has a vector.")
    gallery_sheets.write(folder / "means.png", gallery_sheets.words(collection, found), note)
    lessons = found[2].text in gallery_choices.EXPRESSIONS
    said = "Two words alone, then their mean; in this space it does not matter whether a sum is divided. " + (
        "The expressions are the lesson's own." if lessons else "The words are drawn labels."
    )
    return Section(
        title,
        said,
        "means.png",
        "Means of two words and their nearest pictures",
        gallery_sheets.words_table(collection, found, "expression"),
    )


def _pictures(folder: Path, collection: Collection, rows: Sequence[int], note: str) -> Section:
    unseen = [row for row in rows if collection.labels[row] in collection.unseen]
    asked = collection.asked("images", unseen or rows, _CLASSES)
    gallery_sheets.write(folder / "pictures.png", gallery_sheets.pictures(collection, asked), note)
    said = (
        "On the left a picture, then those that the model puts nearest to it: alike in meaning as much as in looks. "
        + (
            "They are the pictures of unseen labels from above; neighbours of unseen labels are in colour."
            if unseen
            else ""
        )
    )
    return Section(
        "Picture to picture",
        said.strip(),
        "pictures.png",
        "Pictures and their nearest pictures",
        gallery_sheets.pictures_table(collection, asked),
    )
