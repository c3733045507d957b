"""Nearest neighbours: building, recall and queries a second of the indexes, beside exact search in numpy.

Run: python benchmarks/indexes.py [--large]
Writes benchmarks/results/indexes.json. Made-up unit vectors in clusters, as words are: as many as ImageNet-21k's nouns
in 50 dimensions; with --large, as many as WordNet 3.0's in 300 too, which takes minutes. Queries are rows, and means of
two rows, where a graph is harder to walk. All speeds are one thread's, queries one by one.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
from threadpoolctl import threadpool_limits

from quoi.io.files import write_json
from quoi.io.geometry import unit
from quoi.nearest import index
from quoi.nearest.build import queries, recall
from quoi.params.devise import Nearest

RESULTS = Path(__file__).parent / "results" / "indexes.json"
TIMED = 200
"""Queries of which the speed is measured."""


@click.command()
@click.option("--large", is_flag=True, help="WordNet's size too.")
def main(large: bool) -> None:
    """Build and ask one index after the other."""
    told = []
    for count, dimensions in [(21_844, 50), *([(82_115, 300)] if large else [])]:
        vectors = clustered(count, dimensions)
        with TemporaryDirectory(prefix="quoi-") as folder:
            start = time.perf_counter()
            built = index.build(Path(folder) / "index", vectors, Nearest(), {})
            seconds = time.perf_counter() - start
            asked, k = queries(vectors, vectors[:0]), Nearest().k
            found = recall(built, vectors, asked, k)
            units, queried = unit(vectors), unit(asked[:TIMED])
            with threadpool_limits(1):
                walked = rate(partial(built.points, k=k), queried)
                exact = rate(partial(most_similar, units, k), queried)
        told.append(
            {
                "vectors": count,
                "dimensions": dimensions,
                "build_seconds": round(seconds, 1),
                f"recall_at_{k}": round(found, 4),
                "queries": len(asked),
                "queries_a_second": round(walked),
                "exact_queries_a_second": round(exact),
                "ratio_to_exact": round(walked / exact, 2),
            }
        )
        click.echo(", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in told[-1].items()))
    write_json(RESULTS, {"indexes": told, "machine": f"{platform.machine()}, Python {platform.python_version()}"})


def clustered(count: int, dimensions: int) -> np.ndarray:
    """Unit vectors float32 [count, dimensions] around a hundredth as many centres."""
    random = np.random.default_rng(2018)
    centres = random.standard_normal((count // 100, dimensions))
    around = random.integers(0, len(centres), count)
    return unit(centres[around] + 0.7 * random.standard_normal((count, dimensions)))


def most_similar(units: np.ndarray, k: int, query: np.ndarray) -> np.ndarray:
    """The k rows of unit vectors [n, d] that are most similar to a query [1, d]: int [1, k], highest first."""
    cosines = query @ units.T
    best = np.argpartition(cosines, -k, axis=1)[:, -k:]
    return np.take_along_axis(best, np.argsort(-np.take_along_axis(cosines, best, axis=1)), axis=1)


def rate(answer: Callable[[np.ndarray], object], queries: np.ndarray) -> float:
    """Calls a second, each with one query [1, d]."""
    start = time.perf_counter()
    for row in range(len(queries)):
        answer(queries[row : row + 1])
    return len(queries) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
