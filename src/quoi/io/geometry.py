"""How a cloud of vectors lies: whether they point one way, and how many directions they use; rows to look at."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike


def unit(vectors: np.ndarray, dtype: DTypeLike = np.float32) -> np.ndarray:
    """Vectors [..., d] scaled to length 1, of the given type; zeros stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(dtype, copy=False)


def mean_cosine(vectors: np.ndarray) -> float:
    """Mean cosine of two different rows of vectors [n, d]; 0 where there are not two, rows of zeros have cosine 0.

    The sum over all pairs is the squared length of the sum of all unit rows, less the pairs of a row with itself.
    """
    vectors = np.asarray(vectors, dtype=np.float64)
    number = len(vectors)
    if number < 2:
        return 0.0
    total = np.square(unit(vectors, np.float64).sum(axis=0)).sum()
    return float((total - vectors.any(axis=1).sum()) / (number * (number - 1)))


def cosines_of_pairs(vectors: np.ndarray, pairs: int = 20_000) -> np.ndarray:
    """Cosines of pairs of different rows of vectors [n, d], drawn with a fixed seed: float [at most pairs]."""
    lengths = np.linalg.norm(vectors, axis=1)
    one, other = np.random.default_rng(0).integers(0, len(vectors), (2, pairs))
    kept = one != other
    one, other = one[kept], other[kept]
    return (vectors[one] * vectors[other]).sum(axis=1) / np.maximum(lengths[one] * lengths[other], 1e-12)


def evenly(number: int, most: int) -> np.ndarray:
    """Up to `most` of the rows 0 .. number - 1, evenly spread from the first to the last: int [at most most]."""
    return np.unique(np.linspace(0, number - 1, min(most, number)).round().astype(int))


def shares_of_directions(vectors: np.ndarray) -> np.ndarray:
    """Share of the variance of vectors [n, d] in each principal direction, falling: float [min(n, d)].

    Where there is no variance at all, the first has all of it.
    """
    centred = np.asarray(vectors, dtype=np.float64)
    centred = centred - centred.mean(axis=0)
    # The products of rows and those of columns have the same eigenvalues, but for zeros.
    products = centred.T @ centred if centred.shape[1] <= len(centred) else centred @ centred.T
    variances = np.linalg.eigvalsh(products)[::-1]
    total = variances.sum()
    return variances / total if total > 1e-12 else np.eye(1, len(variances))[0]
