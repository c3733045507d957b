"""A plain port of the lesson's decoding, straight from its description, as the yardstick for loss and speed.

Every step projects every sentence, decoding always runs to the maximum length, nothing is packed, and the loss is taken
from all logits at the end. It reads the weights of a quoi model, so that the two can be compared number by number.
The encoder runs over padding too; masks keep padding out of the states, since otherwise the two could not agree.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

BOS, PAD = 0, 1
PLAIN = {"tanh": torch.tanh, "relu": torch.relu}


State = list[Tensor]
"""What a layer carries from word to word, each (B, H): a GRU's hidden state; an LSTM's hidden state and its cell."""


def encode(model, source: Tensor, lengths: Tensor) -> tuple[list[State], Tensor]:
    """Source ids (S, B) to the decoder's first state, (B, E) tensors a layer, and outputs (S, B, H x directions)."""
    encoder = model.encoder
    real = (torch.arange(len(source)).unsqueeze(1) < lengths).unsqueeze(2).to(source.device)
    inputs = drop(encoder.drop_embedding, encoder.embedding(source))
    states = []
    for number, directions in enumerate(encoder.layers):
        inputs = drop(encoder.drop_layer, inputs) if number else inputs
        both = [recur(rnn, inputs, real, backwards=bool(place)) for place, rnn in enumerate(directions)]
        inputs = torch.cat([outputs for outputs, _ in both], dim=2)
        last = [torch.cat(parts, dim=1) for parts in zip(*(state for _, state in both), strict=True)]
        bridges = [bridge for bridge in encoder.bridges if bridge.in_features == last[0].shape[1]]
        states.append([bridge(drop(encoder.drop_bridge, part)) for bridge, part in zip(bridges, last, strict=True)])
    return states, inputs


def recur(rnn, inputs: Tensor, real: Tensor, backwards: bool) -> tuple[Tensor, State]:
    """One direction of one layer, padding steps leaving the state alone."""
    zeros = inputs.new_zeros(inputs.shape[1], rnn.hidden_size)
    state = [zeros, zeros] if rnn.mode == "LSTM" else [zeros]
    steps = range(len(inputs))
    outputs: list[Tensor] = [zeros] * len(inputs)
    for t in reversed(steps) if backwards else steps:
        state = [torch.where(real[t], new, old) for new, old in zip(advance(rnn, inputs[t], state), state, strict=True)]
        outputs[t] = state[0] * real[t]
    return torch.stack(outputs), state


def advance(rnn, inputs: Tensor, state: State) -> State:
    """One step of a layer."""
    weights = [getattr(rnn, f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    if rnn.mode == "LSTM":
        return list(torch.lstm_cell(inputs, state, *weights))
    return [torch.gru_cell(inputs, state[0], *weights)]


def drop(module, values: Tensor) -> Tensor:
    """Torch's own dropout, at the probability of a module of the model."""
    return F.dropout(values, module.p, module.training)


def decode(
    model,
    source: Tensor,
    lengths: Tensor,
    max_length: int,
    target: Tensor | None = None,
    forced: Tensor | None = None,
    never: Sequence[int] = (),
) -> Tensor:
    """Logits (steps, B, V), at most `max_length` steps, fewer when the whole batch predicts padding.

    Where `forced` (T, B) is true the next input is the target, elsewhere the most probable word; the words `never` get
    a logit of -inf.
    """
    states, outputs = encode(model, source, lengths)
    layers, attention = model.decoder.layers, model.decoder.attention
    padded = (torch.arange(len(source)).unsqueeze(1) >= lengths).to(source.device)
    words = torch.full_like(source[0], BOS)
    keys = outputs @ attention.w1 if attention else None
    result = []
    for t in range(max_length):
        inputs = model.embedding(words)
        if attention:
            scores = PLAIN[model.settings.activation](keys + attention.w2(states[-1][0])) @ attention.v
            weights = torch.softmax(scores.masked_fill(padded, float("-inf")), dim=0)
            context = (weights.unsqueeze(2) * outputs).sum(dim=0)
            inputs = model.decoder.join(torch.cat((inputs, context), dim=1))
        for number, layer in enumerate(layers):
            inputs = drop(model.decoder.drop_layer, inputs) if number else inputs
            states[number] = advance(layer, inputs, states[number])
            inputs = states[number][0]
        logits = model.projection(drop(model.decoder.drop_output, inputs))
        logits[:, list(never)] = float("-inf")
        result.append(logits)
        words = logits.detach().max(1)[1]
        if forced is None and (words == PAD).all():
            break
        if forced is not None and t < len(target):
            words = torch.where(forced[t].to(words.device), target[t], words)
    return torch.stack(result)


def lesson_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy over all positions, padding counted; logits that ended early are followed by zeros."""
    missing = len(target) - len(logits)
    if missing > 0:
        logits = F.pad(logits, (0, 0, 0, 0, 0, missing))
    return F.cross_entropy(logits[: len(target)].reshape(-1, logits.shape[2]), target.reshape(-1))


def token_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy over real tokens."""
    logits = logits[: len(target)]
    return F.cross_entropy(logits.reshape(-1, logits.shape[2]), target.reshape(-1), ignore_index=PAD)
