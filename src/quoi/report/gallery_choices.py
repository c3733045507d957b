"""What the gallery shows: pictures, words and expressions, chosen by rules that hold for any set of pictures.

A choice that is left to chance is made by the SHA-256 of a name: the same data gives the same gallery.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from quoi.io.files import read_json
from quoi.nearest.search import Hit, Searcher

MODEL = Path("models/devise/model.json")
FIRST_WORD = "boat"
"""The lesson's own, which no label of ImageNet is; tried before any other."""
EXPRESSIONS = (("engine", "boat", "engine + boat"), ("beer", "party", "(beer + party) / 2"))
"""The lesson's own, each after its words."""
BESIDE = 6
"""Pictures beside a word."""
_FREQUENT = 20_000
"""Words of which one is chosen: people know them."""


@dataclass(frozen=True)
class Answer:
    """What is nearest to a picture, or to a word or an expression.

    Attributes:
        text: of the word or the expression; a picture's label.
        hits: nearest first.
        row: of a picture in the table of pictures.
        rank: of a picture's own label among all labels that have a vector, by cosine; 1 is nearest.
    """

    text: str
    hits: list[Hit]
    row: int | None = None
    rank: int | None = None


class Collection:
    """The pictures, where the model puts them, and which of their labels no training has seen.

    Raises:
        QuoiError: a file is absent or damaged, or the files do not fit together.
    """

    def __init__(self, root: Path) -> None:
        self.searcher = Searcher(root)
        self.searcher.index("images")  # is of this model, or says that it is not
        self.labels = self.searcher.images.table.column("label").to_pylist()
        self.unseen = frozenset(read_json(root / MODEL)["unseen"])
        classes = self.searcher.catalogue.labels.labels
        self.has_vector = dict(zip(classes.names, classes.found.tolist(), strict=True))
        """By label."""

    @cached_property
    def predictions(self) -> np.ndarray:
        """Where the model puts each picture: float32 unit rows [pictures, d]."""
        return np.asarray(self.searcher.catalogue.vectors("images"))

    @cached_property
    def picture_of(self) -> dict[str, int]:
        """The picture that stands for a label: its first."""
        return {label: row for row, label in reversed(list(enumerate(self.labels)))}

    @cached_property
    def places(self) -> tuple[list[str], np.ndarray]:
        """Labels that have a vector, and where they are: float32 unit rows [labels, d]."""
        vectors = self.searcher.catalogue.vectors("classes")
        names = [name for name, has_vector in self.has_vector.items() if has_vector]
        return names, vectors[np.array(list(self.has_vector.values()))]

    def ranks(self, rows: Sequence[int]) -> np.ndarray:
        """How near each picture's own label is, among all that have a vector: int [rows], 1 is nearest."""
        names, vectors = self.places
        place_of = {name: place for place, name in enumerate(names)}
        ranks = []
        for row in rows:
            nearness = vectors @ self.predictions[row]
            own = place_of[self.labels[row]]
            ahead = (nearness > nearness[own]).sum() + (nearness[:own] == nearness[own]).sum()
            ranks.append(1 + int(ahead))
        return np.array(ranks, dtype=int)

    def one_of_each(self, unseen: bool) -> list[int]:
        """A picture of each label that has a vector and was seen in training, or was not; the drawn ones first."""
        by_label: dict[str, list[int]] = {}
        for row, label in enumerate(self.labels):
            if self.has_vector[label] and (label in self.unseen) == unseen:
                by_label.setdefault(label, []).append(row)
        return [int(drawn(map(str, by_label[label]))[0]) for label in drawn(by_label)]

    def nearest(self, kind: str, rows: Sequence[int], top: int) -> list[Answer]:
        """What is nearest to each picture among `classes`, `nouns` or the other `images`; none where there are none."""
        if not len(self.searcher.index(kind)):
            return []
        answers = []
        for row, rank in zip(rows, self.ranks(rows).tolist(), strict=True):
            hits = self.searcher.nearest(kind, self.predictions[row], top + (kind == "images"))
            hits = [hit for hit in hits if kind != "images" or hit.row != row][:top]
            answers.append(Answer(self.labels[row], hits, row, rank))
        return answers

    def pictures_for(self, text: str) -> Answer:
        """The pictures nearest to an expression."""
        return Answer(text, self.searcher.nearest("images", self.searcher.expression(text), BESIDE))

    def is_known(self, *words: str) -> bool:
        """Whether all of some words have vectors."""
        return all(self.searcher.words.vector(word) is not None for word in words)


