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
    given = tuple(each.unsqueeze(0) for each in state)
    outputs, last = layer(inputs, given if len(given) > 1 else given[0])
    return outputs, tuple(each.squeeze(0) for each in (last if isinstance(last, tuple) else (last,)))
