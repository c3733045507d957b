"""An index of nearest neighbours by cosine: built once, checked whenever it is opened, exact where that costs nothing.

A folder of four files: `index.bin` (nmslib's HNSW graph), `vectors.npy` (float32 [points, d], unit rows), `rows.npy`
(int32 [rows]: the point of each row of the source, -1 for rows left out) and `index.json` (counts, settings, digests).
Rows of zeros have no direction and are left out; rows with equal vectors share a point, since a graph whose points
all lie on each other cannot be walked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from quoi.io.arrays import mapped
from quoi.io.errors import QuoiError
from quoi.io.files import read_json, replacing, write_json
from quoi.io.progress import bar
from quoi.nearest import hnsw

if TYPE_CHECKING:
    from quoi.params.devise import Nearest

_BLOCK = 1 << 14
"""Rows in double precision at a time."""

_FILES = ("index.bin", "vectors.npy", "rows.npy")


@dataclass(frozen=True)
class Index:
    """An index that has been checked and loaded.

    Attributes:
        described: `rows` of the source = `count` that can be found + `zeros`; distinct `points`; `settings`.
        vectors: float32 [points, d], unit rows, mapped from the disk.
        point_of: int32 [rows]: -1 where the row is left out.
    """

    folder: Path
    described: dict[str, Any]
    vectors: np.ndarray
    point_of: np.ndarray
    _graph: Any
    _rows: np.ndarray
    _starts: np.ndarray

    def __len__(self) -> int:
        return self.described["count"]

    @classmethod
    def open(cls, folder: Path, origin: Mapping[str, str] | None = None) -> Index:
        """Check and load what `build` wrote.

        Args:
            origin: what the index must have been built from: name and digest, as given to `build`.

        Raises:
            QuoiError: it is absent or damaged, or was built from something else.
        """
        folder = Path(folder)
        described = read_json(folder / "index.json")
        for name, digest in (origin or {}).items():
            if described["origin"].get(name) != digest:
                raise QuoiError(f"{folder} was built from another {name}: run `dvc repro build_indexes`.")
        # nmslib reads whatever it is given: a cut or foreign file would end the process without a word.
        if _digests(folder) != described["sha256"]:
            raise QuoiError(f"{folder} is damaged: it holds other files than index.json says; run `dvc repro`.")
        vectors, point_of = mapped(folder / "vectors.npy"), mapped(folder / "rows.npy")
        order = np.argsort(point_of, kind="stable")[described["zeros"] :]
        starts = np.searchsorted(point_of[order], np.arange(len(vectors) + 1))
        graph = hnsw.load(folder / "index.bin") if len(vectors) else None
        return cls(folder, described, vectors, point_of, graph, order, starts)

    def points(self, queries: np.ndarray, k: int) -> list[np.ndarray]:
        """The graph's answer: numbers of the nearest points, fewer than k where its walk reaches no more.

        Args:
            queries: float32 [q, d].
        """
        if self._graph is None or not len(queries):
            return [np.empty(0, dtype=np.int32)] * len(queries)
        return hnsw.points(self._graph, queries, min(k, len(self.vectors)), self.described["settings"]["ef_search"])

    def neighbours(self, queries: np.ndarray, k: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """The k nearest rows of each query, or all there are: rows of the source, and their cosines, highest first.

        Equal cosines are in the order of the rows. Where the graph reaches too few points the search is exact.

        Args:
            queries: float [q, d], no row of zeros.

        Returns:
            int [at most k] and float32 [at most k] for each query.

        Raises:
            QuoiError: the queries have another dimension: they are of another model.
        """
        queries = np.atleast_2d(np.asarray(queries, dtype=np.float32))
        if queries.shape[1] != self.described["dimensions"]:
            raise QuoiError(f"{self.folder} is an index of another model: run `dvc repro build_indexes`.")
        units, nonzero = normalised(queries)
        if not nonzero.all():
            raise ValueError("a vector of zeros has no neighbours")
        wanted = min(k, len(self.vectors))
        walked = self.points(units, k) if wanted < len(self.vectors) else [()] * len(units)
        answers = []
        for unit, points in zip(units, walked, strict=True):
            if len(points) < wanted:
                points = np.argsort(-(self.vectors @ unit), kind="stable")[:wanted]
            runs = [self._rows[self._starts[point] : self._starts[point + 1]] for point in points]
            rows = np.concatenate(runs or [np.empty(0, dtype=int)])
            cosines = (self.vectors[self.point_of[rows]] @ unit).clip(-1, 1)
            order = np.lexsort((rows, -cosines))[:k]
            answers.append((rows[order], cosines[order]))
        return answers


def build(folder: Path, vectors: np.ndarray, settings: Nearest, origin: Mapping[str, str]) -> Index:
    """Build, save, reload and check an index; the same vectors and settings give the same bytes (on one machine).

    Args:
        folder: replaced as a whole.
        vectors: float [rows, d]; rows of zeros are left out.
        origin: what the vectors are from, name and digest, for `Index.open` to compare.

    Raises:
        QuoiError: a vector holds a number that is not finite, or there is too little disk or memory.
    """
    folder, vectors = Path(folder), np.asarray(vectors, dtype=np.float32)
    units, nonzero = normalised(vectors)
    if bad := int((~np.isfinite(units).all(axis=1)).sum()):
        raise QuoiError(f"{folder} cannot be built: {bad:,} of its vectors hold numbers that are not finite.")
    point_of = np.full(len(units), -1, dtype=np.int32)
    numbers: dict[bytes, int] = {}
    for row in np.flatnonzero(nonzero):
        # By digest: as keys the rows themselves would take their memory a second time.
        digest = hashlib.blake2b(units[row], digest_size=16).digest()
        point_of[row] = numbers.setdefault(digest, len(numbers))
    _, first = np.unique(point_of[nonzero], return_index=True)
    points = units[np.flatnonzero(nonzero)[first]]
    with replacing(folder) as partial:
        partial.mkdir()
        np.save(partial / "vectors.npy", points, allow_pickle=False)
        np.save(partial / "rows.npy", point_of, allow_pickle=False)
        if len(points):
            with bar(f"Indexing {len(points):,} {folder.name}"):
                hnsw.build(partial / "vectors.npy", partial / "index.bin", settings.m, settings.ef_construction)
        else:
            (partial / "index.bin").touch()
        described = {
            "rows": len(units),
            "count": int(nonzero.sum()),
            "zeros": int((~nonzero).sum()),
            "points": len(points),
            "dimensions": points.shape[1],
            "settings": settings.model_dump(),
            "origin": dict(origin),
            "vectors_sha256": hashlib.sha256(np.ascontiguousarray(vectors)).hexdigest(),
            "sha256": _digests(partial),
        }
        write_json(partial / "index.json", described)
    return Index.open(folder, origin)


def normalised(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of length 1 as float32 [n, d], and bool [n]: which rows have a direction. The others stay zeros.

    Args:
        vectors: float [n, d].
    """
    units, nonzero = np.zeros(vectors.shape, dtype=np.float32), np.zeros(len(vectors), dtype=bool)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK].astype(np.float64)
        lengths = np.linalg.norm(block, axis=1, keepdims=True)
        nonzero[start : start + _BLOCK] = lengths[:, 0] != 0
        with np.errstate(invalid="ignore"):  # infinity by infinity; what is not finite stays so
            np.divide(block, lengths, out=block, where=lengths != 0)
        units[start : start + _BLOCK] = block
    return units, nonzero


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of the files that there are."""
    files = [folder / name for name in _FILES]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file.exists()}
