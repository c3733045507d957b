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

from quoi.translation import kernels

WEIGHTS = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def suits(layers: Sequence[nn.RNNBase], inputs: Tensor) -> bool:
    """Whether `side_by_side` is the faster way for them: on a GPU, and with mixed precision, torch's own is."""
    if not kernels.used("gru") or inputs.device.type != "cpu" or torch.is_autocast_enabled("cpu"):
        return False
    return all(isinstance(layer, nn.GRU) for layer in layers)


def side_by_side(layers: Sequence[nn.GRU], inputs: Sequence[Tensor], sizes: Sequence[int]) -> tuple[Tensor, ...]:
    """K layers of one size, each over its own inputs, from zero states.

    Args:
        layers: K of them.
        inputs: (N, D) each, step after step without padding, as in a PackedSequence.
        sizes: rows of each step, never rising; they are the first rows of the step before, going on.

    Returns:
        outputs (N, H), K of them.
    """
    weights = (torch.stack([getattr(layer, name) for layer in layers]) for name in WEIGHTS)
    return _SideBySide.apply(torch.stack(list(inputs)), sizes, *weights).unbind()


class _SideBySide(Function):
    """r, z = sigmoid(Wi x + bi + Wh h + bh); n = tanh(Wi x + bi + r (Wh h + bh)); h' = n + z (h - n).

    One buffer has four numbers of every unit: c, which is Wh h + bh of n, then r, z, n. In the backward pass their
    gradients take their places: r, z, n are then those of Wi x + bi, and c, r, z those of Wh h + bh.
    """

    @staticmethod
    def forward(ctx, inputs, sizes, wi, wh, bi, bh):
        (count, rows, _), width = inputs.shape, wh.shape[2]
        buffer = inputs.new_empty(count, rows, 4 * width)
        torch.baddbmm(bi.unsqueeze(1), inputs, wi.transpose(1, 2), out=buffer[..., width:])
        outputs = inputs.new_empty(count, rows, width)
        hidden = inputs.new_zeros(count, sizes[0], width)
        wh, bh = _candidate_first(wh), _candidate_first(bh).unsqueeze(1)  # of c, r, z from here on
        transposed = wh.transpose(1, 2).contiguous()
        for step, output in zip(_steps(buffer, sizes), _steps(outputs, sizes), strict=True):
            hidden = hidden[:, : output.shape[1]]
            recurrent = torch.baddbmm(bh, hidden, transposed)
            c, r, z, n = step.split(width, dim=2)
            c.copy_(recurrent[..., :width])
            step[..., width : 3 * width].add_(recurrent[..., width:]).sigmoid_()
            n.addcmul_(r, recurrent[..., :width]).tanh_()
            hidden = torch.lerp(n, hidden, z)
            output.copy_(hidden)
        ctx.save_for_backward(inputs, wi, wh, outputs)
        ctx.sizes, ctx.buffer = sizes, buffer
        return outputs

    @staticmethod
    def backward(ctx, outputs_grad):
        inputs, wi, wh, outputs = ctx.saved_tensors
        sizes, buffer = ctx.sizes, ctx.buffer
        del ctx.buffer  # Written into here: a second backward pass would take gradients for gates.
        count, _, width = outputs.shape
        start = outputs.new_zeros(count, sizes[0], width)
        before = [start, *(step[:, :size] for step, size in zip(_steps(outputs, sizes), sizes[1:], strict=False))]
        places, hidden_grad = [torch.empty_like(start) for _ in range(4)], start[:, :0]
        steps = zip(_steps(buffer, sizes), _steps(outputs_grad, sizes), before, strict=True)
        for step, passed, hidden in reversed(list(steps)):
            c, r, z, n = step.split(width, dim=2)
            output_grad, kept, inner, spare = (place[:, : step.shape[1]] for place in places)
            output_grad.copy_(passed)
            output_grad[:, : hidden_grad.shape[1]] += hidden_grad
            torch.mul(output_grad, z, out=kept)
            torch.sub(output_grad, kept, out=inner)
            z.mul_(torch.sub(hidden, n, out=spare)).mul_(inner)
            torch.addcmul(inner, torch.mul(inner, n, out=spare), n, value=-1, out=n)
            torch.mul(n, r, out=spare)
            c.mul_(spare)
            torch.addcmul(c, c, r, value=-1, out=r)
            c.copy_(spare)
            hidden_grad = torch.baddbmm(kept, step[..., : 3 * width], wh)
        inner, recurrent, sums = buffer[..., width:], buffer[..., : 3 * width], buffer.sum(dim=1)
        wi_grad = torch.bmm(inner.transpose(1, 2), inputs)
        wh_grad = _candidate_last(torch.bmm(recurrent.transpose(1, 2), torch.cat(before, dim=1)))
        return torch.bmm(inner, wi), None, wi_grad, wh_grad, sums[:, width:], _candidate_last(sums[:, : 3 * width])


def _candidate_first(weights: Tensor) -> Tensor:
    """(K, 3H, ...) of the hidden state's weights, from torch's order to the buffer's."""
    return weights.roll(weights.shape[1] // 3, 1)


def _candidate_last(weights: Tensor) -> Tensor:
    return weights.roll(-(weights.shape[1] // 3), 1)


def _steps(packed: Tensor, sizes: Sequence[int]) -> Sequence[Tensor]:
    """The rows of every step of a (K, N, ...)."""
    return packed.split(list(sizes), dim=1)
