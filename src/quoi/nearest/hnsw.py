"""All that touches nmslib: its import, building an index in a process of its own, loading one.

Run as a program it builds: `python -m quoi.nearest.hnsw VECTORS.npy INDEX.bin M EF_CONSTRUCTION`. nmslib draws the
layers of its points from one stream of random numbers for the life of a process, so that only the first index of a
process is the same every time; and only with one thread.

The published wheel is built without SIMD. `pip install --no-binary nmslib nmslib` builds it with, in some ten minutes:
queries take 7 to 16 % less time, and indexes have other bytes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.io.errors import QuoiError
from quoi.io.processes import run_module

if TYPE_CHECKING:
    import numpy as np

# nmslib writes the unused part of its link lists as malloc gave it; with these, glibc gives zeros. Elsewhere the
# neighbours are the same all the same, the bytes may not be.
_ZEROED = "glibc.malloc.tcache_count=0:glibc.malloc.perturb=255"


def build(vectors: Path, index: Path, m: int, ef_construction: int) -> None:
    """Build an index for cosine similarity in a fresh process.

    Args:
        vectors: a .npy file of float32 [n, d], n > 0, no row zero.

    Raises:
        QuoiError: there is too little disk or memory.
    """
    tunables = ":".join(filter(None, (os.environ.get("GLIBC_TUNABLES"), _ZEROED)))
    done = run_module(__name__, vectors, index, m, ef_construction, environment={"GLIBC_TUNABLES": tunables})
    if done.returncode:
        said = "".join(done.stderr.strip().splitlines()[-1:])
        ended = f"nmslib ended with {done.returncode} ({said})"
        raise QuoiError(f"{index} cannot be built: {ended}; memory or disk may be short.")


def load(index: Path) -> Any:
    """What `build` wrote, ready for `knnQueryBatch`. A damaged file can end the process: check it before."""
    loaded = _empty()
    loaded.loadIndex(str(index))
    return loaded


def points(loaded: Any, queries: np.ndarray, k: int, ef_search: int) -> list[np.ndarray]:
    """The numbers of the k nearest points of each query float32 [q, d], nearest first; fewer where it reaches fewer."""
    loaded.setQueryTimeParams({"efSearch": max(ef_search, 2 * k)})
    return [numbers for numbers, _ in loaded.knnQueryBatch(queries, k=k, num_threads=1)]


def _empty() -> Any:
    with _without_stderr():
        import nmslib

    return nmslib.init(method="hnsw", space="cosinesimil")


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Let C code write to stderr in vain: nmslib's remark on its build goes past Python's logging."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _main(vectors: str, index: str, m: str, ef_construction: str) -> None:
    import numpy as np

    built = _empty()
    built.addDataPointBatch(np.load(vectors, mmap_mode="r", allow_pickle=False))
    built.createIndex({"M": int(m), "efConstruction": int(ef_construction), "indexThreadQty": 1, "post": 0})
    built.saveIndex(index, save_data=False)


if __name__ == "__main__":
    _main(*sys.argv[1:])
