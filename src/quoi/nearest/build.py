"""Building the three indexes, and measuring how much of the exact answer each finds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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


@dataclass(frozen=True)
class Built:
    """One index.

    Attributes:
        points: different ones among the `rows`, of which `zeros` are left out.
        recall: of the k nearest, the share found; None where there is nothing to find or to ask for.
        unreachable: of up to a thousand points, those that their own vector does not find.
    """

    kind: str
    rows: int
    zeros: int
    points: int
    k: int
    recall: float | None
    unreachable: int

    def __str__(self) -> str:
        found = "nothing to find" if self.recall is None else f"recall@{self.k} {self.recall:.4f}"
        return f"{self.kind}: {self.rows - self.zeros:,} of {self.rows:,} rows, {self.points:,} different, {found}"


def build_all(settings: Nearest, catalogue: Catalogue) -> list[Built]:
    """Build the indexes of pictures, classes and nouns, and measure each.

    Raises:
        QuoiError: an input is absent or damaged, or there is too little disk or memory.
    """
    labels = catalogue.vectors("classes")
    indexes = []
    for kind in KINDS:
        vectors = labels if kind == "classes" else catalogue.vectors(kind)
        built = index.build(catalogue.root / "indexes" / kind, vectors, settings, catalogue.origin(kind))
        k = min(settings.k, len(built))
        measured = recall(built, vectors, queries(vectors, labels), k)
        counts = (built.described[name] for name in ("rows", "zeros", "points"))
        indexes.append(Built(kind, *counts, k, measured, unreachable(built, settings.k)))
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


def recall(index: Index, vectors: np.ndarray, queries: np.ndarray, k: int) -> float | None:
    """Recall@k by distance: a row that is as near as the k-th nearest counts as found, so that a tie is no miss.

    Args:
        vectors: float [rows, d] that the index was built from.
        queries: float [q, d]; rows of zeros are passed over.
        k: at most as many as the index finds.

    Returns:
        the share found; None where there is nothing to find or to ask for.
    """
    units, nonzero = normalised(vectors)
    asked, with_direction = normalised(queries)
    asked = asked[with_direction]
    if not k or not len(asked):
        return None
    hits = 0
    nearest = index.neighbours(asked, k)
    for query, least, (rows, _) in zip(asked, kth_cosines(units[nonzero], asked, k), nearest, strict=True):
        hits += int((units[np.unique(rows)] @ query >= least - _ROUNDING).sum())
    return hits / (k * len(asked))


def kth_cosines(vectors: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """The cosine of each query to its k-th most similar row, by exact search: float32 [q].

    Args:
        vectors: float32 [n, d] of unit rows, n >= k >= 1.
        queries: float32 [q, d] of unit rows.
    """
    step = max(1, _BLOCK // len(vectors))
    blocks = (queries[start : start + step] @ vectors.T for start in range(0, len(queries), step))
    return np.concatenate([np.partition(block, -k, axis=1)[:, -k] for block in blocks])


def unreachable(index: Index, k: int, most: int = QUERIES) -> int:
    """How many of up to `most` points, evenly spread, are not among the k nearest to themselves."""
    points = evenly(len(index.vectors), most)
    answers = index.points(np.asarray(index.vectors[points]), k)
    return sum(int(point) not in answer for point, answer in zip(points, answers, strict=True))


def checks(indexes: list[Built]) -> Measures:
    """What a sound index ought to find."""
    values: dict[str, float] = {}
    for built in indexes:
        if built.recall is not None:
            values[f"recall_{built.kind}"] = built.recall
        values[f"unreachable_{built.kind}"] = built.unreachable
    return Measures(values)


def report(indexes: list[Built]) -> dict[str, float]:
    """What stays in Git: counts and recall."""
    values: dict[str, float] = {}
    for built in indexes:
        values |= {f"{built.kind}_rows": built.rows, f"{built.kind}_without_vector": built.zeros}
        values |= {f"{built.kind}_points": built.points}
        if built.recall is not None:
            values |= {f"{built.kind}_recall": round(built.recall, 6), f"{built.kind}_k": built.k}
    return values
