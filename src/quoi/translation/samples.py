"""A few validation sentences with their translations and attention, for people to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from quoi.io.geometry import evenly
from quoi.translation import search

if TYPE_CHECKING:
    from quoi.translation.inputs import Inputs
    from quoi.translation.model import Seq2Seq
    from quoi.translation.scores import Evaluation

READABLE = range(5, 17)
"""Source lengths, end marker included, that fit a line and the axes of a picture."""


def choose(lengths: np.ndarray, count: int) -> list[int]:
    """Positions of up to `count` sentences of readable length, evenly spread: the same for every variant and seed."""
    readable = np.flatnonzero(np.isin(lengths, READABLE))
    candidates = readable if len(readable) else np.arange(len(lengths))
    return candidates[evenly(len(candidates), count)].tolist()


def collect(model: Seq2Seq, inputs: Inputs, evaluation: Evaluation, count: int) -> list[dict[str, Any]]:
    """Source, reference, translations, tokens and attention weights (T x S, or None) of the chosen sentences.

    Args:
        evaluation: of the sentences that are scored, in their order.
    """
    rows, texts, references = inputs.scored()
    validation, _ = inputs.data.pairs(rows)
    device = next(model.parameters()).device
    samples = []
    for i in choose(np.array([len(source) for source in validation]), count):
        translation = evaluation.beam_ids[i]
        source = torch.from_numpy(validation[i].astype(np.int64)).unsqueeze(1).to(device)
        weights = search.alignment(model, source, torch.tensor([len(source)]), translation)
        samples.append(
            {
                "source": texts[i],
                "reference": references[i][0],
                "greedy": evaluation.greedy[i],
                "beam": evaluation.beam[i],
                "source_tokens": [inputs.source.words[word] for word in validation[i]],
                "target_tokens": [inputs.target.words[word] for word in translation],
                "attention": weights and [[round(weight, 4) for weight in row] for row in weights],
            }
        )
    return samples
