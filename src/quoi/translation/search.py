"""Greedy and beam search, batched; every sentence ends for itself, so a result depends on no batch mate."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from quoi.corpus.vocabulary import BOS, EOS, PAD
from quoi.translation.kernels.cross_entropy import likeliest
from quoi.translation.model import Seq2Seq

NEVER = [BOS, PAD]
"""Ids that no translation holds."""


@torch.no_grad()
def greedy(model: Seq2Seq, source: Tensor, lengths: Tensor, max_length: int) -> list[list[int]]:
    """The most probable word at every step, up to and with the end marker, at most `max_length` words.

    Args:
        source: (S, B) ids; lengths: (B,).

    Returns:
        B lists of ids; one without a final EOS reached `max_length`.
    """
    state, memory = model.encode(source, lengths)
    words = torch.full_like(source[0], BOS)
    open_ = torch.ones_like(words, dtype=torch.bool)
    steps = []
    for _ in range(max_length):
        logits, state, _ = model.step(words, state, memory)
        logits[:, NEVER] = -math.inf
        words = torch.where(open_, likeliest(logits), PAD)
        steps.append(words)
        open_ &= words != EOS
        if not open_.any():
            break
    return [[word for word in row if word != PAD] for row in torch.stack(steps, dim=1).tolist()]


def beam(
    model: Seq2Seq, source: Tensor, lengths: Tensor, max_length: int, size: int, length_exponent: float = 1.0
) -> list[list[int]]:
    """The best translation that `n_best` finds, whose arguments these are: B lists of ids, as `greedy` gives them."""
    return [texts[0] for texts in n_best(model, source, lengths, max_length, size, length_exponent)]


@torch.no_grad()
def n_best(
    model: Seq2Seq, source: Tensor, lengths: Tensor, max_length: int, size: int, length_exponent: float = 1.0
) -> list[list[list[int]]]:
    """Beam search: `size` open hypotheses a sentence, until `size` have ended and no open one is ahead of the best.

    The score of a hypothesis is its log-probability / length ** length_exponent (Wu et al. 2016 divide by a similar
    power); exponent 0 is no normalisation. Size 1 is greedy search.

    Args:
        source: (S, B) ids; lengths: (B,).

    Returns:
        of each of the B sentences up to `size` translations, best first.
    """
    state, memory = model.encode(source, lengths)
    count = source.shape[1]
    results: list[list[list[int]]] = [[] for _ in range(count)]
    sentences = torch.arange(count, device=source.device)
    state = tuple(part.repeat_interleave(size, dim=0) for part in state)
    memory = memory and memory.select(sentences.repeat_interleave(size))
    scores = torch.full((count, size), -math.inf, device=source.device)
    scores[:, 0] = 0.0
    texts = source.new_zeros(count, size, 0)
    words = source.new_full((count * size,), BOS)
    ended_scores = torch.full((count, size), -math.inf, device=source.device)
    ended_texts = source.new_full((count, size, max_length), PAD)

    for t in range(max_length):
        logits, state, _ = model.step(words, state, memory)
        logits[:, NEVER] = -math.inf
        # Twice the beam: even if every open hypothesis has its end among its best words, `size` others are left.
        width = min(2 * size, logits.shape[1] - len(NEVER))
        best, ids = logits.topk(width, dim=1)
        best = (best - logits.logsumexp(dim=1, keepdim=True)).view(-1, size, width) + scores.unsqueeze(2)
        top, flat = best.flatten(1).topk(min(2 * size, size * width), dim=1)
        parents = flat // width
        nexts = ids.view(-1, size * width).gather(1, flat)
        grown = torch.cat((texts.gather(1, parents.unsqueeze(2).expand(-1, -1, t)), nexts.unsqueeze(2)), dim=2)

        ends = nexts == EOS
        counted = ends & (torch.arange(top.shape[1], device=top.device) < size)
        final = torch.where(counted, top / (t + 1) ** length_exponent, -math.inf)
        ended_scores, ended_texts = _merge(ended_scores, ended_texts, final, grown)

        scores, kept = top.masked_fill(ends, -math.inf).topk(size, dim=1)
        texts = grown.gather(1, kept.unsqueeze(2).expand(-1, -1, t + 1))
        words = texts[:, :, -1].flatten()
        rows = parents.gather(1, kept) + torch.arange(len(kept), device=kept.device).unsqueeze(1) * size

        if t + 1 == max_length:
            ended_scores, ended_texts = _merge(ended_scores, ended_texts, scores / max_length**length_exponent, texts)
        behind = scores.amax(dim=1) / (t + 1) ** length_exponent <= ended_scores.amax(dim=1)
        done = ((ended_scores > -math.inf).all(dim=1) & behind) | (t + 1 == max_length)
        if done.any():
            ended = (part.tolist() for part in (sentences[done], ended_scores[done], ended_texts[done]))
            for sentence, found, ranked in zip(*ended, strict=True):
                there = [text for score, text in zip(found, ranked, strict=True) if score != -math.inf]
                results[sentence] = [[word for word in text if word != PAD] for text in there]
            left = ~done
            if not left.any():
                break
            sentences, scores, texts, rows = sentences[left], scores[left], texts[left], rows[left]
            ended_scores, ended_texts = ended_scores[left], ended_texts[left]
            words = texts[:, :, -1].flatten()
            # Hypotheses of one sentence share its memory, so its rows move only when sentences leave.
            memory = memory and memory.select(rows.flatten())
        state = tuple(part[rows.flatten()] for part in state)
    return results


def _merge(scores: Tensor, texts: Tensor, new_scores: Tensor, new_texts: Tensor) -> tuple[Tensor, Tensor]:
    """The best (B, K) of the ended hypotheses so far and of new ones, whose texts are shorter than the room."""
    size, room = texts.shape[1:]
    padded = torch.nn.functional.pad(new_texts, (0, room - new_texts.shape[2]), value=PAD)
    scores, kept = torch.cat((scores, new_scores), dim=1).topk(size, dim=1)
    return scores, torch.cat((texts, padded), dim=1).gather(1, kept.unsqueeze(2).expand(-1, -1, room))


@torch.no_grad()
def alignment(model: Seq2Seq, source: Tensor, lengths: Tensor, translation: list[int]) -> list[list[float]] | None:
    """Attention weights while a sentence is read out: a row a word of `translation`, a column a source word.

    Args:
        source: (S, 1) ids; lengths: (1,).

    Returns:
        T x S weights, each row a distribution; None for a model without attention.
    """
    state, memory = model.encode(source, lengths)
    if memory is None:
        return None
    rows = []
    for word in [BOS, *translation[:-1]]:
        _, state, weights = model.step(source.new_tensor([word]), state, memory)
        rows.append(weights[0].tolist())
    return rows[: len(translation)]
