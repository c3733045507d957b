"""Nearest neighbours: building, recall and queries a second of the indexes, beside exact search in numpy.

Run: python benchmarks/indexes.py [--large]
Writes benchmarks/results/indexes.json. Made-up unit vectors in clusters, as words are: as many as ImageNet-21k's nouns
in 50 dimensions; with --large, as many as WordNet 3.0's in 300 too, which takes minutes. Queries are rows, and means of
two rows, where a graph is harder to walk. All speeds are one thread's, queries one by one.
"""

from __future__ import annotations

import platform
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from quoi.io.files import write_json
from quoi.io.geometry import unit
from quoi.nearest import index
from quoi.nearest.build import queries, recall
from quoi.params.devise import Nearest

RESULTS = Path(__file__).parent / "results" / "indexes.json"


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
            found = recall(built, vectors, queries(vectors, vectors[:0]), Nearest().k)
        told.append(
            {
                "vectors": count,
                "dimensions": dimensions,
                "build_seconds": round(seconds, 1),
                f"recall_at_{found.k}": round(found.share, 4),
                "queries": found.queries,
                "queries_a_second": round(found.per_second),
                "exact_queries_a_second": round(found.exact_per_second),
                "ratio_to_exact": round(found.per_second / found.exact_per_second, 2),
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


if __name__ == "__main__":
    main()
