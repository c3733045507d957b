"""How much of the exact answer an index finds, and what that saves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from quoi.nearest.index import Index, normalised

_BLOCK = 1 << 24
"""Similarities held at a time."""

_ROUNDING = 1e-6

_TIMED = 200
"""Queries of which the speed is measured."""


@dataclass(frozen=True)
class Measured:
    """Of one index with a set of queries."""

    recall: float | None
    """Of the k nearest, the share found; None where there is nothing to find or to ask for."""
    k: int
    queries: int
    per_second: float = 0.0
    """Queries a second of the index, one by one, as people ask. All speeds are those of one thread."""
    exact_per_second: float = 0.0
    """The same of the exact search in numpy."""
    exact_at_once_per_second: float = 0.0
    """Of the exact search with all queries in one matrix product."""


def exact(vectors: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k most similar rows of each query and their cosines, highest first; all there are where k is more.

    Args:
        vectors: float32 [n, d] of unit rows; rows of zeros are never found.
        queries: float32 [q, d] of unit rows.

    Returns:
        int [q, k] and float32 [q, k], with k at most the number of rows that are not zero.
    """
    some = np.flatnonzero(vectors.any(axis=1))
    rows, cosines = _best(vectors if len(some) == len(vectors) else vectors[some], queries, k)
    return some[rows], cosines


def _best(searched: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    many = len(searched)
    k = min(k, many)
    rows, cosines = np.empty((len(queries), k), dtype=np.int64), np.empty((len(queries), k), dtype=np.float32)
    step = max(1, _BLOCK // max(1, many))
    for start in range(0, len(queries) if k else 0, step):
        block = queries[start : start + step] @ searched.T
        best = np.argpartition(block, many - k, axis=1)[:, many - k :]
        best.sort(axis=1)  # equal cosines stay in the order of the rows
        found = np.take_along_axis(block, best, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        rows[start : start + step] = np.take_along_axis(best, order, axis=1)
        cosines[start : start + step] = np.take_along_axis(found, order, axis=1)
    return rows, cosines


def recall(index: Index, vectors: np.ndarray, queries: np.ndarray, k: int) -> Measured:
    """Recall@k by distance: a row that is as near as the k-th nearest counts as found, so that a tie is no miss.

    Args:
        vectors: float [rows, d] that the index was built from.
        queries: float [q, d]; rows of zeros are passed over.
    """
    units, with_direction = normalised(vectors)
    searched = units if with_direction.all() else units[with_direction]
    asked, some = normalised(queries)
    asked = asked[some]
    wanted = min(k, len(index))
    if not wanted or not len(asked):
        return Measured(None, wanted, len(asked))
    with threadpool_limits(1):
        start = time.perf_counter()
        _, cosines = _best(searched, asked, wanted)
        at_once = len(asked) / (time.perf_counter() - start)
        timed = asked[:_TIMED]
        walked = _rate(lambda query: index.points(query, wanted), timed)
        compared = _rate(lambda query: _best(searched, query, wanted), timed)
    hits = 0
    for query, least, (rows, _) in zip(asked, cosines[:, -1], index.neighbours(asked, wanted), strict=True):
        hits += int((units[np.unique(rows)] @ query >= least - _ROUNDING).sum())
    return Measured(hits / (wanted * len(asked)), wanted, len(asked), walked, compared, at_once)


def _rate(answer: Callable[[np.ndarray], object], queries: np.ndarray) -> float:
    """Calls a second, each with one query [1, d]."""
    start = time.perf_counter()
    for row in range(len(queries)):
        answer(queries[row : row + 1])
    return len(queries) / (time.perf_counter() - start)
