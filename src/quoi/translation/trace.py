"""What a model weighs at one sentence, for people to look at: the tree of a beam search, and each word when forced."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch

from quoi.corpus.vocabulary import BOS, EOS
from quoi.translation.model import Seq2Seq
from quoi.translation.search import NEVER


@dataclass(frozen=True)
class Hypothesis:
    """A beginning of a translation that the search has kept, or that has ended.

    Attributes:
        parent: place in the tree of the hypothesis that it continues; None for one of a single word.
        word: its last word's id.
        log_probability: of all its words, in nats.
        length: its words, the end marker included.
        score: log_probability / length ** length_exponent if it has ended, else None.
    """

    parent: int | None
    word: int
    log_probability: float
    length: int
    score: float | None = None


@torch.no_grad()
def tree(
    model: Seq2Seq, source: list[int], max_length: int, size: int, length_exponent: float = 1.0
) -> list[Hypothesis]:
    """Every hypothesis that `search.n_best` keeps for one sentence, parents before those that continue them.

    It searches as `search.n_best` does, and finds the same best one (`best`): rounding apart, as it is not batched.

    Args:
        source: ids, end marker included.
        size: of the beam; 1 is greedy search.
    """
    state, memory = model.encode(torch.tensor(source).unsqueeze(1), torch.tensor([len(source)]))
    found: list[Hypothesis] = []
    open_: list[int | None] = [None]
    for length in range(1, max_length + 1):
        rows = torch.zeros(len(open_), dtype=torch.long)
        words = torch.tensor([BOS if place is None else found[place].word for place in open_])
        logits, state, _ = model.step(words, state, memory and memory.select(rows))
        logits[:, NEVER] = -math.inf
        before = torch.tensor([0.0 if place is None else found[place].log_probability for place in open_])
        totals = logits.log_softmax(dim=1) + before.unsqueeze(1)
        values, flat = totals.flatten().topk(min(2 * size, totals.isfinite().sum().item()))
        parents, kept = [], []
        for rank, (value, at) in enumerate(zip(values.tolist(), flat.tolist(), strict=True)):
            row, word = divmod(at, totals.shape[1])
            if word == EOS and rank < size:
                found.append(Hypothesis(open_[row], word, value, length, value / length**length_exponent))
            elif word != EOS and len(kept) < size:
                kept.append(len(found))
                parents.append(row)
                last = value / length**length_exponent if length == max_length else None
                found.append(Hypothesis(open_[row], word, value, length, last))
        ended = sorted((each.score for each in found if each.score is not None), reverse=True)
        ahead = max((found[place].log_probability for place in kept), default=-math.inf) / length**length_exponent
        if not kept or (len(ended) >= size and ahead <= ended[0]):
            break
        state, open_ = tuple(part[parents] for part in state), list(kept)
    return found


def best(found: list[Hypothesis]) -> list[int]:
    """The places of the best translation's words in a tree, first word first."""
    place: int | None = max(
        (place for place, each in enumerate(found) if each.score is not None), key=lambda place: found[place].score
    )
    path = []
    while place is not None:
        path.append(place)
        place = found[place].parent
    return path[::-1]


class Forced(NamedTuple):
    """What a model expects at each word of a translation, of T words, while it is given the true words before it.

    Attributes:
        words: the ids that it holds likeliest.
        chances: the probabilities of the true words.
        attention: T x S weights, each row a distribution; None without attention.
    """

    words: list[int]
    chances: list[float]
    attention: list[list[float]] | None


@torch.no_grad()
def forced(model: Seq2Seq, source: list[int], target: list[int]) -> Forced:
    """Read a translation out to the model word by word.

    Args:
        source, target: ids, end markers included.
    """
    state, memory = model.encode(torch.tensor(source).unsqueeze(1), torch.tensor([len(source)]))
    words, chances, attention = [], [], []
    for before, word in zip([BOS, *target], target, strict=False):
        logits, state, weights = model.step(torch.tensor([before]), state, memory)
        logits[:, NEVER] = -math.inf
        words.append(logits[0].argmax().item())
        chances.append(logits[0].softmax(dim=0)[word].item())
        attention.append(weights if weights is None else weights[0].tolist())
    return Forced(words, chances, None if memory is None else attention)
