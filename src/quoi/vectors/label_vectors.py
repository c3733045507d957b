"""Labels to WordNet's synsets to word vectors: what data/labels is made of."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from quoi.corpus.lines import OnBad
from quoi.io.errors import QuoiError
from quoi.io.files import replacing, write_json
from quoi.params.vectors import Labels
from quoi.records.checks import Measures
from quoi.vectors import words
from quoi.vectors.labels import LABELS, NOUNS, SOURCE, VECTORS
from quoi.vectors.phrases import Spelled, first_known, spell, spellings
from quoi.vectors.published import open_file
from quoi.vectors.wordnet import Nouns, nouns


class Label(NamedTuple):
    """A label or a noun, and what it is made of."""

    name: str
    synset: str | None
    lemmas: tuple[str, ...]
    spelled: Spelled


def checks(counts: dict[str, int]) -> Measures:
    """What `write` counted, as shares."""
    return Measures({f"{name}_found": counts[f"{name}_found"] / counts[name] for name in ("labels", "nouns")})


def write(
    folder: Path,
    names: Sequence[str],
    synsets: Sequence[str | None],
    settings: Labels,
    on_bad_row: OnBad = "fail",
    say: Callable[[str], None] = lambda sentence: None,
) -> dict[str, int]:
    """Write what `quoi.vectors.labels.LabelTables` and `quoi.vectors.words.SearchWords` open, whole or not at all.

    Args:
        names: the label of each picture.
        synsets: the synset of each picture, like n02084071, where its source knows it.
        on_bad_row: of vectors in text, as for `quoi.vectors.text_file.TextFile`.
        say: is called with what is read and, in the end, how many were found.

    Returns:
        Counts: `labels`; of these `labels_found`, with a vector, `labels_whole`, all of whose words have one,
        `labels_with_synset`, `labels_with_unknown_synset` (given, but none of the nouns) and
        `labels_with_several_synsets` (given, of which the lowest counts); `nouns` and `nouns_found`; `words`, that a
        search knows, and `dimensions`.

    Raises:
        QuoiError: no label has a vector; or as `quoi.vectors.wordnet.nouns` and `quoi.vectors.published.open_file`.
    """
    synsets_of: dict[str, set[str]] = {}
    for name, synset in zip(names, synsets, strict=True):
        synsets_of.setdefault(name, set()).update(filter(None, [synset]))
    source = open_file(settings.vectors.source, settings.vectors, "labels.vectors", "en", on_bad_row)
    known = nouns(settings)
    asked = sorted(spellings([*synsets_of, *(lemma for synset in known.synsets for lemma in synset.lemmas)]))
    answer = source.answer(asked, say).without_subwords()
    rows = {asked[row]: row for row in np.flatnonzero(answer.found).tolist()}

    labels = [_label(name, min(synsets_of[name], default=None), known, rows) for name in sorted(synsets_of)]
    things = [Label(lemmas[0], id, lemmas, first_known(lemmas, rows)) for id, lemmas in known.synsets]
    if not any(label.spelled.words for label in labels):
        shown = ", ".join(label.name for label in labels[:3])
        raise QuoiError(f"None of the {len(labels):,} labels has a word vector: {shown}.")
    with replacing(folder) as partial:
        partial.mkdir()
        _save(partial, labels, things, rows, answer.vectors)
        about = source.describe() | {"dimensions": int(answer.vectors.shape[1])}
        del answer
        count = words.write(partial, source.frequent(settings.vectors.words), about["dimensions"])
        write_json(partial / SOURCE, {"vectors": about, "nouns": known.source | {"count": len(known)}})
    counts = {
        "labels": len(labels),
        "labels_found": sum(bool(label.spelled.words) for label in labels),
        "labels_whole": sum(bool(label.spelled.words) and not label.spelled.missed for label in labels),
        "labels_with_synset": sum(label.synset is not None for label in labels),
        "labels_with_unknown_synset": sum(any(not known.of_id(id) for id in ids) for ids in synsets_of.values()),
        "labels_with_several_synsets": sum(len(ids) > 1 for ids in synsets_of.values()),
        "nouns": len(known),
        "nouns_found": sum(bool(noun.spelled.words) for noun in things),
        "words": count,
        "dimensions": about["dimensions"],
    }
    say(
        f"{counts['labels_found']:,} of {len(labels):,} labels and {counts['nouns_found']:,} of {len(known):,} nouns "
        f"have a vector"
    )
    return counts


def _label(name: str, given: str | None, known: Nouns, rows: Container[str]) -> Label:
    """A label of a known synset stands for its lemmas. Any other is its own words, where all of these have vectors;
    else, where it is a lemma itself, it stands for its synset's.
    """
    if given and (synset := known.of_id(given)):
        return Label(name, synset.id, synset.lemmas, first_known(synset.lemmas, rows))
    synset = known.named(name)
    if not synset:
        return Label(name, None, (), spell(name, rows))
    return Label(name, synset.id, synset.lemmas, first_known((name, *synset.lemmas), rows))


def _means(labels: Sequence[Label], rows: dict[str, int], vectors: np.ndarray) -> np.ndarray:
    """float32 (labels, dimensions) of float32 (words, dimensions); zeros for a label without a word."""
    means = np.zeros((len(labels), vectors.shape[1]), dtype=np.float32)
    for mean, label in zip(means, labels, strict=True):
        if label.spelled.words:
            mean[:] = vectors[[rows[word] for word in label.spelled.words]].mean(axis=0)
    return means


def _save(
    folder: Path, labels: Sequence[Label], things: Sequence[Label], rows: dict[str, int], vectors: np.ndarray
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from safetensors.numpy import save_file

    texts = pa.list_(pa.string())

    def columns(entries: Sequence[Label]) -> dict[str, Any]:
        return {
            "synset": pa.array([entry.synset for entry in entries], pa.string()),
            "lemmas": pa.array([entry.lemmas for entry in entries], texts),
            "words": pa.array([entry.spelled.words for entry in entries], texts),
            "found": pa.array([bool(entry.spelled.words) for entry in entries], pa.bool_()),
        }

    named = {"label": pa.array([label.name for label in labels], pa.string()), **columns(labels)}
    missed = pa.array([label.spelled.missed for label in labels], texts)
    pq.write_table(pa.table(named | {"missed": missed}), folder / LABELS, compression="zstd")
    pq.write_table(pa.table(columns(things)), folder / NOUNS, compression="zstd")
    means = {"labels": _means(labels, rows, vectors), "nouns": _means(things, rows, vectors)}
    save_file(means, folder / VECTORS)
