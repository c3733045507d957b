"""How alike the vectors of two words are, by the lesson's measure, and what the vectors of the vocabulary are like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from quoi.corpus.vocabulary import Vocabulary
from quoi.io.files import read_json
from quoi.params import Params
from quoi.params.languages import Side
from quoi.vectors import published
from quoi.vectors.table import VectorTable, WordVectors

LESSON = (("jeremy", "Jeremy"), ("banana", "Jeremy"))
_NUMBERS = "words", "dimensions", "found", "by_subwords", "missed", "mean", "sd"


def correlate(
    params: Params, side: Side, pairs: Sequence[tuple[str, str]], say: Callable[[str], None]
) -> dict[str, Any]:
    """Correlate the vectors of pairs of words, as `np.corrcoef` does.

    Vectors trained or drawn here are those of the vocabulary, in data/vectors. Published ones are read from their
    file, where there are more words. Those of the vocabulary are described as the stage embed left it.

    Args:
        side: which vocabulary's, and which language's published ones.
        pairs: words as they are, upper case included.
        say: is called with what is being read, before that takes its time.

    Returns:
        `language`; `source`; `pairs`, each with its `words`, their `correlation` (None where a word has no vector or
        one whose numbers are equal), which words are `missing` and which have a vector `by_subwords`; `vocabulary`
        with its numbers, the mean and sd those before scaling, or None before embed has run.

    Raises:
        QuoiError: the table of vectors, a report or the vocabulary is damaged or, for vectors made here, absent; or
            as `open_published` and its `lookup`.
    """
    settings, language = params.vectors, params.languages.both[side]
    words = list(dict.fromkeys(word for pair in pairs for word in pair))
    report = Path(f"reports/vectors/{side}.json")
    if settings.made_here(language):
        vocabulary = Vocabulary.load(Path(f"data/ids/{side}.txt"))
        table = VectorTable.load(Path(f"data/vectors/{side}.safetensors"), len(vocabulary))
        rows = [vocabulary.words.index(word) if word in vocabulary else 0 for word in words]
        answer = WordVectors(table.vectors[rows], table.found[rows], np.zeros(len(rows), dtype=bool))
    else:
        answer = published.open_published(settings, language, "skip").answer(words, say)
        answer = answer if settings.subwords else answer.without_subwords()
    vectors = dict(zip(words, answer.vectors.astype(np.float64), strict=True))
    found, by_subwords = (dict(zip(words, kind, strict=True)) for kind in (answer.found, answer.by_subwords))
    numbers = read_json(report) if report.exists() else None
    return {
        "language": language,
        "source": settings.source_of(language),
        "pairs": [
            {
                "words": pair,
                "correlation": _correlation(*(vectors[word] for word in pair)),
                "missing": [word for word in dict.fromkeys(pair) if not found[word]],
                "by_subwords": [word for word in dict.fromkeys(pair) if by_subwords[word]],
            }
            for pair in pairs
        ],
        "vocabulary": numbers and {name: numbers[name] for name in _NUMBERS},
    }


def lines(result: dict[str, Any]) -> list[str]:
    """What `correlate` returns, for people."""
    width = max(len(word) for pair in result["pairs"] for word in pair["words"])
    shown = [f"{one:{width}}  {other:{width}}  " for one, other in (pair["words"] for pair in result["pairs"])]
    for row, pair in enumerate(result["pairs"]):
        if pair["missing"]:
            shown[row] += f"no vector for {' and '.join(pair['missing'])}"
        elif pair["correlation"] is None:
            shown[row] += "undefined: the numbers of a vector are all equal"
        else:
            shown[row] += f"{pair['correlation']:.4f}"
            shown[row] += f"  (by subwords: {', '.join(pair['by_subwords'])})" if pair["by_subwords"] else ""
    if result["vocabulary"] is None:
        return [*shown, "The vocabulary has no vectors yet: run `dvc repro`."]
    numbers = (
        "{words:,} words, {dimensions:,} dimensions, {found:,} found, {by_subwords:,} by subwords, {missed:,} missed, "
        "mean {mean:.4f}, sd {sd:.4f}"
    )
    return [*shown, f"vocabulary ({result['language']}): {numbers.format(**result['vocabulary'])}"]


def _correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Pearson's, of two vectors (dimensions,); None where the numbers of one are all equal, as those of no word are."""
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 0 and other.std() > 0 else None
