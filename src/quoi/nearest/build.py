"""Building the three indexes, and measuring how much of the exact answer each finds and what that saves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from quoi.io.geometry import evenly
from quoi.nearest import index
from quoi.nearest.catalogue import KINDS, Catalogue
from quoi.nearest.index import Index, normalised
from quoi.params.devise import Nearest
from quoi.records.checks import Measures

QUERIES = 1_000

_BLOCK = 1 << 24
"""Similarities held at a time."""
_ROUNDING = 1e-6
_TIMED = 200
"""Queries of which the speed is measured."""


@dataclass(frozen=True)
class Recall:
    """How well an index answers a set of queries."""

    share: float | None
    """Of the k nearest, the share found; None where there is nothing to find or to ask for."""
    k: int
    queries: int
    per_second: float = 0.0
    """Queries a second of the index, one by one, as people ask. All speeds are those of one thread."""
    exact_per_second: float = 0.0
    """The same of the exact search in numpy."""
    exact_at_once_per_second: float = 0.0
    """Of the exact search with all queries in one matrix product."""


@dataclass(frozen=True)
class Built:
    """One index."""

    kind: str
    rows: int
    zeros: int
    points: int
    recall: Recall
    unreachable: int
    """Of up to a thousand points, those that their own vector does not find."""
    seconds: float
    """Of the building alone."""

    def __str__(self) -> str:
        counts = f"{self.kind}: {self.rows - self.zeros:,} of {self.rows:,} rows, {self.points:,} different, "
        counts += f"built in {self.seconds:.1f} s; "
        if self.recall.share is None:
            return counts + "nothing to find"
        return (
            f"{counts}recall@{self.recall.k} {self.recall.share:.4f}; queries a second, one by one: "
            f"{self.recall.per_second:,.0f}, exact in numpy {self.recall.exact_per_second:,.0f} "
            f"({self.recall.exact_at_once_per_second:,.0f} all at once)"
        )


def build_all(settings: Nearest, catalogue: Catalogue) -> list[Built]:
    """Build the indexes of pictures, classes and nouns, and measure each.

    Raises:
        QuoiError: an input is absent or damaged, or there is too little disk or memory.
    """
    labels = catalogue.vectors("classes")
    indexes = []
    for kind in KINDS:
        vectors = labels if kind == "classes" else catalogue.vectors(kind)
        start = time.perf_counter()
        built = index.build(catalogue.root / "indexes" / kind, vectors, settings, catalogue.origin(kind))
        seconds = time.perf_counter() - start
        measured = recall(built, vectors, queries(vectors, labels), settings.k)
        counts = (built.described[name] for name in ("rows", "zeros", "points"))
        indexes.append(Built(kind, *counts, measured, unreachable(built, settings.k), seconds))
    return indexes


def queries(vectors: np.ndarray, labels: np.ndarray, seed: int = 0) -> np.ndarray:
    """What people will ask for: float32 [at most 2000, d] of rows, means of two rows, and labels.

    A mean lies away from the rows, where a graph is harder to walk: rows alone would flatter it.

    Args:
        vectors: float [rows, d].
        labels: float [labels, d].
    """
    random = np.random.default_rng(seed)

    def some(rows: np.ndarray, most: int) -> np.ndarray:
        kept = np.flatnonzero(np.asarray(rows).any(axis=1))
        return np.array(rows[random.permutation(kept)[:most]], dtype=np.float32)

    rows = some(vectors, QUERIES)
    half = len(rows) // 2
    means = (rows[:half] + rows[half : 2 * half]) / 2
    return np.concatenate([rows[: QUERIES // 2], means, some(labels, QUERIES)])


def recall(index: Index, vectors: np.ndarray, queries: np.ndarray, k: int) -> Recall:
    """Recall@k by distance: a row that is as near as the k-th nearest counts as found, so that a tie is no miss.

    Args:
        vectors: float [rows, d] that the index was built from.
        queries: float [q, d]; rows of zeros are passed over.
    """
    units, nonzero = normalised(vectors)
    searched = units if nonzero.all() else units[nonzero]
    asked, with_direction = normalised(queries)
    asked = asked[with_direction]
    wanted = min(k, len(index))
    if not wanted or not len(asked):
        return Recall(None, wanted, len(asked))
    with threadpool_limits(1):
        start = time.perf_counter()
        _, cosines = exact(searched, asked, wanted)
        at_once = len(asked) / (time.perf_counter() - start)
        walked = _rate(lambda query: index.points(query, wanted), asked[:_TIMED])
        compared = _rate(lambda query: exact(searched, query, wanted), asked[:_TIMED])
    hits = 0
    for query, least, (rows, _) in zip(asked, cosines[:, -1], index.neighbours(asked, wanted), strict=True):
        hits += int((units[np.unique(rows)] @ query >= least - _ROUNDING).sum())
    return Recall(hits / (wanted * len(asked)), wanted, len(asked), walked, compared, at_once)


def exact(vectors: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k most similar rows of each query and their cosines, highest first; all there are where k is more.

    Args:
        vectors: float32 [n, d] of unit rows.
        queries: float32 [q, d] of unit rows.

    Returns:
        int [q, min(k, n)] and float32 [q, min(k, n)].
    """
    many = len(vectors)
    k = min(k, many)
    rows, cosines = np.empty((len(queries), k), dtype=np.int64), np.empty((len(queries), k), dtype=np.float32)
    step = max(1, _BLOCK // max(1, many))
    for start in range(0, len(queries) if k else 0, step):
        block = queries[start : start + step] @ vectors.T
        best = np.argpartition(block, many - k, axis=1)[:, many - k :]
        best.sort(axis=1)  # equal cosines stay in the order of the rows
        similar = np.take_along_axis(block, best, axis=1)
        order = np.argsort(-similar, axis=1, kind="stable")
        rows[start : start + step] = np.take_along_axis(best, order, axis=1)
        cosines[start : start + step] = np.take_along_axis(similar, order, axis=1)
    return rows, cosines


def unreachable(index: Index, k: int, most: int = QUERIES) -> int:
    """How many of up to `most` points, evenly spread, are not among the k nearest to themselves."""
    points = evenly(len(index.vectors), most)
    answers = index.points(np.asarray(index.vectors[points]), k)
    return sum(int(point) not in answer for point, answer in zip(points, answers, strict=True))


def checks(indexes: list[Built]) -> Measures:
    """What a sound index ought to find."""
    values: dict[str, float] = {}
    for built in indexes:
        if built.recall.share is not None:
            values[f"recall_{built.kind}"] = built.recall.share
        values[f"unreachable_{built.kind}"] = built.unreachable
    return Measures(values)


def report(indexes: list[Built]) -> dict[str, float]:
    """What stays in Git: counts and recall. Timings differ from run to run and would make every commit differ."""
    values: dict[str, float] = {}
    for built in indexes:
        values |= {f"{built.kind}_rows": built.rows, f"{built.kind}_without_vector": built.zeros}
        values |= {f"{built.kind}_points": built.points}
        if built.recall.share is not None:
            values |= {f"{built.kind}_recall": round(built.recall.share, 6), f"{built.kind}_k": built.recall.k}
    return values


def _rate(answer: Callable[[np.ndarray], object], queries: np.ndarray) -> float:
    """Calls a second, each with one query [1, d]."""
    start = time.perf_counter()
    for row in range(len(queries)):
        answer(queries[row : row + 1])
    return len(queries) / (time.perf_counter() - start)
