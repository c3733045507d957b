"""Translations side by side, and the words that have no vector."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quoi.io.errors import absent
from quoi.io.files import read_json
from quoi.params.languages import SIDES
from quoi.records.results import Result
from quoi.report.progression import escaped, markdown

_TRAINING = ("words_read", "epochs", "learning_rate", "window")


def sample_table(results: Sequence[Result]) -> str:
    """A markdown table of the same validation sentences: source, reference, each variant's beam translation.

    A translation equal to its reference is marked with a tick.
    """
    source, target = results[0].language_names
    head = [source, f"reference ({target})", *(f"`{result.variant}`" for result in results)]
    rows = []
    for place, sentence in enumerate(results[0].samples):
        row = [escaped(sentence["source"]), escaped(sentence["reference"])]
        for result in results:
            translated = result.samples[place]["beam"]
            tick = "✓ " if translated.strip() == sentence["reference"].strip() else ""
            row.append(tick + (escaped(translated) or "*(empty)*"))
        rows.append(row)
    return markdown(head, rows, left=len(head))


def missed_words(languages: Sequence[str], root: Path = Path(), most: int = 40) -> str:
    """The words without a vector of their own, as markdown: how many of each language, and the most frequent ones.

    Args:
        languages: the names of source and target; most: words shown of each.

    Raises:
        QuoiError: a report of the word vectors is absent or damaged.
    """
    columns: dict[str, dict[str, str]] = {}
    lists = []
    for side, name in zip(SIDES, languages, strict=True):
        report = read_json(root / f"reports/vectors/{side}.json")
        without, with_subwords = report["missed"] + report["by_subwords"], report["missed_with_subwords"]
        columns[name] = {
            "vectors": _origin(report["source"]),
            "words of the vocabulary": f"{report['words']:,}",
            "without a vector of their own": f"{without:,} ({100 * without / max(1, report['words']):.1f} %)",
            "of these, made of their subwords": f"{report['by_subwords']:,}",
            "of these, drawn at random": f"{report['missed']:,}",
            "drawn at random if subwords were used": "–" if with_subwords is None else f"{with_subwords:,}",
        }
        words = _missed(root / f"reports/vectors/missed.{side}.csv")[:most]
        lists.append(f"- {name}: " + (", ".join(f"{escaped(word)} ({count:,})" for word, count in words) or "none"))
    rows = [[fact, *(column[fact] for column in columns.values())] for fact in columns[languages[0]]]
    head = f"At most {most} of them, the most frequent first, with their counts in the corpus:"
    return "\n".join((markdown(["", *columns], rows, left=3), f"{head}\n", *lists, ""))


def _origin(source: Mapping[str, Any]) -> str:
    """Where the vectors are from."""
    if source["name"] == "random":
        return "drawn from N(0, 1): they know nothing of the words"
    if source["name"] == "train":
        settings = (f"{key.replace('_', ' ')} {source[key]:,}" for key in _TRAINING)
        return ", ".join(("skip-gram trained here", *settings))
    file = escaped(source["file"])
    linked = f"[{file}]({source['url']})" if source["url"] else file
    return f"{linked}, {source['words']:,} words, licence: {escaped(source['licence'])}"


def _missed(path: Path) -> list[tuple[str, int]]:
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return [(row["word"], int(row["count"])) for row in csv.DictReader(lines)]
    except FileNotFoundError:
        raise absent(path) from None