def drawn(names: Iterable[str]) -> list[str]:
    """Names in an order that is none: by their SHA-256."""
    return sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())


def pictures(collection: Collection, hits: int, misses: int, seen: int, top: int) -> list[int]:
    """Drawn pictures of unseen labels, some whose label is among the first `top` and some whose is not, then of seen.

    Where there are too few of one sort, there are more of the other.
    """
    rows, trained = collection.one_of_each(unseen=True), collection.one_of_each(unseen=False)
    among = collection.ranks(rows) <= top
    hit_rows = [row for row, hit in zip(rows, among, strict=True) if hit]
    missed_rows = [row for row, hit in zip(rows, among, strict=True) if not hit]
    both = hits + misses
    first, then = max(hits, both - len(missed_rows)), max(misses, both - len(hit_rows))
    return hit_rows[:first] + missed_rows[:then] + trained[:seen]


def words(collection: Collection, count: int) -> tuple[list[Answer], int]:
    """Words that are no label, with their nearest pictures; and among how many all but the first were chosen.

    `FIRST_WORD` comes first where it has a vector and is no label. The others are frequent nouns that stand in no
    label: those nearest to their pictures that share none with another and, where there are such, with a picture
    of an unseen label among them.
    """
    searcher = collection.searcher
    taken = _label_words(collection)
    chosen = []
    if FIRST_WORD not in collection.has_vector and collection.is_known(FIRST_WORD):
        chosen.append(collection.pictures_for(FIRST_WORD))
    lemmas = {lemma for row in searcher.catalogue.labels.nouns.table.column("lemmas").to_pylist() for lemma in row}
    known = [
        (row, word)
        for row, word in enumerate(list(searcher.words.rows)[:_FREQUENT])
        if word in lemmas and word not in taken and word != FIRST_WORD and re.fullmatch("[a-z]{3,}", word)
    ]
    if not known:
        return chosen, 0
    vectors = searcher.catalogue.space.apply(np.array(searcher.words.vectors[[row for row, _ in known]]))
    near = searcher.index("images").neighbours(vectors, BESIDE)
    order = sorted(range(len(known)), key=lambda place: (-float(near[place][1].mean()), place))
    shown = {hit.row for answer in chosen for hit in answer.hits}
    for wanted in (True, False):
        for place in order:
            rows = set(near[place][0].tolist())
            unseen = any(collection.labels[row] in collection.unseen for row in rows)
            if len(chosen) < count and unseen == wanted and not rows & shown:
                shown |= rows
                chosen.append(collection.pictures_for(known[place][1]))
    return chosen, len(known)


def expressions(collection: Collection) -> list[Answer]:
    """Means of two words, each as three: the first word, the second, and the expression.

    The lesson's own where their words have vectors; else drawn pairs of labels.
    """
    threes = [three for three in EXPRESSIONS if collection.is_known(*three[:2])]
    if not threes:
        labels = drawn(
            name
            for name, has_vector in collection.has_vector.items()
            if has_vector and re.fullmatch("[a-z]+", name) and collection.is_known(name)
        )
        pairs = list(zip(labels[::2], labels[1::2], strict=False))[: len(EXPRESSIONS)]
        threes = [(one, other, f"{one} + {other}") for one, other in pairs]
    return [collection.pictures_for(text) for three in threes for text in three]


def _label_words(collection: Collection) -> set[str]:
    """Every word of a label, of the lemmas of its synset, and of what its vector is the mean of."""
    table = collection.searcher.catalogue.labels.labels.table
    texts = set(collection.has_vector)
    for column in ("lemmas", "words"):
        texts.update(text for row in table.column(column).to_pylist() for text in row)
    return {word for text in texts for word in re.findall(r"\w+", text.lower())}
