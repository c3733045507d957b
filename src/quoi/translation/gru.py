"""GRUs that run side by side on a CPU: the directions of an encoder's layer (Cho et al. 2014, torch's variant of it).

torch.nn.GRU composes each step of many small operations, and autograd keeps what every one of them made. Here the
directions share each operation, and the backward pass is written out, so that a step's numbers stay in the processor's
cache and the gates' memory becomes that of their gradients.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.autograd import Function

WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def suits(layers: Sequence[nn.RNNBase], inputs: Tensor) -> bool:
    """Whether `side_by_side` is the faster way for them: on a GPU, and with mixed precision, torch's own is."""
    plain = inputs.device.type == "cpu" and not torch.is_autocast_enabled("cpu")
    return plain and all(isinstance(layer, nn.GRU) for layer in layers)


def side_by_side(layers: Sequence[nn.GRU], inputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """K layers of one size, each over its own inputs (T, B, D), from zero states: outputs (T, B, H), K of them."""
    weights = (torch.stack([getattr(layer, name) for layer in layers]) for name in WEIGHTS)
    return _SideBySide.apply(torch.stack(list(inputs)), *weights).unbind()


class _SideBySide(Function):
    """r, z = sigmoid(Wi x + bi + Wh h + bh); n = tanh(Wi x + bi + r (Wh h + bh)); h' = n + z (h - n)."""

    @staticmethod
    def forward(ctx, inputs, wi, wh, bi, bh):
        (count, steps, size, _), width = inputs.shape, wh.shape[2]
        gates = torch.baddbmm(bi.unsqueeze(1), inputs.flatten(1, 2), wi.transpose(1, 2))
        gates = gates.view(count, steps, size, 3 * width)
        outputs = inputs.new_empty(count, steps, size, width)
        candidates = torch.empty_like(outputs)  # Wh h + bh of n, before r
        hidden = inputs.new_zeros(count, size, width)
        recurrent = inputs.new_empty(count, size, 3 * width)
        for t in range(steps):
            torch.baddbmm(bh.unsqueeze(1), hidden, wh.transpose(1, 2), out=recurrent)
            both, n = gates[:, t, :, : 2 * width], gates[:, t, :, 2 * width :]
            r, z = both.add_(recurrent[..., : 2 * width]).sigmoid_().split(width, dim=2)
            candidates[:, t] = recurrent[..., 2 * width :]
            n.addcmul_(r, recurrent[..., 2 * width :]).tanh_()
            hidden = torch.lerp(n, hidden, z)
            outputs[:, t] = hidden
        ctx.save_for_backward(inputs, wi, wh, outputs)
        # The backward pass writes into these two.
        ctx.gates, ctx.candidates = gates, candidates
        return outputs

    @staticmethod
    def backward(ctx, outputs_grad):
        inputs, wi, wh, outputs = ctx.saved_tensors
        gates, candidates = ctx.gates, ctx.candidates
        del ctx.gates, ctx.candidates
        count, steps, size, width = outputs.shape
        grad = gates.new_empty(count, size, 3 * width)  # of Wh h + bh
        r_grad, z_grad, n_grad = grad.split(width, dim=2)
        kept, n_inner, spare = (gates.new_empty(count, size, width) for _ in range(3))
        zeros = torch.zeros_like(kept)
        wh_grad, bh_grad, hidden_grad = torch.zeros_like(wh), gates.new_zeros(count, 3 * width), zeros
        for t in reversed(range(steps)):
            step = gates[:, t]
            r, z, n = step.split(width, dim=2)
            before = outputs[:, t - 1] if t else zeros
            output_grad = torch.add(hidden_grad, outputs_grad[:, t], out=spare)
            torch.mul(output_grad, z, out=kept)
            torch.sub(output_grad, kept, out=n_inner)
            torch.sub(before, n, out=z_grad).mul_(z).mul_(n_inner)
            n_inner.addcmul_(torch.mul(n_inner, n, out=spare), n, value=-1)
            torch.mul(n_inner, r, out=n_grad)
            torch.mul(n_grad, candidates[:, t], out=r_grad)
            r_grad.addcmul_(r_grad, r, value=-1)
            hidden_grad = torch.baddbmm(kept, grad, wh)
            wh_grad.baddbmm_(grad.transpose(1, 2), before)
            bh_grad += grad.sum(dim=1)
            step[..., : 2 * width] = grad[..., : 2 * width]
            n.copy_(n_inner)
        inner = gates.flatten(1, 2)
        wi_grad = torch.bmm(inner.transpose(1, 2), inputs.flatten(1, 2))
        return torch.bmm(inner, wi).view_as(inputs), wi_grad, wh_grad, inner.sum(dim=1), bh_grad
