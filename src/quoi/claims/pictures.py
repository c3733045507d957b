"""What the claims about pictures are decided by: labels that are found without having been seen, and words that find.

- hit@5: of the pictures whose label no training has seen, the share that has it among the nearest five of such labels,
  as in the report of DeViSE. Pictures of one label are not independent: an item is a label.
- precision@10: of the ten pictures nearest to a word that is no label, the share that shows such a thing. They are
  ranked as `quoi search` does, but exactly. A picture is right by WordNet: a noun sense of the word is its label's
  synset, or above that. Pictures whose label WordNet lacks are passed over, as nobody has said what they show. Chance
  is the share of right pictures among the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quoi.claims.kinds import PREDICTED
from quoi.devise.experiment import Experiment
from quoi.io.geometry import unit
from quoi.io.tables import read_columns
from quoi.vectors.hypernyms import Hypernyms, kinds
from quoi.vectors.labels import LabelTables
from quoi.vectors.words import SearchWords

HITS, FIRST = 5, 10
LEAST = 3
"""Pictures that must be right for a word: the lesson's `boat` has three among the default ones."""


@dataclass(frozen=True)
class Words:
    """Words to search by, W of them, that are no label and have at least LEAST right pictures.

    Attributes:
        texts: the words; numbers: int (W,), their places among all nouns.
        vectors: float32 (W, d).
        pictures: int (P,), rows of the pictures whose label WordNet knows.
        right: bool (W, P), which of them are.
    """

    texts: list[str]
    numbers: np.ndarray
    vectors: np.ndarray
    pictures: np.ndarray
    right: np.ndarray


def words(root: Path, hypernyms: Hypernyms) -> Words:
    """The words by the labels, nouns and pictures in `root`.

    Raises:
        QuoiError: a file is absent or damaged.
    """
    tables, known = LabelTables.open(root / "data/labels"), SearchWords.open(root / "data/labels")
    (label_of,) = read_columns(root / "data/images/images.parquet", ["label"])
    synset_of = dict(zip(tables.labels.names, tables.labels.synsets, strict=True))
    pictures = np.array([row for row, label in enumerate(label_of) if synset_of[label]], dtype=int)
    shown: dict[str, set[int]] = {}  # by kind of thing the pictures that show one
    for place, row in enumerate(pictures):
        for kind in kinds(synset_of[label_of[row]], hypernyms):
            shown.setdefault(kind, set()).add(place)
    right: dict[str, set[int]] = {}  # by noun, over its senses
    for synset, lemmas in zip(tables.nouns.synsets, tables.nouns.table.column("lemmas").to_pylist(), strict=True):
        for lemma in lemmas:
            right.setdefault(lemma, set()).update(shown.get(synset, ()))
    labels, nouns = {label.casefold() for label in synset_of}, sorted(right)
    numbers = [
        number
        for number, noun in enumerate(nouns)
        if len(right[noun]) >= LEAST and noun in known.rows and noun.casefold() not in labels
    ]
    texts = [nouns[number] for number in numbers]
    among = np.zeros((len(texts), len(pictures)), dtype=bool)
    for row, text in zip(among, texts, strict=True):
        row[list(right[text])] = True
    vectors = np.array(known.vectors[[known.rows[text] for text in texts]])
    return Words(texts, np.array(numbers, dtype=int), vectors, pictures, among)


def statistics(
    experiment: Experiment, predictions: Mapping[str, np.ndarray], labels: np.ndarray, asked: Words
) -> tuple[list[int], dict[str, list[list[int]]]]:
    """The items, and what `decision.score` needs of each by `METHOD/SCORE`; an item that a score lacks has zeros.

    Args:
        predictions: of all pictures, (pictures, d), by the experiment's names of methods.
        labels: int, the number of each label that has a word vector.
    """
    test = experiment.parts.test
    true = experiment.data.label_of[experiment.rows(test)]
    of_label = np.bincount(true, minlength=len(test))[test]
    chance = np.stack([min(HITS, test.sum()) * of_label, test.sum() * of_label], 1)
    hits, found = {"chance": chance}, {"chance": by_chance(asked.right)}
    for method, name in PREDICTED.items():
        made = predictions[name]
        hit = true[experiment.ranks(made) < HITS]
        hits[method] = np.stack([np.bincount(hit, minlength=len(test))[test], of_label], 1)
        places = experiment.space_of(made).apply(asked.vectors)
        found[method] = first_right(made[asked.pictures], places, asked.right)
    none = np.zeros((int(test.sum()), 2), int), np.zeros((len(asked.texts), 2), int)
    tables = {f"{method}/hit@5": np.concatenate([table, none[1]]) for method, table in hits.items()}
    tables |= {f"{method}/precision@10": np.concatenate([none[0], table]) for method, table in found.items()}
    items = [*labels[test].tolist(), *(len(test) + asked.numbers).tolist()]
    return items, {name: table.tolist() for name, table in tables.items()}


def first_right(pictures: np.ndarray, places: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Of the FIRST pictures nearest to each word those that are right, and how many these were, (W, 2).

    Args:
        pictures: predictions (P, d), of any length.
        places: of the words, (W, d).
        right: bool (W, P).
    """
    first = np.argsort(-(unit(places) @ unit(pictures).T), axis=1, kind="stable")[:, :FIRST]
    hits = np.take_along_axis(right, first, axis=1).sum(1)
    return np.stack([hits, np.full(len(hits), first.shape[1])], 1)


def by_chance(right: np.ndarray) -> np.ndarray:
    """The right pictures of each word and all pictures, (W, 2), of bool (W, P): what drawn ones would give."""
    return np.stack([right.sum(1), np.full(len(right), right.shape[1])], 1)
