"""Intervals and tests of means over few seeds, from the spread that all variants have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

LEVEL = 0.95


@dataclass(frozen=True)
class Pooled:
    """The spread that all samples have in common.

    Two or three seeds tell little of a variant's own spread. All variants are trained alike, so they are taken to have
    one common spread, as in a one-way analysis of variance; its estimate has the degrees of freedom of all of them.

    Attributes:
        sd: the standard deviation within samples, sqrt(sum of squared residuals / df).
        df: its degrees of freedom, the number of values less the number of samples.
    """

    sd: float
    df: int

    def half_width(self, n: int) -> float:
        """Half of the 95 % interval of a mean of n values."""
        from scipy.special import stdtrit  # scipy.stats, which has it by a better name, takes a second to import

        return float(stdtrit(self.df, (1 + LEVEL) / 2)) * self.sd / math.sqrt(n)

    def p_value(self, values: Sequence[float], others: Sequence[float]) -> float:
        """Two-sided t-test of two of the samples: how likely are means this far apart if both were the same?"""
        from scipy.special import stdtr

        apart = abs(fmean(values) - fmean(others))
        error = self.sd * math.sqrt(1 / len(values) + 1 / len(others))
        if error == 0:
            return 1.0 if apart == 0 else 0.0
        return 2 * float(stdtr(self.df, -apart / error))


def pooled(samples: Sequence[Sequence[float]]) -> Pooled | None:
    """The common spread of samples; None where none has two values."""
    df = sum(len(values) - 1 for values in samples)
    if df < 1:
        return None
    return Pooled(math.sqrt(sum((value - fmean(values)) ** 2 for values in samples for value in values) / df), df)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for their number (Holm 1979): below 1 - LEVEL, at most 5 % of such families err at all."""
    corrected, largest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(np.argsort(p_values, kind="stable")):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = largest
    return corrected
