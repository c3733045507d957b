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

from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.nearest.search import Hit, Searcher

MODEL = Path("models/devise/model.json")
FIRST_WORD = "boat"
"""The lesson's own, which no label of ImageNet is; tried before any other."""
EXPRESSIONS = ("engine + boat", "(beer + party) / 2")
"""The lesson's own."""
BESIDE = 6
"""Pictures beside a word."""
_FREQUENT = 20_000
"""Words of which one is chosen: people know them."""


@dataclass(frozen=True)
class Asked:
    """A picture, and what is nearest to where the model puts it.

    Attributes:
        row: of the table of pictures.
        rank: of its own label among all labels that have a vector, by cosine; 1 is nearest.
        hits: nearest first.
    """

    row: int
    label: str
    unseen: bool
    rank: int
    hits: list[Hit]


@dataclass(frozen=True)
class Found:
    """A word or an expression, and the pictures nearest to it."""

    text: str
    hits: list[Hit]


class Collection:
    """The pictures, where the model puts them, and which of their labels no training has seen.

    Args:
        root: the root of the repository.

    Raises:
        QuoiError: a file is absent or damaged, or the files do not fit together.
    """

    def __init__(self, root: Path | str = ".") -> None:
        self.searcher = Searcher(root)
        table = self.searcher.images.table
        self.labels, self.splits = (table.column(name).to_pylist() for name in ("label", "split"))
        told = read_json(Path(root) / MODEL)
        unseen = told.get("unseen") if isinstance(told, dict) else None
        if not isinstance(unseen, list):
            raise QuoiError(f"{Path(root) / MODEL} does not say which labels are unseen: run `dvc repro train_devise`.")
        self.unseen = frozenset(unseen)
        self.left_out = bool(told.get("settings", {}).get("kernel", {}).get("weight"))
        """Whether a training picture is placed as if part of the model had not seen it."""
        classes = self.searcher.catalogue.labels.labels
        self.found = dict(zip(classes.names, classes.found.tolist(), strict=True))
        """By label, whether it has a vector."""
        if unknown := set(self.labels) - self.found.keys():
            raise QuoiError(f"data/labels does not know the label {min(unknown)!r}: run `dvc repro`.")

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
        return [name for name, found in self.found.items() if found], vectors[np.array(list(self.found.values()))]

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
            if self.found[label] and (label in self.unseen) == unseen:
                by_label.setdefault(label, []).append(row)
        return [int(drawn(map(str, by_label[label]))[0]) for label in drawn(by_label)]

    def asked(self, kind: str, rows: Sequence[int], top: int) -> list[Asked]:
        """What is nearest to each picture among `classes`, `nouns` or the other `images`."""
        answers = []
        for row, rank in zip(rows, self.ranks(rows).tolist(), strict=True):
            hits = self.searcher.nearest(kind, self.predictions[row], top + (kind == "images"))
            hits = [hit for hit in hits if kind != "images" or hit.row != row][:top]
            label = self.labels[row]
            answers.append(Asked(row, label, label in self.unseen, rank, hits))
        return answers

    def pictures_for(self, text: str, top: int = BESIDE) -> Found:
        """The pictures nearest to an expression."""
        return Found(text, self.searcher.nearest("images", self.searcher.expression(text), top))


def drawn(names: Iterable[str]) -> list[str]:
    """Names in an order that is none: by their SHA-256."""
    return sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())


def pictures(collection: Collection, hits: int, misses: int, seen: int, top: int) -> list[int]:
    """Drawn pictures of unseen labels, some whose label is among the first `top` and some whose is not, then of seen.

    Where there are too few of one sort, there are more of the other.
    """
    rows, trained = collection.one_of_each(unseen=True), collection.one_of_each(unseen=False)
    if not rows:
        return trained[: hits + misses + seen]
    among = collection.ranks(rows) <= top
    found = [row for row, hit in zip(rows, among, strict=True) if hit]
    missed = [row for row, hit in zip(rows, among, strict=True) if not hit]
    both = hits + misses
    return found[: max(hits, both - len(missed))] + missed[: max(misses, both - len(found))] + trained[:seen]


def words(collection: Collection, count: int) -> tuple[list[Found], int]:
    """Words that are no label, with their nearest pictures; and among how many all but the first were chosen.

    `FIRST_WORD` comes first where it has a vector and is no label. The others are frequent nouns that stand in no
    label: those nearest to their pictures that share none with another and, where there are such, with a picture
    of an unseen label among them.
    """
    searcher = collection.searcher
    taken = _label_words(collection)
    chosen = []
    if FIRST_WORD not in collection.found and searcher.words.vector(FIRST_WORD) is not None:
        chosen.append(collection.pictures_for(FIRST_WORD))
    lemmas = {
        lemma for of_one in searcher.catalogue.labels.nouns.table.column("lemmas").to_pylist() for lemma in of_one
    }
    frequent = searcher.words.names[:_FREQUENT].to_pylist()
    known = [
        (row, word)
        for row, word in enumerate(frequent)
        if word in lemmas and word not in taken and word != FIRST_WORD and re.fullmatch("[a-z]{3,}", word)
    ]
    if not known:
        return chosen, 0
    vectors = searcher.catalogue.space.apply(np.array(searcher.words.vectors[[row for row, _ in known]]))
    near = searcher.index("images").neighbours(vectors, BESIDE)
    order = sorted(range(len(known)), key=lambda place: (-float(near[place][1].mean()), place))
    shown = {hit.row for found in chosen for hit in found.hits}
    for wanted in (True, False):
        for place in order:
            rows = set(near[place][0].tolist())
            unseen = any(collection.labels[row] in collection.unseen for row in rows)
            if len(chosen) < count and unseen == wanted and not rows & shown:
                shown |= rows
                chosen.append(collection.pictures_for(known[place][1]))
    return chosen, len(known)


def expressions(collection: Collection) -> list[list[Found]]:
    """Means of two words, each as three: the first word, the second, and the expression.

    The lesson's own where their words have vectors; else drawn pairs of labels.
    """
    vector = collection.searcher.words.vector
    texts = [
        (*_words_of(text), text) for text in EXPRESSIONS if all(vector(word) is not None for word in _words_of(text))
    ]
    if not texts:
        labels = drawn(
            name
            for name, found in collection.found.items()
            if found and re.fullmatch("[a-z]+", name) and vector(name) is not None
        )
        pairs = zip(labels[::2], labels[1::2], strict=False)
        texts = [(one, other, f"{one} + {other}") for one, other in list(pairs)[: len(EXPRESSIONS)]]
    return [[collection.pictures_for(text) for text in three] for three in texts]


def _words_of(text: str) -> list[str]:
    return re.findall("[a-z]+", text)


def _label_words(collection: Collection) -> set[str]:
    """Every word of a label, of the lemmas of its synset, and of what its vector is the mean of."""
    table = collection.searcher.catalogue.labels.labels.table
    texts = set(collection.found)
    for column in ("lemmas", "words"):
        texts.update(text for row in table.column(column).to_pylist() for text in row)
    return {word for text in texts for word in re.findall(r"\w+", text.lower())}
