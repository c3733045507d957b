"""Each kernel beside its plain form: values and every gradient."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import PackedSequence

from quoi.translation import kernels
from quoi.translation.kernels import cross_entropy, embedding, gru
from tests.translation.conftest import VARIANTS, make_batch, make_model

SIZES = {
    "count": st.integers(1, 3),
    "sizes": st.lists(st.integers(1, 5), min_size=1, max_size=6).map(lambda each: sorted(each, reverse=True)),
    "inputs": st.integers(1, 4),
}


def make(count: int, sizes: list[int], inputs: int, width: int) -> tuple[list[torch.nn.GRU], torch.Tensor]:
    torch.manual_seed(0)
    layers = [torch.nn.GRU(inputs, width, dtype=torch.float64) for _ in range(count)]
    return layers, torch.randn(count, sum(sizes), inputs, dtype=torch.float64, requires_grad=True)


def loss_and_gradients(model, batch, padding: bool, forced) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    model.zero_grad()
    loss = model.loss(batch, padding=padding, forced=forced)
    loss.backward()
    return loss.detach(), {name: parameter.grad.clone() for name, parameter in model.named_parameters()}


@pytest.mark.parametrize("kernel", sorted(kernels.NAMES))
@pytest.mark.parametrize("padding", [False, True])
@pytest.mark.parametrize("probability", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("settings", [{}, {"activation": "relu", "tied": False}, {"layers": 1, "cell": "lstm"}])
def test_a_training_step_is_that_of_the_plain_forms(kernel, padding, probability, settings):
    model, batch = make_model(**VARIANTS["all"], **settings).double(), make_batch()
    mask = torch.rand(batch.target.shape, generator=torch.Generator().manual_seed(3)) < probability
    forced = mask if probability else None
    with kernels.only():
        plain, plain_gradients = loss_and_gradients(model, batch, padding, forced)
    with kernels.only(kernel):
        loss, gradients = loss_and_gradients(model, batch, padding, forced)
    torch.testing.assert_close(loss, plain, rtol=1e-10, atol=1e-12)
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, plain_gradients[name], rtol=1e-8, atol=1e-10, msg=f"{kernel}: {name}")


@pytest.mark.parametrize("kernel", sorted(kernels.NAMES))
def test_a_broken_kernel_is_noticed(kernel, monkeypatch):
    """The comparison above fails where a backward pass is wrong by a hundredth."""
    function = {
        "cross_entropy": cross_entropy._WithGradients,
        "embedding": embedding._Rows, "gru": gru._SideBySide,
    }[kernel]  # fmt: skip
    backward = function.backward

    def off(ctx, *gradients):
        return backward(ctx, *(gradient if gradient is None else gradient * 1.01 for gradient in gradients))

    monkeypatch.setattr(function, "backward", staticmethod(off))
    with pytest.raises(AssertionError):
        test_a_training_step_is_that_of_the_plain_forms(kernel, False, 0.5, {})


def test_the_switch_turns_all_kernels_off_and_on():
    kernels.switch(False)
    try:
        assert not any(map(kernels.used, kernels.NAMES))
    finally:
        kernels.switch(True)
    assert all(map(kernels.used, kernels.NAMES))


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
