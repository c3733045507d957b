"""What word vectors ought to look like: whether they tell words apart, and what they hold to be alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.io.geometry import cosines_of_pairs, mean_cosine, shares_of_directions
from quoi.records.checks import Measures, histogram
from quoi.vectors.table import VectorTable

DIRECTIONS = 20
"""The variance in a twentieth of the directions is measured: little more than 0.05 for vectors from N(0, 1)."""
FREQUENT = 5_000
"""Words among which neighbours are looked for."""
ASKED, NEIGHBOURS, LONG = 10, 5, 5
"""The neighbours of so many frequent words are shown, of words longer than this, which function words are not."""
ENOUGH = 100
"""Among fewer words, one that is the nearest of many says nothing."""


def measure(vocabulary: Vocabulary, table: VectorTable) -> Measures:
    """Measure the vectors that a vocabulary has.

    Args:
        table: of the vocabulary, its words from the most frequent on.

    Returns:
        the measures, the nearest neighbours of frequent words by cosine, the cosines of pairs of words drawn by chance,
        and the share of the variance in each direction; of the last two also what vectors drawn from N(0, 1) have.
    """
    rows = np.flatnonzero(table.found)
    vectors = table.vectors[rows].astype(np.float64)
    words = [vocabulary.words[row] for row in rows]
    lengths = np.linalg.norm(vectors, axis=1)
    shares = shares_of_directions(vectors)
    drawn = np.random.default_rng(0).standard_normal(vectors.shape)
    frequent = vectors[:FREQUENT] / np.maximum(lengths[:FREQUENT], 1e-12)[:, None]
    nearest = _nearest(frequent, np.arange(len(frequent)), 1)[:, 0] if len(frequent) > 1 else np.zeros(1, int)
    values = {
        "found_share": len(rows) / max(1, len(vocabulary) - len(SPECIALS)),
        "mean_cosine": mean_cosine(vectors),
        "top_directions": shares[: max(1, vectors.shape[1] // DIRECTIONS)].sum(),
        "spread": float(vectors.std()),
        "norm_variation": float(lengths.std() / max(lengths.mean(), 1e-12)),
        "norm_frequency": _rank_correlation(-np.arange(len(lengths)), lengths),
        "same_neighbour": float(np.bincount(nearest).max() / len(nearest)) if len(nearest) >= ENOUGH else 0.0,
    }
    asked = [row for row, word in enumerate(words[:FREQUENT]) if len(word) > LONG and word.isalpha()][:ASKED]
    shown = {
        words[row]: ", ".join(words[neighbour] for neighbour in neighbours)
        for row, neighbours in zip(asked, _nearest(frequent, np.array(asked, dtype=int), NEIGHBOURS), strict=True)
    }
    return Measures(
        values, {"nearest words": shown}, _series(vectors, shares), _series(drawn, shares_of_directions(drawn))
    )


def _series(vectors: np.ndarray, shares: np.ndarray) -> dict[str, dict[str, float]]:
    return {
        "cosines of two words": histogram(cosines_of_pairs(vectors), -1, 1, 40),
        "share of the variance, direction by direction": {
            str(number): share for number, share in enumerate(shares[:50].tolist(), 1)
        },
    }


def _nearest(units: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """Int [rows, count] of the rows of unit vectors that have the largest cosines with each of `rows`, itself left out.

    Of equals the first comes first.
    """
    count = min(count, len(units) - 1)
    nearest = np.empty((len(rows), count), dtype=np.int64)
    for start in range(0, len(rows), 1024):
        block = rows[start : start + 1024]
        cosines = units[block] @ units.T
        cosines[np.arange(len(block)), block] = -np.inf
        nearest[start : start + 1024] = (
            np.argsort(-cosines, axis=1, kind="stable")[:, :count] if count > 1 else cosines.argmax(axis=1)[:, None]
        )
    return nearest


def _rank_correlation(one: Sequence[float] | np.ndarray, other: Sequence[float] | np.ndarray) -> float:
    """Spearman's, of equals the first before the second; 0 where one of the two is constant."""
    if min(np.ptp(one), np.ptp(other)) == 0:
        return 0.0
    # To import scipy's would take as long as everything else that is measured here.
    return float(np.corrcoef(*(np.argsort(np.argsort(values, kind="stable")) for values in (one, other)))[0, 1])
