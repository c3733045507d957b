"""A plain port of the lesson's decoding, straight from its description, as the yardstick for loss and speed.

Every step projects every sentence, decoding always runs to the maximum length, nothing is packed, and the loss is taken
from all logits at the end. It reads the weights of a quoi model, so that the two can be compared number by number.
The encoder runs over padding too; masks keep padding out of the states, since otherwise the two could not agree.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

BOS, PAD = 0, 1
PLAIN = {"tanh": torch.tanh, "relu": torch.relu}


def encode(model, source: Tensor, lengths: Tensor) -> tuple[list[Tensor], Tensor]:
    """Source ids (S, B) to the decoder's first hidden state, (B, E) a layer, and outputs (S, B, H x directions)."""
    encoder = model.encoder
    real = (torch.arange(len(source)).unsqueeze(1) < lengths).unsqueeze(2).to(source.device)
    inputs = drop(encoder.drop_embedding, encoder.embedding(source))
    states = []
    for number, directions in enumerate(encoder.layers):
        inputs = drop(encoder.drop_layer, inputs) if number else inputs
        both = [recur(rnn, inputs, real, backwards=bool(place)) for place, rnn in enumerate(directions)]
        inputs = torch.cat([outputs for outputs, _ in both], dim=2)
        states.append(encoder.bridges[0](drop(encoder.drop_bridge, torch.cat([last for _, last in both], dim=1))))
    return states, inputs


def recur(rnn, inputs: Tensor, real: Tensor, backwards: bool) -> tuple[Tensor, Tensor]:
    """One direction of one layer, padding steps leaving the state alone."""
    weights = cell(rnn)
    hidden = inputs.new_zeros(inputs.shape[1], rnn.hidden_size)
    steps = range(len(inputs))
    outputs: list[Tensor] = [hidden] * len(inputs)
    for t in reversed(steps) if backwards else steps:
        hidden = torch.where(real[t], torch.gru_cell(inputs[t], hidden, *weights), hidden)
        outputs[t] = hidden * real[t]
    return torch.stack(outputs), hidden


def drop(module, values: Tensor) -> Tensor:
    """Torch's own dropout, at the probability of a module of the model."""
    return F.dropout(values, module.p, module.training)


def cell(rnn) -> list[Tensor]:
    """The weights of a layer as torch.gru_cell takes them."""
    return [getattr(rnn, f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]


def decode(
    model, source: Tensor, lengths: Tensor, max_length: int, target: Tensor | None = None, forced: Tensor | None = None
) -> Tensor:
    """Logits (steps, B, V), at most `max_length` steps, fewer when the whole batch predicts padding.

    Where `forced` (T, B) is true the next input is the target, elsewhere the most probable word.
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
            scores = PLAIN[model.settings.activation](keys + attention.w2(states[-1])) @ attention.v
            weights = torch.softmax(scores.masked_fill(padded, float("-inf")), dim=0)
            context = (weights.unsqueeze(2) * outputs).sum(dim=0)
            inputs = model.decoder.join(torch.cat((inputs, context), dim=1))
        for number, layer in enumerate(layers):
            inputs = drop(model.decoder.drop_layer, inputs) if number else inputs
            inputs = states[number] = torch.gru_cell(inputs, states[number], *cell(layer))
        logits = model.projection(drop(model.decoder.drop_output, inputs))
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
