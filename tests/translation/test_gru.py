"""GRUs side by side against torch's own: outputs and every gradient."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import PackedSequence

from quoi.translation import gru

SIZES = {
    "count": st.integers(1, 3),
    "sizes": st.lists(st.integers(1, 5), min_size=1, max_size=6).map(lambda each: sorted(each, reverse=True)),
    "inputs": st.integers(1, 4),
}


def make(count: int, sizes: list[int], inputs: int, width: int) -> tuple[list[torch.nn.GRU], torch.Tensor]:
    torch.manual_seed(0)
    layers = [torch.nn.GRU(inputs, width, dtype=torch.float64) for _ in range(count)]
    return layers, torch.randn(count, sum(sizes), inputs, dtype=torch.float64, requires_grad=True)


@settings(max_examples=60, deadline=None)
@given(**SIZES, width=st.integers(1, 7))
def test_outputs_and_gradients_are_torchs(count, sizes, inputs, width):
    layers, given = make(count, sizes, inputs, width)
    weights = [weight for layer in layers for weight in layer.parameters()]
    ours = torch.stack(gru.side_by_side(layers, given.unbind(), sizes))
    packed = [PackedSequence(each, torch.tensor(sizes)) for each in given]
    torchs = torch.stack([layer(each)[0].data for layer, each in zip(layers, packed, strict=True)])
    torch.testing.assert_close(ours, torchs)
    passed = torch.randn_like(ours)
    for mine, theirs in zip(
        torch.autograd.grad(ours, [given, *weights], passed),
        torch.autograd.grad(torchs, [given, *weights], passed),
        strict=True,
    ):
        torch.testing.assert_close(mine, theirs)


def test_a_second_backward_pass_is_an_error_and_no_wrong_number():
    layers, given = make(2, [2, 2, 1], 2, 2)
    total = torch.stack(gru.side_by_side(layers, given.unbind(), [2, 2, 1])).sum()
    total.backward(retain_graph=True)
    with pytest.raises((RuntimeError, AttributeError)):
        total.backward()


def test_mixed_precision_and_other_cells_are_left_to_torch():
    layers, given = make(1, [1], 1, 1)
    assert gru.suits(layers, given)
    with torch.autocast("cpu", torch.bfloat16):
        assert not gru.suits(layers, given)
    assert not gru.suits([torch.nn.LSTM(1, 1)], given)
