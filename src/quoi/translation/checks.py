"""What a training ought to look like from inside: its start, its steps, its attention and its translations."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from quoi.corpus.batches import Batch, collate
from quoi.corpus.vocabulary import BOS, UNK
from quoi.io.geometry import evenly
from quoi.params.languages import UNSPACED
from quoi.records.checks import Measures, Values
from quoi.translation.inputs import Data
from quoi.translation.language_training import Learned
from quoi.translation.model import Seq2Seq
from quoi.translation.scores import Evaluation, losses, sorted_loader

SAMPLE = 250
"""Training pairs whose losses stand beside the validation's."""
ATTENDED = 100
"""Validation sentences whose attention is measured."""
NEAR = 2
"""Words from the diagonal that still count as near it."""


def initial_loss(model: Seq2Seq, data: Data, device: torch.device | str = "cpu") -> float:
    """Loss of a batch before the first step / ln V; 1 is what even outputs have."""
    sources, targets = data.pairs(data.validation[: model.settings.batch_size])
    loss = losses(model, sorted_loader(sources, targets, len(sources)), device)["token_loss_free"]
    model.train()  # as Lightning expects it
    return loss / math.log(model.projection.out_features)


def measure(
    model: Seq2Seq,
    data: Data,
    initial: float,
    history: Sequence[dict[str, float]],
    evaluation: Evaluation,
    sources: Sequence[str],
    references: Sequence[str],
    language: str,
    device: torch.device | str = "cpu",
) -> Measures:
    """Measures of a finished training.

    Args:
        initial: as `initial_loss` gives it, of the model before it was trained.
        history: a row an epoch.
        evaluation, sources, references: of the sentences that are scored, in their order; one reference of each.
        language: of the translations.
    """
    size = model.settings.batch_size
    rows = data.training[evenly(len(data.training), SAMPLE)]
    learned = losses(model, sorted_loader(*data.pairs(rows), size), device)
    free, forced = evaluation.scores["token_loss_free"], evaluation.scores["token_loss_forced"]
    measured = {
        "initial_loss": initial,
        "final_loss": free / math.log(model.projection.out_features),
        "gap": forced - learned["token_loss_forced"],
        "exposure": free - forced,
    }
    if model.settings.clip is not None:
        measured["clipped"] = sum(row["clipped"] for row in history) / len(history)
    series, controls, title = {}, {}, "attention by distance from the diagonal, in words"
    if model.settings.attention:
        batch = collate(data.sources, data.targets, data.validation[:ATTENDED].tolist())
        weights = attention(model, batch.to(device))
        measured |= of_attention(weights, batch.source_lengths, batch.target_lengths)
        even = torch.ones_like(weights) / batch.source_lengths.view(-1, 1, 1)
        series[title] = by_distance(weights, batch.source_lengths, batch.target_lengths)
        controls[title] = by_distance(even, batch.source_lengths, batch.target_lengths)
    return Measures(
        measured | of_translations(evaluation, references, language),
        readable(sources, references, evaluation),
        series,
        controls,
    )


def with_language_models(measures: Measures, learned: Mapping[str, Learned]) -> Measures:
    """The measures of a training, and those of the language models that it began with, by side."""
    values, series, controls = dict(measures.values), dict(measures.series), dict(measures.controls)
    for side, (history, unigram) in learned.items():
        values[f"language_model_{side}"] = history[-1]["token_loss"] / unigram
        title = f"perplexity of the {side}'s language model by epoch"
        series[title] = {str(row["epoch"]): math.exp(row["token_loss"]) for row in history}
        controls[title] = dict.fromkeys(series[title], math.exp(unigram))
    return replace(measures, values=values, series=series, controls=controls)


@torch.no_grad()
def attention(model: Seq2Seq, batch: Batch) -> Tensor:
    """Weights (B, T, S) of a model with attention while it is given the true previous words, on the CPU."""
    model.eval()
    state, memory = model.encode(batch.source, batch.source_lengths)
    words = torch.cat((torch.full_like(batch.target[:1], BOS), batch.target[:-1]))
    weights = []
    for word in words:
        _, state, looked = model.step(word, state, memory)
        weights.append(looked)
    return torch.stack(weights, dim=1).cpu()


