"""The kernel beside its plain form: values and every gradient."""

from __future__ import annotations

import pytest
import torch

from quoi.translation import kernels
from quoi.translation.kernels import cross_entropy
from tests.translation.conftest import VARIANTS, make_batch, make_model


def loss_and_gradients(model, batch, padding: bool, forced) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    model.zero_grad()
    loss = model.loss(batch, padding=padding, forced=forced)
    loss.backward()
    return loss.detach(), {name: parameter.grad.clone() for name, parameter in model.named_parameters()}


@pytest.mark.parametrize("padding", [False, True])
@pytest.mark.parametrize("probability", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("settings", [{}, {"activation": "relu", "tied": False}, {"layers": 1, "cell": "lstm"}])
def test_a_training_step_is_that_of_the_plain_forms(padding, probability, settings):
    model, batch = make_model(**VARIANTS["all"], **settings).double(), make_batch()
    mask = torch.rand(batch.target.shape, generator=torch.Generator().manual_seed(3)) < probability
    forced = mask if probability else None
    with kernels.switched(False):
        plain, plain_gradients = loss_and_gradients(model, batch, padding, forced)
    with kernels.switched(True):
        loss, gradients = loss_and_gradients(model, batch, padding, forced)
    torch.testing.assert_close(loss, plain, rtol=1e-10, atol=1e-12)
    for name, gradient in gradients.items():
        torch.testing.assert_close(gradient, plain_gradients[name], rtol=1e-8, atol=1e-10, msg=name)


def test_a_broken_kernel_is_noticed(monkeypatch):
    """The comparison above fails where a backward pass is wrong by a hundredth."""
    backward = cross_entropy._WithGradients.backward

    def off(ctx, scale):
        return backward(ctx, scale * 1.01)

    monkeypatch.setattr(cross_entropy._WithGradients, "backward", staticmethod(off))
    with pytest.raises(AssertionError):
        test_a_training_step_is_that_of_the_plain_forms(False, 0.5, {})


def test_the_likeliest_word_is_the_one_that_torch_finds_and_of_equals_the_first():
    logits = torch.randint(4, (50, 33), generator=torch.Generator().manual_seed(0)).float().requires_grad_()
    assert cross_entropy.likeliest(logits).equal(logits.argmax(dim=1))
    assert cross_entropy.likeliest(torch.zeros(2, 5)).tolist() == [0, 0]


def test_a_second_backward_pass_is_an_error_and_no_wrong_number():
    loss = make_model().loss(make_batch(), padding=False)
    loss.backward(retain_graph=True)
    with pytest.raises(RuntimeError):
        loss.backward()


def test_the_switch_is_back_after_a_block_that_fails():
    with pytest.raises(ValueError), kernels.switched(False):
        assert not kernels.used()
        raise ValueError
    assert kernels.used()
