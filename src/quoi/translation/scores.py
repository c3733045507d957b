"""What a trained model is worth: losses, exact match, sacreBLEU and chrF, greedy and beam."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from quoi.corpus.batches import Loader, by_length, pad, sort_keys
from quoi.params import Search
from quoi.params.languages import UNSPACED
from quoi.params.translation import SCORES
from quoi.translation import pair, search
from quoi.translation.model import Losses, Seq2Seq
from quoi.translation.pair import Writer

if TYPE_CHECKING:
    from sacrebleu.metrics import BLEU

LOSSES = ("lesson_loss", "token_loss_free", "token_loss_forced")
"""What `losses` measures, in nats."""


@dataclass(frozen=True)
class Evaluation:
    """Scores, the translations they were computed from (in the order of the data) and sacreBLEU's signatures."""

    scores: dict[str, float]
    greedy: list[str]
    beam: list[str]
    beam_ids: list[list[int]]
    signatures: dict[str, str]


def sorted_loader(sources: Sequence[np.ndarray], targets: Sequence[np.ndarray], size: int) -> Loader:
    """All pairs in falling order of length, as validation batches them."""
    return Loader(sources, targets, by_length(sort_keys(sources, targets), size))


def losses(model: Seq2Seq, loader: Loader, device: torch.device | str = "cpu") -> dict[str, float]:
    """Validation losses of all batches, in nats.

    `lesson_loss` is the mean over all positions of all batches, padding counted; it depends on how sentences are
    batched, as the lesson's does. The token losses are means over real tokens and do not.
    """
    model.eval()
    sums = Losses(*(sum(column) for column in zip(*(model.losses(batch.to(device)) for batch in loader), strict=True)))
    means = (sums.lesson / sums.positions, sums.free / sums.tokens, sums.forced / sums.tokens)
    return dict(zip(LOSSES, means, strict=True))


def translate(
    model: Seq2Seq,
    sources: Sequence[np.ndarray],
    max_length: int,
    batch_size: int,
    beam: Search | None = None,
    device: torch.device | str = "cpu",
    on_batch: Callable[[], None] = lambda: None,
    partner: Writer | None = None,
) -> list[list[int]]:
    """Translate arrays of ids, batched by length; greedy unless a beam is given. In the order of `sources`.

    Args:
        partner: what translates by beam search together with `model`.
    """
    model.eval()
    results: list[list[int]] = [[] for _ in sources]
    for rows in by_length(np.array([len(source) for source in sources]), batch_size):
        source, lengths = pad([sources[row] for row in rows])
        source = source.to(device)
        if beam is None:
            translations = search.greedy(model, source, lengths, max_length)
        else:
            how = source, lengths, max_length, beam.beam, beam.length_exponent
            translations = pair.beam([Writer(model), partner], *how) if partner else search.beam(model, *how)
        for row, ids in zip(rows, translations, strict=True):
            results[row] = ids
        on_batch()
    return results


def bleu(language: str, **options: Any) -> BLEU:
    """sacreBLEU's BLEU of lower-cased text; its words are characters where a language writes no spaces."""
    from sacrebleu.metrics import BLEU

    words = "13a" if language not in UNSPACED else "zh" if language == "zh" else "char"
    return BLEU(lowercase=True, tokenize=words, **options)


def corpus_scores(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], language: str
) -> dict[str, float | str]:
    """BLEU and chrF of detokenized, lower-cased text by sacreBLEU (Post 2018), with their signatures.

    Args:
        references: for each hypothesis one or several.
    """
    from sacrebleu.metrics import CHRF

    by_words, chrf = bleu(language), CHRF(lowercase=True)
    streams = list(zip_longest(*references))  # the first of each, the second or None, and so on: as sacreBLEU has them
    return {
        "bleu": by_words.corpus_score(list(hypotheses), streams).score,
        "chrf": chrf.corpus_score(list(hypotheses), streams).score,
        "bleu_signature": str(by_words.get_signature()),
        "chrf_signature": str(chrf.get_signature()),
    }


def exact_match(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> float:
    """Share of hypotheses equal to a reference of theirs but for case and spaces."""
    pairs = zip(hypotheses, references, strict=True)
    return sum(_squash(text) in map(_squash, right) for text, right in pairs) / len(references)


def _squash(text: str) -> str:
    return "".join(text.lower().split())


def evaluate(
    model: Seq2Seq,
    sources: Sequence[np.ndarray],
    targets: Sequence[np.ndarray],
    references: Sequence[Sequence[str]],
    language: str,
    to_text: Callable[[list[int]], str],
    max_length: int,
    batch_size: int,
    beam: Search,
    device: torch.device | str = "cpu",
    on_batch: Callable[[], None] = lambda: None,
    measured: Mapping[str, float] | None = None,
    partner: Writer | None = None,
) -> Evaluation:
    """Score a model on pairs of sentences.

    Args:
        sources, targets: arrays of ids, end markers included.
        references: for each source the text of one target or several.
        language: of the targets.
        to_text: ids of a translation to readable text.
        max_length: longest translation, in words.
        measured: `losses` of the same model, pairs and batches, where they are known already.
        partner: as of `translate`; the losses and greedy search are the model's alone.
    """
    scores = dict(measured or losses(model, sorted_loader(sources, targets, batch_size), device))
    scores["perplexity_free"] = math.exp(min(scores["token_loss_free"], 700))
    scores["perplexity_forced"] = math.exp(min(scores["token_loss_forced"], 700))
    greedy_ids = translate(model, sources, max_length, batch_size, None, device, on_batch)
    beam_ids = translate(model, sources, max_length, batch_size, beam, device, on_batch, partner)
    greedy, best = [to_text(ids) for ids in greedy_ids], [to_text(ids) for ids in beam_ids]
    by_greedy, by_beam = (corpus_scores(texts, references, language) for texts in (greedy, best))
    scores |= {
        "exact": exact_match(best, references),
        "bleu_greedy": by_greedy["bleu"],
        "bleu_beam": by_beam["bleu"],
        "chrf_greedy": by_greedy["chrf"],
        "chrf_beam": by_beam["chrf"],
    }
    signatures = {"bleu": by_beam["bleu_signature"], "chrf": by_beam["chrf_signature"]}
    return Evaluation({name: scores[name] for name in SCORES}, greedy, best, beam_ids, signatures)