def of_attention(weights: Tensor, source_lengths: Tensor, target_lengths: Tensor) -> Values:
    """Entropy, share near the diagonal and share on the last source word, each a mean over real target words.

    The diagonal goes from the first words of both sentences to their last ones; near it are the words at most `NEAR`
    away. Entropy and diagonal are divided by what weights that are all even would give. A source of one word is passed
    over, since there is nowhere to look but there.

    Args:
        weights: (B, T, S), each row a distribution over the real source words; lengths (B,), end markers included.
    """
    entropies, diagonals, evens, ends = [], [], [], []
    for looked, away in _sentences(weights, source_lengths, target_lengths):
        entropies.append(-torch.special.xlogy(looked, looked).sum(1) / math.log(looked.shape[1]))
        near = away.abs() <= NEAR
        diagonals.append((looked * near).sum(1))
        evens.append(near.double().mean(1))
        ends.append(looked[:, -1])
    if not entropies:
        return {}
    entropy, diagonal, even, end = (torch.cat(part).mean().item() for part in (entropies, diagonals, evens, ends))
    return {"attention_entropy": entropy, "attention_diagonal": diagonal / even, "attention_end": end}


def by_distance(weights: Tensor, source_lengths: Tensor, target_lengths: Tensor, most: int = 10) -> dict[str, float]:
    """Mean share of attention at each distance from the diagonal, in source words, up to `most` to either side."""
    totals, words = torch.zeros(2 * most + 1, dtype=torch.double), 0
    for looked, away in _sentences(weights, source_lengths, target_lengths):
        places = away.round().clamp(-most, most).long() + most
        totals.index_add_(0, places.flatten(), looked.flatten())
        words += len(looked)
    return {str(place - most): share for place, share in enumerate((totals / max(1, words)).tolist())}


def _sentences(weights: Tensor, source_lengths: Tensor, target_lengths: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Of each sentence with two source words or more, its weights (T, S) and how far each is from the diagonal."""
    for matrix, source, target in zip(weights, source_lengths.tolist(), target_lengths.tolist(), strict=True):
        if source > 1:
            middle = torch.arange(target).unsqueeze(1) * (source - 1) / max(1, target - 1)
            yield matrix[:target, :source].double(), torch.arange(source) - middle


def of_translations(evaluation: Evaluation, references: Sequence[str], language: str) -> Values:
    """What beam search wrote: unknown, repeated and missing words, and how often it wrote the same."""
    texts, number = evaluation.beam, len(references)
    split = list if language in UNSPACED else str.split
    words, right = ([split(text.lower()) for text in side] for side in (texts, references))
    ids = [word for sentence in evaluation.beam_ids for word in sentence]
    return {
        "unknown_words": ids.count(UNK) / max(1, len(ids)),
        "doubled_words": sum(any(a == b for a, b in pairwise(sentence)) for sentence in words) / number,
        "doubled_marks": sum(_marks(text) > max(1, _marks(reference)) for text, reference in zip(
            texts, references, strict=True)) / number,
        "distinct": len(set(texts)) / len(set(references)),
        "most_common": Counter(texts).most_common(1)[0][1] / number,
        "translation_length": sum(map(len, words)) / max(1, sum(map(len, right))),
    }  # fmt: skip


def _marks(text: str) -> int:
    return sum(text.count(mark) for mark in "?？؟")


def readable(
    sources: Sequence[str], references: Sequence[str], evaluation: Evaluation, count: int = 10
) -> dict[str, dict[str, str]]:
    """Translations to read: those given most often, and those of middling chrF, neither best nor worst."""
    from sacrebleu.metrics import CHRF

    chrf = CHRF(lowercase=True)
    scores = [chrf.sentence_score(text, [reference]).score for text, reference in zip(
        evaluation.beam, references, strict=True)]  # fmt: skip
    order = np.argsort(scores, kind="stable")
    start = max(0, (len(order) - count) // 2)
    middle = {sources[row]: f"{evaluation.beam[row]} (reference: {references[row]})" for row in order[start:][:count]}
    often = {text: f"{times:,} times" for text, times in Counter(evaluation.beam).most_common(5) if times > 1}
    return {"translations of medium quality (by chrF)": middle, "translations given most often": often}
