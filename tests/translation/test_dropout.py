"""Dropout: what it keeps, how often, and that its chance is the generator's alone."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.translation.dropout import Dropout


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0, 0.999), st.lists(st.integers(0, 5), min_size=1, max_size=3), st.sampled_from(["float32", "bfloat16"])
)
def test_values_are_kept_and_scaled_or_zero_and_so_are_gradients(p, shape, dtype):
    values = torch.full(shape, 2.0, dtype=getattr(torch, dtype), requires_grad=True)
    dropped = Dropout(p)(values)
    assert dropped.dtype == values.dtype and dropped.shape == values.shape
    factor = dropped.detach() / 2
    assert torch.isclose(factor[factor != 0].float(), torch.tensor(1 / (1 - p)), rtol=2e-2).all()
    (gradient,) = torch.autograd.grad(dropped.sum(), values)
    torch.testing.assert_close(gradient, factor)


@pytest.mark.parametrize("p", [0.05, 0.25, 0.35, 0.9])
def test_share_mean_and_independence_are_those_of_the_probability(p):
    torch.manual_seed(1)
    dropped = Dropout(p)(torch.ones(400_003))
    zero = (dropped == 0).double()
    assert zero.mean().item() == pytest.approx(p, abs=0.005)
    assert dropped.mean().item() == pytest.approx(1, abs=0.02)
    # The four values of one drawn number are as independent of each other as of the next ones.
    for distance in range(1, 9):
        assert (zero[distance:] * zero[:-distance]).mean().item() == pytest.approx(p * p, abs=0.005)


def test_the_seed_decides():
    def drawn(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return torch.stack([Dropout(0.5)(torch.ones(99)) for _ in range(2)])

    assert drawn(1).equal(drawn(1))
    assert not drawn(1).equal(drawn(2))
    assert not drawn(1)[0].equal(drawn(1)[1])


@pytest.mark.parametrize("p", [0.0, 0.3, 1 - 1e-9])
def test_nothing_falls_outside_training(p):
    values = torch.ones(50)
    assert Dropout(p).eval()(values).equal(values)


def test_a_probability_next_to_one_leaves_nothing_infinite():
    assert Dropout(1 - 1e-9)(torch.ones(50)).isfinite().all()
