"""Training and validation: the lesson's random split, alone or with those that belong together on one side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def validation_rows(number: int, share: float = 0.1, seed: int = 42) -> np.ndarray:
    """The lesson's split: bool (number,), True for validation.

    As `np.random.seed(seed); np.random.rand(number) > share` is True for training.
    """
    return ~(np.random.RandomState(seed).rand(number) > share)


def groups(*sides: Sequence[str | None]) -> np.ndarray:
    """Label pairs that share a side, directly or over other pairs: int (n,), equal within a group.

    Args:
        sides: each of n texts, such as the two sentences, or the name of what the pairs are taken from; None is shared
            by nobody.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    number = len(sides[0])
    if not number:
        return np.empty(0, dtype=np.int32)
    # A graph with a node for each pair and for each distinct text of a side, and an edge from a pair to all its texts.
    ends = []
    for place, side in enumerate(sides, 1):
        texts = np.asarray([f"{row}" if text is None else f" {text}" for row, text in enumerate(side)], dtype=object)
        ends.append(place * number + np.unique(texts.astype(str), return_inverse=True)[1])
    edges = (
        np.ones(len(sides) * number, dtype=np.int8),
        (np.tile(np.arange(number), len(sides)), np.concatenate(ends)),
    )
    nodes = (1 + len(sides)) * number
    return connected_components(coo_array(edges, shape=(nodes, nodes)), directed=False)[1][:number]


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
