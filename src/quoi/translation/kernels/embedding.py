"""Embedding rows looked up step by step, with one dense gradient for all steps together.

An ordinary embedding makes a gradient as large as its table at every step, almost all of it zeros.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd import Function


class StepEmbedding:
    """Looks rows up in a table, as torch.nn.Embedding does.

    Args:
        weight: (V, E) the table.

    Attributes:
        anchor: a scalar that every look-up depends on; its backward pass comes after all of theirs.
        steps: what they leave for it.
    """

    def __init__(self, weight: Tensor):
        self.weight = weight.detach()
        self.steps = _Steps()
        self.anchor = _Table.apply(weight, self.steps)

    def __call__(self, words: Tensor) -> Tensor:
        """Ids of any shape (...) to rows (..., E)."""
        return _Rows.apply(self.anchor, self.weight, words, self.steps)


class _Steps:
    def __init__(self) -> None:
        self.words: list[Tensor] = []
        self.grads: list[Tensor] = []
        self.projection_grad: Tensor | None = None
        """What a tied projection adds to the table's gradient."""


class _Table(Function):
    @staticmethod
    def forward(ctx, weight, steps):
        ctx.save_for_backward(weight)
        ctx.steps = steps
        return weight.new_zeros(())

    @staticmethod
    def backward(ctx, _):
        (weight,) = ctx.saved_tensors
        steps = ctx.steps
        # Handed on, not kept: autograd copies a gradient that someone else holds.
        gradient, steps.projection_grad = steps.projection_grad, None
        if gradient is None:
            gradient = torch.zeros_like(weight)
        if steps.words:
            gradient.index_add_(0, torch.cat(steps.words), torch.cat(steps.grads).to(gradient.dtype))
        return gradient, None


class _Rows(Function):
    @staticmethod
    def forward(ctx, anchor, weight, words, steps):
        ctx.words, ctx.steps = words, steps
        return weight[words]

    @staticmethod
    def backward(ctx, gradient):
        ctx.steps.words.append(ctx.words.reshape(-1))
        ctx.steps.grads.append(gradient.reshape(-1, gradient.shape[-1]))
        return gradient.new_zeros(()), None, None, None
