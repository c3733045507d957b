"""Work given to a pool, and memory that is kept."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from quoi.io.processes import in_order


@pytest.mark.parametrize("ahead", [1, 3, 50])
def test_results_come_in_order_and_few_items_are_taken_before_their_turn(ahead):
    taken: list[int] = []

    def items():
        for number in range(20):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as pool:
        for place, (item, square) in enumerate(in_order(pool, lambda number: number**2, items(), ahead)):
            assert (item, square) == (place, place**2)
            assert len(taken) == min(20, place + ahead)
    assert taken == list(range(20))


def test_an_error_comes_in_its_turn():
    with ThreadPoolExecutor(2) as pool:
        results = in_order(pool, lambda number: 1 / number, [2, 1, 0, 1], 4)
        assert [next(results), next(results)] == [(2, 0.5), (1, 1.0)]
        with pytest.raises(ZeroDivisionError):
            next(results)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library has no such settings")
def test_freed_memory_is_used_again_and_not_asked_for_anew():
    """Ten times five blocks of eight megabytes: 102,400 pages of 4 kB, if each time were the first."""
    code = (
        "import ctypes, resource; from quoi.io.processes import keep_freed_memory; keep_freed_memory()\n"
        "library = ctypes.CDLL(None); library.malloc.restype = ctypes.c_void_p\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "for _ in range(10):\n"
        "    blocks = [ctypes.c_void_p(library.malloc(8 << 20)) for _ in range(5)]\n"
        "    [ctypes.memset(block, 1, 8 << 20) for block in blocks]\n"
        "    [library.free(block) for block in blocks]\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)"
    )
    touched = int(subprocess.check_output([sys.executable, "-c", code], text=True))
    assert touched < 20_000
