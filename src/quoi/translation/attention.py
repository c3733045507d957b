"""Additive attention over the encoder's outputs (Bahdanau, Cho and Bengio 2015, appendix A.1.2)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd import Function
from torch.nn.utils.rnn import pad_sequence


class Activation(NamedTuple):
    """A function f and, of a value f(x), the derivative of f at x; both in place."""

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]


ACTIVATIONS = {
    "tanh": Activation(torch.tanh_, lambda value: value.square_().neg_().add_(1)),
    "relu": Activation(torch.relu_, Tensor.sign_),
}


class Memory(NamedTuple):
    """What attention reads at every step, computed once a sentence.

    Attributes:
        outputs: (B, S, H) encoder outputs; keys: (B, S, E), W1 outputs; padding: (B, S), -inf over padding, else 0.
        anchor: a scalar that every step depends on; its backward pass comes after all of theirs.
        steps: what they leave for it.
    """

    outputs: Tensor
    keys: Tensor
    padding: Tensor
    anchor: Tensor
    steps: Steps

    @classmethod
    def of(cls, outputs: Tensor, keys: Tensor, padding: Tensor) -> Memory:
        """A memory that no step has read yet."""
        steps = Steps()
        return cls(outputs, keys, padding, _Anchor.apply(outputs, keys, steps), steps)

    def first(self, count: int) -> Memory:
        """The memory of the first `count` sentences."""
        if count == len(self.outputs):
            return self
        return Memory(self.outputs[:count], self.keys[:count], self.padding[:count], self.anchor, self.steps)

    def select(self, rows: Tensor) -> Memory:
        """The memory of the sentences `rows`, in that order; a sentence may be taken more than once."""
        return Memory.of(self.outputs[rows], self.keys[rows], self.padding[rows])


class Attention(nn.Module):
    """weights = softmax(v . f(W1 outputs + W2 hidden + b)), f = tanh or relu; context = weights . outputs.

    W1 and v have no bias and start scaled-normal, as in the lesson.

    Args:
        width: H of the encoder's outputs; size: E of the decoder's hidden state; activation: name of f.
    """

    def __init__(self, width: int, size: int, activation: str):
        super().__init__()
        self.w1 = nn.Parameter(torch.randn(width, size) / math.sqrt(width))
        self.w2 = nn.Linear(size, size)
        self.v = nn.Parameter(torch.randn(size) / math.sqrt(size))
        self.activation = ACTIVATIONS[activation]

    def memory(self, outputs: Tensor, mask: Tensor) -> Memory:
        """Prepare encoder outputs (B, S, H) and their mask (B, S) for any number of steps."""
        padding = torch.zeros(mask.shape, device=mask.device).masked_fill(~mask, -math.inf)
        return Memory.of(outputs, outputs @ self.w1, padding)

    def forward(self, hidden: Tensor, memory: Memory) -> tuple[Tensor, Tensor]:
        """Hidden (B, E) of the decoder's top layer to the context (B, H) and the weights (B, S), zero over padding.

        The context is differentiable; the weights are to look at.
        """
        query = self.w2(hidden)
        return _Attend.apply(memory.anchor, query, self.v.to(query.dtype), memory, self.activation)


class Steps:
    """The gradient of a memory, gathered over the steps that read it.

    Left to autograd, every step would make a gradient as large as the memory and add it up. Here the gradient of the
    outputs, the sum over steps t of weights_t (B, S, 1) times the context's gradient_t (B, 1, H), is one product over
    all steps, and that of the keys is added up in place.
    """

    def __init__(self) -> None:
        self.weights: list[Tensor] = []
        self.context_grads: list[Tensor] = []
        self.keys_grad: Tensor | None = None
        self._values: Tensor | None = None

    def activate(self, keys: Tensor, query: Tensor, f: Activation) -> Tensor:
        """f(keys + query), (B, S, E), valid until the next call: every step's are written to the same place."""
        if self._values is None:
            self._values = torch.empty_like(keys)
        return f.value(torch.add(keys, query.unsqueeze(1), out=self._values[: len(keys)]))

    def add(self, weights: Tensor, context_grad: Tensor, slope: Tensor, scores_grad: Tensor) -> None:
        """A step: weights (B, S), gradients of context (B, H) and scores (B, S), slope of the scores (B, S, E)."""
        self.weights.append(weights)
        self.context_grads.append(context_grad)
        if self.keys_grad is None:
            self.keys_grad = torch.zeros_like(self._values)
        self.keys_grad[: len(slope)].addcmul_(slope, scores_grad.unsqueeze(2))


class _Anchor(Function):
    @staticmethod
    def forward(ctx, outputs, keys, steps):
        ctx.steps = steps
        return keys.new_zeros(())

    @staticmethod
    def backward(ctx, _):
        steps = ctx.steps
        # Later steps may have fewer sentences; the first has all of them.
        weights, contexts = pad_sequence(steps.weights), pad_sequence(steps.context_grads)
        return torch.bmm(weights.transpose(1, 2).to(contexts.dtype), contexts), steps.keys_grad, None


class _Attend(Function):
    """One step. What is as large as the memory is computed again in the backward pass instead of being kept."""

    @staticmethod
    def forward(ctx, anchor, query, v, memory, f):
        scores = memory.steps.activate(memory.keys, query, f) @ v
        weights = torch.softmax(scores.float() + memory.padding, dim=1)
        context = torch.bmm(weights.unsqueeze(1).to(memory.outputs.dtype), memory.outputs).squeeze(1)
        ctx.memory, ctx.f = memory, f
        ctx.save_for_backward(query, v, weights)
        ctx.mark_non_differentiable(weights)
        return context, weights

    @staticmethod
    def backward(ctx, context_grad, _):
        query, v, weights = ctx.saved_tensors
        outputs, keys, _, anchor, steps = ctx.memory
        weights_grad = torch.bmm(outputs, context_grad.to(outputs.dtype).unsqueeze(2)).squeeze(2)
        scores_grad = weights * (weights_grad - (weights * weights_grad).sum(dim=1, keepdim=True))
        scores_grad = scores_grad.to(v.dtype)
        values = steps.activate(keys, query, ctx.f)
        v_grad = scores_grad.flatten() @ values.flatten(0, 1)
        slope = ctx.f.slope(values).mul_(v)
        query_grad = torch.bmm(scores_grad.unsqueeze(1), slope).squeeze(1)
        steps.add(weights, context_grad, slope, scores_grad)
        return torch.zeros_like(anchor), query_grad, v_grad, None, None
