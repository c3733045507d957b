"""Kernel ridge regression: what a picture looks like, weighted by the pictures that look like it.

Visual nearest neighbours average the word vectors of the most similar pictures; here the weights are solved for, so
that pictures which resemble each other do not count twice (Saunders, Gammerman and Vovk 1998). With a linear kernel it
is ridge regression. Predictions of the training pictures themselves are leave-one-out, exactly, for the price of one
inversion (Cawley and Talbot 2003, equation 8).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Similarity = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Of unit rows [n, f] and [m, f]: float64 [n, m]."""

_ROWS = 4096


def linear(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The cosine of unit rows [n, f] and [m, f]: float64 [n, m]."""
    return left.astype(np.float64) @ right.T.astype(np.float64)


def exponential(width: float) -> Similarity:
    """exp((cosine - 1) / width): a Gaussian of the distance between unit vectors."""
    return lambda left, right: np.exp((linear(left, right) - 1) / width)


@dataclass(frozen=True)
class Regression:
    """Weights [n, d] over the pictures [n, f] it was fitted to; `left_out` [n, d] are their own predictions."""

    pictures: np.ndarray
    weights: np.ndarray
    left_out: np.ndarray
    similarity: Similarity

    @classmethod
    def fit(cls, pictures: np.ndarray, targets: np.ndarray, similarity: Similarity, ridge: float) -> Regression:
        """Fit unit features [n, f] to targets [n, d]. Time and memory grow with n cubed and squared.

        Args:
            ridge: added to the diagonal of the similarities.
        """
        inverse = similarity(pictures, pictures)
        inverse[np.diag_indices_from(inverse)] += ridge
        inverse = np.linalg.inv(inverse)
        weights = inverse @ targets.astype(np.float64)
        left_out = targets - weights / np.diag(inverse)[:, None]
        return cls(pictures, weights, left_out, similarity)

    def predict(self, pictures: np.ndarray) -> np.ndarray:
        """Unit features [m, f] to float64 [m, d], a block of rows at a time."""
        starts = range(0, len(pictures), _ROWS)
        blocks = [self.similarity(pictures[at : at + _ROWS], self.pictures) @ self.weights for at in starts]
        return np.concatenate(blocks) if blocks else np.zeros((0, self.weights.shape[1]))
