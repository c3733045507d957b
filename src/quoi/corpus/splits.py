"""Training and validation: the lesson's random split, alone or with identical questions kept together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def validation_rows(number: int, share: float = 0.1, seed: int = 42) -> np.ndarray:
    """The lesson's split: bool (number,), True for validation.

    As `np.random.seed(seed); np.random.rand(number) > share` is True for training.
    """
    return ~(np.random.RandomState(seed).rand(number) > share)


def groups(source: Sequence[str], target: Sequence[str]) -> np.ndarray:
    """Label pairs that share a side, directly or over other pairs: int (n,), equal within a group."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    number = len(source)
    if not number:
        return np.empty(0, dtype=np.int32)
    rows = np.arange(number)
    # A graph with a node for each pair and for each distinct side, and an edge from a pair to both its sides.
    sides = [np.unique(np.asarray(side, dtype=object).astype(str), return_inverse=True)[1] for side in (source, target)]
    ends = np.concatenate([number + sides[0], 2 * number + sides[1]])
    edges = (np.ones(2 * number, dtype=np.int8), (np.tile(rows, 2), ends))
    return connected_components(coo_array(edges, shape=(3 * number, 3 * number)), directed=False)[1][:number]


def together(validation: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Put every group on the side of its first pair.

    Args:
        validation: bool (n,).
        labels: int (n,), as `groups` gives.

    Returns:
        bool (n,).
    """
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return validation[first][inverse]
