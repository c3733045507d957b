"""Intervals and tests from residuals of all samples together, checked against scipy and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from quoi.report.intervals import Pooled, holm, pooled


def test_two_samples_are_students_test() -> None:
    one, other = [3.50, 3.52, 3.57], [3.40, 3.47]
    common = pooled([one, other])
    assert common is not None and common.df == 3
    assert common.p_value(one, other) == pytest.approx(stats.ttest_ind(one, other).pvalue)


def test_by_hand() -> None:
    # residuals ±1, ±2, 0: 10 squared in all, over 2 degrees of freedom
    common = pooled([[1.0, 3.0], [2.0, 6.0], [5.0]])
    assert common == Pooled(5**0.5, 2)
    # with two degrees of freedom, p = 1 - |t| / sqrt(2 + t^2)
    t = 2 / (5**0.5 * (1 / 2 + 1 / 2) ** 0.5)
    assert common.p_value([1.0, 3.0], [2.0, 6.0]) == pytest.approx(1 - t / (2 + t * t) ** 0.5)
    assert common.half_width(1) == pytest.approx(4.302653 * 5**0.5, rel=1e-6)
    assert common.half_width(4) == pytest.approx(common.half_width(1) / 2)


def test_without_spread() -> None:
    assert pooled([[1.0], [2.0]]) is None and pooled([]) is None
    common = pooled([[3.0, 3.0], [2.0, 2.0]])
    assert common is not None and common.half_width(2) == 0
    assert common.p_value([3.0, 3.0], [3.0, 3.0]) == 1.0
    assert common.p_value([3.0, 3.0], [2.0, 2.0]) == 0.0


def test_error_rates_of_drawn_experiments() -> None:
    """Of 2,000 experiments of five alike variants with two seeds each, 5 % are called different and 95 % covered."""
    drawn = np.random.default_rng(0).normal(size=(2000, 5, 2))
    called, covered = [], []
    for samples in drawn.tolist():
        common = pooled(samples)
        assert common is not None
        called.append(common.p_value(samples[0], samples[1]) < 0.05)
        covered.append(abs(np.mean(samples[0])) < common.half_width(2))
    assert 0.035 < np.mean(called) < 0.065
    assert 0.935 < np.mean(covered) < 0.965


def test_holm_is_as_in_his_paper() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
