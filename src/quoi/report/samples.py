"""Translations side by side, and the words that have no vector."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.records.results import Result
from quoi.report.progression import escaped, markdown

_LANGUAGES = {"en": "English", "fr": "French"}


def sample_table(results: Sequence[Result]) -> str:
    """A markdown table of the same validation sentences: source, reference, each variant's beam translation.

    A translation equal to its reference is marked with a tick.

    Raises:
        QuoiError: the variants' samples are not of the same sentences.
    """
    sentences = results[0].samples
    for result in results[1:]:
        if [s["source"] for s in result.samples] != [s["source"] for s in sentences]:
            raise QuoiError(
                f"The samples of {result.variant} are of other sentences than those of {results[0].variant}: "
                f"run `dvc repro train@{result.variant}`."
            )
    source, target = (_LANGUAGES[language] for language in results[0].direction.split("-"))
    head = [source, f"reference ({target})", *(f"`{result.variant}`" for result in results)]
    rows = []
    for place, sentence in enumerate(sentences):
        row = [escaped(sentence["source"]), escaped(sentence["reference"])]
        for result in results:
            translated = result.samples[place]["beam"]
            tick = "✓ " if translated.strip() == sentence["reference"].strip() else ""
            row.append(tick + (escaped(translated) or "*(empty)*"))
        rows.append(row)
    return markdown(head, rows, left=len(head))


def samples_page(results: Sequence[Result]) -> str:
    """samples.md: the table and what it shows."""
    return (
        "# Sample translations\n\n"
        "The same validation questions translated by each variant's best seed, beam search of width "
        f"{results[0].beam}; ✓ marks a translation that equals the reference.\n\n" + sample_table(results)
    )


def missed_words(root: Path | str = ".", most: int = 40) -> str:
    """The words without a vector of their own, most frequent first, as markdown: a part for each language.

    Args:
        root: the root of the repository.
        most: words shown a language.

    Raises:
        QuoiError: a report of the word vectors is absent or damaged.
    """
    parts = []
    for language, name in _LANGUAGES.items():
        told = read_json(Path(root) / f"reports/vectors/{language}.json")
        missed = _missed(Path(root) / f"reports/vectors/missed.{language}.csv")
        absent = told["missed"] + told.get("by_subwords", 0)
        share = 100 * absent / max(1, told["words"])
        part = f"### {name}\n\n{_origin(told.get('source', {}))}"
        part += f"{absent:,} of {told['words']:,} words ({share:.1f} %) have no vector of their own"
        if absent:
            part += (
                f": {told.get('by_subwords', 0):,} got one from their subwords, {told['missed']:,} are drawn at random"
            )
        with_subwords = told.get("missed_with_subwords")
        if with_subwords is not None and with_subwords < told["missed"]:
            part += f" (with subwords, {with_subwords:,} would be)"
        if not missed:
            parts.append(part + ".\n")
            continue
        shown = missed[:most]
        part += f". The {'most frequent' if len(missed) > most else 'whole list'}, with their counts in the corpus:\n\n"
        parts.append(part + ", ".join(f"{escaped(word)} ({count:,})" for word, count in shown) + "\n")
    return "\n".join(parts)


def _origin(source: Mapping[str, Any]) -> str:
    """A sentence on where the vectors are from."""
    match source.get("name", "train"):
        case "train":
            if "epochs" not in source:
                return ""
            return (
                f"Trained here: skip-gram over {source['words_read']:,} words of text, {source['epochs']} times, at a "
                f"rate of {source['learning_rate']:g} and {source['window']} words to either side. "
            )
        case "random":
            return "Drawn from N(0, 1): they know nothing of the words. "
    name = escaped(source["file"])
    named = f"[{name}]({source['url']})" if source["url"] else name
    return f"Vectors: {named}, {source['words']:,} words, licence: {escaped(source['licence'])}. "


def _missed(path: Path) -> list[tuple[str, int]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return [(row["word"], int(row["count"])) for row in csv.DictReader(lines)]
    except FileNotFoundError:
        raise QuoiError(f"{path} does not exist yet: run `dvc repro embed`.") from None
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise QuoiError(f"{path} is damaged ({error}): run `dvc repro embed`.") from None
