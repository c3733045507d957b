"""What features and places among words ought to look like: different for each picture, and no hub among labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quoi.devise.scores import hubness
from quoi.images.features import PictureFeatures
from quoi.io.geometry import cosines_of_pairs, evenly, mean_cosine, shares_of_directions, unit
from quoi.records.checks import Measures, histogram

MOST = 1_500
"""Pictures, at even distances, that features are measured on."""
DIRECTIONS = 5
HUBS = 0.01


def of_features(features: PictureFeatures) -> Measures:
    """Measures of the stage image_features, on the pictures as they are."""
    rows = evenly(len(features.vectors), MOST)
    return of_vectors(np.asarray(features.vectors[rows, 0], dtype=np.float64))


def of_vectors(vectors: np.ndarray) -> Measures:
    """How far vectors [n, f] tell n pictures apart."""
    deviations = vectors.std(axis=0)
    different = len(np.unique(vectors.round(6), axis=0))
    shuffled = np.random.default_rng(0).permuted(vectors, axis=0)  # each feature for itself, among the pictures
    title = "cosines of two pictures' features"
    return Measures(
        {
            "dead_features": float((deviations <= 1e-6 * max(deviations.max(), 1e-12)).mean()),
            "duplicate_features": 1 - different / len(vectors),
            "feature_cosine": mean_cosine(vectors),
            "feature_variance": float(shares_of_directions(vectors)[:DIRECTIONS].sum()),
        },
        series={title: histogram(cosines_of_pairs(vectors), -1, 1, 40)},
        controls={title: histogram(cosines_of_pairs(shuffled), -1, 1, 40)},
    )


def of_predictions(
    predictions: np.ndarray,
    labels: np.ndarray,
    names: Sequence[str],
    unseen: np.ndarray,
    bank: np.ndarray,
    neighbours: int,
) -> Measures:
    """Measures of a trained DeViSE, on pictures of labels that no training has seen.

    Args:
        predictions: of those pictures, unit rows [n, d].
        labels: all there are, unit rows [c, d], and their names; unseen: bool [c].
        bank: predictions of training pictures [m, d], for the hubness that is taken off; neighbours: CSLS's.
    """
    cosines, bank = unit(predictions) @ labels.T, unit(bank)
    answers = (2 * cosines - hubness(bank, labels, neighbours)).argmax(axis=1)
    counts = np.bincount(answers, minlength=len(labels))
    drawn = np.bincount(np.random.default_rng(0).integers(0, len(labels), len(answers)), minlength=len(labels))
    title = "how often the most frequent labels are answered"
    often = np.argsort(-counts, kind="stable")
    among = np.flatnonzero(unseen)
    first = (2 * cosines[:, among] - hubness(bank, labels[among], neighbours)).argmax(axis=1)
    return Measures(
        {
            "hub_share": float(counts[often[: max(1, round(HUBS * len(labels)))]].sum() / len(answers)),
            "never_found": 1 - len(np.unique(first)) / len(among),
            "answer_spread": float(cosines.std(axis=1).mean()),
            "collapse": mean_cosine(predictions),
        },
        {"labels answered most often": {names[row]: f"{counts[row]:,} of {len(answers):,}" for row in often[:10]}},
        {title: _most(counts)},
        {title: _most(drawn)},
    )


def _most(counts: np.ndarray, number: int = 40) -> dict[str, float]:
    """The largest counts, falling, by their rank."""
    return {str(rank): int(count) for rank, count in enumerate(np.sort(counts)[::-1][:number], 1)}
