"""Work given to a pool."""

from __future__ import annotations

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
