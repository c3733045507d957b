"""A few lines of a corpus to look at, drawn while it streams by."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

import numpy as np

LONGEST_SHOWN = 200
"""Characters of a line that is shown."""


class Example(NamedTuple):
    """A pair of lines, counted from 1, and which rule rejected it; empty where it was kept."""

    line: int
    english: str
    french: str
    rule: str = ""


class Examples:
    """A few of the lines that were kept and of those that were not, each line as likely as any other.

    Every line draws a number between 0 and 1, and those with the smallest stay. Once there are enough, how many more
    lines come under the largest of them is drawn at once for a whole block.
    """

    def __init__(self, most: int = 20, seed: int = 0) -> None:
        self._most = most
        self._random = np.random.default_rng(seed)
        self._drawn: dict[bool, list[tuple[float, Example]]] = {True: [], False: []}

    def take(self, lines: int, kept: np.ndarray, example: Callable[[int], Example]) -> None:
        """Look at a block.

        Args:
            lines: of the block; kept: int (k,), those that are kept, rising.
            example: makes an example of a line's index.
        """
        for of_kept, number in ((True, len(kept)), (False, lines - len(kept))):
            drawn = self._drawn[of_kept]
            largest = drawn[-1][0] if len(drawn) == self._most else 1.0
            numbers = np.sort(self._random.random(self._random.binomial(number, largest)))[: self._most] * largest
            places = self._random.choice(number, len(numbers), replace=False) if len(numbers) else np.empty(0, int)
            # The rejected lines before each kept one; so many kept ones come before a rejected one.
            before = kept - np.arange(len(kept))
            rows = kept[places] if of_kept else places + np.searchsorted(before, places, side="right")
            drawn += [(number, example(int(row))) for number, row in zip(numbers.tolist(), rows, strict=True)]
            drawn.sort(key=itemgetter(0))
            del drawn[self._most :]

    @property
    def kept(self) -> list[Example]:
        """In the order of the lines."""
        return sorted(example for _, example in self._drawn[True])

    @property
    def rejected(self) -> list[Example]:
        """In the order of the lines."""
        return sorted(example for _, example in self._drawn[False])
