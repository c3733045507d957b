"""Recurrent layers, one at a time: a GRU or an LSTM behind one call."""

from __future__ import annotations

from torch import Tensor, nn

State = tuple[Tensor, ...]
"""What recurrent layers carry between steps, each (B, H): a hidden state a layer, of an LSTM a hidden and a cell."""

CELLS: dict[str, type[nn.RNNBase]] = {"gru": nn.GRU, "lstm": nn.LSTM}
PARTS = {"gru": 1, "lstm": 2}
"""Tensors of state a layer."""


def run(layer: nn.RNNBase, inputs: Tensor, state: State) -> tuple[Tensor, State]:
    """Inputs (T, B, D) and one layer's state to outputs (T, B, H) and the state after the last step."""
    first = tuple(part.unsqueeze(0) for part in state)
    outputs, last = layer(inputs, first if len(first) > 1 else first[0])
    return outputs, tuple(part.squeeze(0) for part in (last if isinstance(last, tuple) else (last,)))
