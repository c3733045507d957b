"""Drawing at random, with one generator: the same state of it gives the same sentence."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Pool:
    """Entries with the running sums of their weights."""

    entries: tuple
    sums: tuple[float, ...]


def zipf(entries: Iterable, offset: float = 3.0) -> Pool:
    """A pool with weights 1 / (rank + offset): the first entries come often, most of them hardly ever."""
    entries = tuple(entries)
    return Pool(entries, tuple(accumulate(1.0 / (rank + offset) for rank in range(len(entries)))))


class Sampler:
    """The one source of chance; `roll` gives a number from 0 up to 1."""

    def __init__(self, random: Random) -> None:
        self.roll = random.random

    def draw(self, pool: Pool) -> Any:
        """One entry of a pool by its weights."""
        return pool.entries[bisect(pool.sums, self.roll() * pool.sums[-1])]

    def one(self, options: Sequence) -> Any:
        """One of a sequence, evenly."""
        return options[int(self.roll() * len(options))]

    def chance(self, share: float) -> bool:
        """True in this share of the calls."""
        return self.roll() < share


@dataclass(slots=True)
class Context:
    """What is settled once for a question: its first word, and whether its you is `tu` or `vous`."""

    question_word: str = ""
    you: str = "vous"
