"""Labels to WordNet's synsets to word vectors: what data/labels is made of."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from quoi.io.errors import QuoiError
from quoi.io.files import replacing, write_json
from quoi.params.vectors import Labels, LabelVectors
from quoi.records.checks import Measures
from quoi.vectors import words
from quoi.vectors.labels import LABELS, NOUNS, SOURCE, VECTORS
from quoi.vectors.packages import GlovePackage
from quoi.vectors.phrases import Chosen, choose, first_known, spellings
from quoi.vectors.published import OnBad, Published, open_file
from quoi.vectors.wordnet import Nouns, nouns

Vectors = GlovePackage | Published


class Label(NamedTuple):
    """A label and what it is made of."""

    name: str
    synset: str | None
    lemmas: tuple[str, ...]
    chosen: Chosen


def open_vectors(given: LabelVectors, on_bad_row: OnBad = "fail") -> Vectors:
    """The source of word vectors that `labels.vectors` names; of a text file, bad rows are left out or refused.

    Raises:
        QuoiError: as `GlovePackage.open` or `quoi.vectors.published.open_file`.
    """
    if given.source == "glove-50d":
        return GlovePackage.open()
    return open_file(given.source, given, "labels.vectors", "en", on_bad_row)


def checks(counts: dict[str, int]) -> Measures:
    """What `write` counted, as shares."""
    return Measures({f"{name}_found": counts[f"{name}_found"] / counts[name] for name in ("labels", "nouns")})


def write(
    folder: Path, names: Sequence[str], synsets: Sequence[str | None], settings: Labels, source: Vectors
) -> dict[str, int]:
    """Write data/labels (see `quoi.vectors.labels.Labels` and `quoi.vectors.words.Words`), whole or not at all.

    Args:
        names: the label of each picture.
        synsets: the synset of each picture, like n02084071, where its source knows it.
        source: as `open_vectors` gives it.

    Returns:
        Counts: `labels`; of these `labels_found`, with a vector, `labels_whole`, all of whose words have one,
        `labels_with_synset`, `labels_with_unknown_synset` (given, but none of the nouns) and
        `labels_with_several_synsets` (given, of which the lowest counts); `nouns` and `nouns_found`; `words`, that a
        search knows, and `dimensions`.

    Raises:
        QuoiError: there is no label; none of them has a vector; or as `quoi.vectors.wordnet.nouns` and the source.
    """
    given: dict[str, set[str]] = {}
    for name, synset in zip(names, synsets, strict=True):
        given.setdefault(name, set()).update(filter(None, [synset]))
    if not given:
        raise QuoiError("There is no picture, and so no label.")
    known = nouns(settings)
    asked = sorted(spellings([*given, *(lemma for synset in known.synsets for lemma in synset.lemmas)]))
    answer = source.lookup(asked)
    own = answer.found & ~answer.by_subwords
    rows = {asked[row]: row for row in np.flatnonzero(own).tolist()}

    labels = [_label(name, min(given[name], default=None), known, rows) for name in sorted(given)]
    things = [Label(each.lemmas[0], each.id, each.lemmas, first_known(each.lemmas, rows)) for each in known.synsets]
    if not any(label.chosen.words for label in labels):
        raise QuoiError(f"None of the {len(labels):,} labels has a word vector; the first is {labels[0].name!r}.")
    with replacing(folder) as partial:
        partial.mkdir()
        tensors = {"labels": _means(labels, rows, answer.vectors), "nouns": _means(things, rows, answer.vectors)}
        _save(partial, labels, things, tensors)
        told = source.describe() | {"dimensions": int(answer.vectors.shape[1])}
        del answer, tensors
        count = words.write(partial, source.frequent(settings.vectors.words), told["dimensions"])
        write_json(partial / SOURCE, {"vectors": told, "nouns": known.source | {"count": len(known)}})
    return {
        "labels": len(labels),
        "labels_found": sum(bool(label.chosen.words) for label in labels),
        "labels_whole": sum(bool(label.chosen.words) and not label.chosen.missed for label in labels),
        "labels_with_synset": sum(label.synset is not None for label in labels),
        "labels_with_unknown_synset": sum(any(not known.of_id(each) for each in ids) for ids in given.values()),
        "labels_with_several_synsets": sum(len(ids) > 1 for ids in given.values()),
        "nouns": len(known),
        "nouns_found": sum(bool(each.chosen.words) for each in things),
        "words": count,
        "dimensions": told["dimensions"],
    }


def _label(name: str, given: str | None, known: Nouns, rows: Container[str]) -> Label:
    """A label of a known synset stands for its lemmas. Any other is its own words, where all of these have vectors;
    else, where it is a lemma itself, it stands for its synset's.
    """
    if given and (synset := known.of_id(given)):
        return Label(name, synset.id, synset.lemmas, first_known(synset.lemmas, rows))
    synset = known.named(name)
    if not synset:
        return Label(name, None, (), choose(name, rows))
    return Label(name, synset.id, synset.lemmas, first_known((name, *synset.lemmas), rows))


def _means(labels: Sequence[Label], rows: dict[str, int], vectors: np.ndarray) -> np.ndarray:
    """float32 (labels, dimensions)."""
    means = np.zeros((len(labels), vectors.shape[1]), dtype=np.float32)
    for mean, label in zip(means, labels, strict=True):
        if label.chosen.words:
            mean[:] = vectors[[rows[word] for word in label.chosen.words]].mean(axis=0)
    return means


def _save(folder: Path, labels: Sequence[Label], things: Sequence[Label], tensors: dict[str, np.ndarray]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from safetensors.numpy import save_file

    texts = pa.list_(pa.string())

    def columns(rows: Sequence[Label]) -> dict[str, Any]:
        return {
            "synset": pa.array([row.synset for row in rows], pa.string()),
            "lemmas": pa.array([row.lemmas for row in rows], texts),
            "words": pa.array([row.chosen.words for row in rows], texts),
            "found": pa.array([bool(row.chosen.words) for row in rows], pa.bool_()),
        }

    named = {"label": pa.array([row.name for row in labels], pa.string()), **columns(labels)}
    missed = pa.array([row.chosen.missed for row in labels], texts)
    pq.write_table(pa.table(named | {"missed": missed}), folder / LABELS, compression="zstd")
    pq.write_table(pa.table(columns(things)), folder / NOUNS, compression="zstd")
    save_file(tensors, folder / VECTORS)
