"""Building the three indexes and measuring what each finds of the exact answer."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from quoi.io.geometry import evenly
from quoi.nearest import index
from quoi.nearest.catalogue import KINDS, Catalogue
from quoi.nearest.index import Index
from quoi.nearest.recall import Measured, recall
from quoi.params.devise import Nearest
from quoi.records.checks import Measures

QUERIES = 1_000


@dataclass(frozen=True)
class Built:
    """One index."""

    kind: str
    rows: int
    zeros: int
    points: int
    measured: Measured
    unreachable: int
    """Of up to a thousand points, those that their own vector does not find."""
    seconds: float
    """Of the building alone."""

    def __str__(self) -> str:
        told = f"{self.kind}: {self.rows - self.zeros:,} of {self.rows:,} rows, {self.points:,} different, "
        told += f"built in {self.seconds:.1f} s; "
        if self.measured.recall is None:
            return told + "nothing to find"
        return (
            f"{told}recall@{self.measured.k} {self.measured.recall:.4f}; queries a second, one by one: "
            f"{self.measured.per_second:,.0f}, exact in numpy {self.measured.exact_per_second:,.0f} "
            f"({self.measured.exact_at_once_per_second:,.0f} all at once)"
        )


def build_all(settings: Nearest, catalogue: Catalogue) -> list[Built]:
    """Build the indexes of pictures, classes and nouns, and measure each.

    Raises:
        QuoiError: an input is absent or damaged, or there is too little disk or memory.
    """
    labels = catalogue.vectors("classes")
    told = []
    for kind in KINDS:
        vectors = labels if kind == "classes" else catalogue.vectors(kind)
        start = time.perf_counter()
        built = index.build(catalogue.root / "indexes" / kind, vectors, settings, catalogue.origin(kind))
        seconds = time.perf_counter() - start
        measured = recall(built, vectors, queries(vectors, labels), settings.k)
        counts = (built.described[name] for name in ("rows", "zeros", "points"))
        told.append(Built(kind, *counts, measured, unreachable(built, settings.k), seconds))
    return told


def unreachable(index: Index, k: int, most: int = QUERIES) -> int:
    """How many of up to `most` points, evenly spread, are not among the k nearest to themselves."""
    points = evenly(len(index.vectors), most)
    found = index.points(np.asarray(index.vectors[points]), k)
    return sum(int(point) not in answer for point, answer in zip(points, found, strict=True))


def checks(built: list[Built]) -> Measures:
    """What a sound index ought to find."""
    told: dict[str, float] = {}
    for each in built:
        if each.measured.recall is not None:
            told[f"recall_{each.kind}"] = each.measured.recall
        told[f"unreachable_{each.kind}"] = each.unreachable
    return Measures(told)


def queries(vectors: np.ndarray, labels: np.ndarray, seed: int = 0) -> np.ndarray:
    """What people will ask for: float32 [at most 2000, d] of rows, means of two rows, and labels.

    A mean lies away from the rows, where a graph is harder to walk: rows alone would flatter it.
    """
    random = np.random.default_rng(seed)

    def some(rows: np.ndarray, most: int) -> np.ndarray:
        kept = np.flatnonzero(np.asarray(rows).any(axis=1))
        return np.array(rows[random.permutation(kept)[:most]], dtype=np.float32)

    rows = some(vectors, QUERIES)
    half = len(rows) // 2
    means = (rows[:half] + rows[half : 2 * half]) / 2
    return np.concatenate([rows[: QUERIES // 2], means, some(labels, QUERIES)])


def report(built: list[Built]) -> dict[str, float]:
    """What stays in Git: counts and recall. Timings differ from run to run and would make every commit differ."""
    told: dict[str, float] = {}
    for each in built:
        told |= {f"{each.kind}_rows": each.rows, f"{each.kind}_without_vector": each.zeros}
        told |= {f"{each.kind}_points": each.points}
        if each.measured.recall is not None:
            told |= {f"{each.kind}_recall": round(each.measured.recall, 6), f"{each.kind}_k": each.measured.k}
    return told


def timings(built: list[Built]) -> dict[str, float]:
    """What belongs to the run: seconds and queries a second, by name."""
    told = {}
    for each in built:
        told[f"{each.kind}_build_seconds"] = each.seconds
        if each.measured.recall is not None:
            told[f"{each.kind}_queries_per_second"] = each.measured.per_second
            told[f"{each.kind}_exact_queries_per_second"] = each.measured.exact_per_second
            told[f"{each.kind}_exact_at_once_queries_per_second"] = each.measured.exact_at_once_per_second
    return told
