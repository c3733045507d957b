"""Projection to the vocabulary and cross-entropy in one pass that never keeps the logits.

A step-by-step decoder that free-runs needs the logits of every step for its own next word. They are all that the
loss needs too, and the gradient of softmax cross-entropy is known the moment the logits are: softmax - one-hot. So
each row is projected once and turned in place into its gradient; a full block is multiplied into the gradients of the
hidden states and of the weights, and forgotten. Memory is one block of logits instead of three copies of all of them.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.autograd import Function

BLOCK_ROWS = 512
"""Rows of logits held at once: the weight gradient is worth a matrix product of about this many rows."""


# Blocks of logits that wait for the next batch: memory fresh from the system is slow at its first touch.
_spare: dict[tuple[int, torch.device, torch.dtype], Tensor] = {}


def likeliest(logits: Tensor) -> Tensor:
    """The id (N,) of the largest of each row of logits (N, V), of equals the first: argmax."""
    if logits.device.type != "cpu":
        return logits.argmax(dim=1)
    return torch.from_numpy(logits.detach().numpy().argmax(axis=1))  # PyTorch takes ten times as long, on a CPU


class FusedLinearCrossEntropy:
    """Cross-entropy of linear(hidden) against targets, fed in pieces, differentiable as one.

    Every row has the same weight `scale` in the total (1 / rows for a mean), which is what lets the gradient be
    computed before the backward pass is asked for.

    Args:
        weight: (V, E) and bias: (V,) of the projection.
        scale: factor of every row's loss in `total`.
    """

    def __init__(self, weight: Tensor, bias: Tensor, scale: float):
        self.weight, self.bias, self.scale = weight, bias, scale
        self.training = torch.is_grad_enabled()
        self.loss = weight.new_zeros(())
        self._hidden: list[Tensor] = []
        self._hidden_grads: list[Tensor] = []
        self._kind = (len(weight), weight.device, weight.dtype)
        self._logits: Tensor | None = None
        self._filled = 0
        self._unspent = 0
        self._pending: list[tuple[Tensor, Tensor]] = []
        self._pending_rows = 0
        if self.training:
            self.weight_grad = torch.empty_like(weight)
            self.bias_grad = torch.zeros_like(bias)

    def now(self, hidden: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Add rows and say at once what they predict.

        Args:
            hidden: (N, E); target: (N,) ids.

        Returns:
            losses (N,) in nats, without gradient; predictions (N,), the most probable ids.
        """
        with torch.no_grad():
            return self._add(self._project(hidden), hidden, target)

    def _add(self, logits: Tensor, hidden: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Losses (N,) and predictions (N,) of rows of logits, which become their gradients on the way."""
        predictions = likeliest(logits)
        columns, largest = target.unsqueeze(1), predictions.unsqueeze(1)
        wanted, highest = logits.gather(1, columns), logits.gather(1, largest)
        torch.softmax(logits, dim=1, out=logits)
        # log-sum-exp from the largest probability, at least 1/V: exact where log p(target) would underflow.
        losses = (highest - logits.gather(1, largest).log() - wanted).squeeze(1)
        self.loss += losses.sum()
        if self.training:
            logits.scatter_add_(1, columns, torch.full_like(columns, -1, dtype=logits.dtype))
            self._hidden.append(hidden)
        return losses, predictions

    def later(self, hidden: Tensor, target: Tensor) -> None:
        """Add rows whose predictions nobody waits for; they are projected in blocks.

        Args:
            hidden: (N, E); target: (N,) ids.
        """
        self._pending.append((hidden, target))
        self._pending_rows += len(hidden)
        if self._pending_rows >= BLOCK_ROWS:
            self._project_pending()

    def add_uniform(self, rows: int) -> None:
        """Add `rows` rows of zero logits: ln V each, whatever their targets, and no gradient."""
        self.loss += rows * math.log(len(self.weight))

    def total(self) -> Tensor:
        """The scaled sum of all losses: a scalar whose backward reaches every `hidden`, `weight` and `bias`."""
        self._project_pending()
        value = self.loss * self.scale
        self._spend()
        if self._logits is not None:
            _spare[self._kind], self._logits = self._logits, None
        if not self.training or not self._hidden:
            return value
        return _WithGradients.apply(
            value, torch.cat(self._hidden), self.weight, self.bias,
            torch.cat(self._hidden_grads), self.weight_grad, self.bias_grad,
        )  # fmt: skip

    def _project_pending(self) -> None:
        if not self._pending:
            return
        hidden = torch.cat([rows for rows, _ in self._pending])
        target = torch.cat([rows for _, rows in self._pending])
        self._pending, self._pending_rows = [], 0
        for rows, wanted in zip(hidden.split(BLOCK_ROWS), target.split(BLOCK_ROWS), strict=True):
            with torch.no_grad():
                self._add(self._project(rows), rows, wanted)

    def _project(self, hidden: Tensor) -> Tensor:
        """Logits of `hidden` in the next free rows of the block; earlier rows are spent first when it is full."""
        if self._logits is None:
            self._logits = _spare.pop(self._kind, None)
        if self._logits is None:
            self._logits = self.weight.new_empty(max(BLOCK_ROWS, len(hidden)), len(self.weight))
        if self._filled + len(hidden) > len(self._logits):
            self._spend()
        if len(hidden) > len(self._logits):
            self._logits = self.weight.new_empty(len(hidden), len(self.weight))
        logits = self._logits[self._filled : self._filled + len(hidden)]
        if torch.is_autocast_enabled(hidden.device.type):
            logits.copy_(torch.nn.functional.linear(hidden, self.weight, self.bias))
        else:
            torch.mm(hidden, self.weight.t(), out=logits).add_(self.bias)
        self._filled += len(hidden)
        return logits

    def _spend(self) -> None:
        """Turn the held logit gradients into those of hidden states and weights, and free their rows."""
        if self.training and self._filled:
            gradients = self._logits[: self._filled]
            hidden = torch.cat([h.detach() for h in self._hidden[self._unspent :]])
            first = self._unspent == 0
            self._hidden_grads.append((gradients @ self.weight).mul_(self.scale))
            self.weight_grad.addmm_(gradients.t(), hidden.to(gradients.dtype), beta=not first, alpha=self.scale)
            self.bias_grad.add_(gradients.sum(dim=0), alpha=self.scale)
            self._unspent = len(self._hidden)
        self._filled = 0


class _WithGradients(Function):
    """Hand a value on, and gradients that are already known back."""

    @staticmethod
    def forward(ctx, value, hidden, weight, bias, hidden_grad, weight_grad, bias_grad):
        ctx.save_for_backward(hidden_grad, weight_grad, bias_grad)
        return value.clone()

    @staticmethod
    def backward(ctx, scale):
        hidden_grad, weight_grad, bias_grad = ctx.saved_tensors
        # In place, since the weights' gradient is large and nobody else's: a second backward pass is an error anyway.
        weight_grad.mul_(scale)
        return None, hidden_grad * scale, weight_grad, bias_grad * scale, None, None, None
