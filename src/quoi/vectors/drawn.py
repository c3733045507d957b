"""Word vectors drawn by chance: the control that shows what others are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from quoi.vectors.table import Found


class Drawn:
    """Vectors from N(0, 1), as the lesson draws them for the words that its own lack.

    Args:
        dimensions: numbers in a vector.
        seed: the same gives the same vectors; each language has its own.
        language: `en` or `fr`.
    """

    subwords = False

    def __init__(self, dimensions: int, seed: int, language: str) -> None:
        self.dimensions, self.seed = dimensions, seed
        self._generator = np.random.default_rng((seed, *language.encode()))

    def lookup(self, words: Sequence[str]) -> Found:
        """A vector for every word; see `quoi.vectors.table.Found`."""
        drawn = self._generator.standard_normal((len(words), self.dimensions), dtype=np.float32)
        return Found(drawn, np.ones(len(words), dtype=bool), np.zeros(len(words), dtype=bool))

    def describe(self) -> dict[str, Any]:
        """What a report tells of where the vectors are from."""
        return {"name": "random", "seed": self.seed}
