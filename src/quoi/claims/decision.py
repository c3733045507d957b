"""Whether a claim is supported: the difference of two settings, its 95 % interval, and Holm's correction over claims.

A difference has two sources of chance, which seeds a training had and which sentences it was scored on:

- Seeds. Settings are trained with the same ones, so the score of a setting and a seed is taken as the setting's part,
  the seed's part and a residual (an analysis of variance in two ways). Few seeds tell little of one setting's spread;
  the residuals of all settings of a corpus together do. Left out are settings that vary more than the others together
  by an F test with Bonferroni's correction; such a one is compared by its own residuals (Welch 1947).
- Sentences, or what else a score is a sum over (labels, words). Both settings are scored on the same ones, so a
  bootstrap draws them in pairs (Koehn 2004). What a sentence and a seed do together is a part of the residuals already,
  and is taken off (Owen 2007, section 3).

The interval is the difference +- t times the root of the two variances' sum, with Satterthwaite's degrees of freedom
(1946), as the first is an estimate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

import numpy as np

from quoi.claims.statements import Claim
from quoi.report.intervals import LEVEL, holm

REPLICATES = 1000
MOST_SEEDS = 100

Verdict = Literal["supported", "contradicted", "equivalent", "not decided"]
Key = TypeVar("Key")
Statistics = np.ndarray
"""(N, K) numbers of each item, mostly a sentence, whose sums decide a score: see `score`."""


class Spread(NamedTuple):
    """What settings trained alike differ by from seed to seed: a training's variance, and its degrees of freedom."""

    variance: float
    df: float


@dataclass(frozen=True)
class Spreads:
    """What settings vary by from seed to seed.

    Attributes:
        own: each by its own residuals; loud: those that vary more than the others; common: of all others together.
    """

    own: Mapping[str, Spread]
    loud: frozenset[str]
    common: Spread

    def of(self, first: str, second: str) -> Spread:
        """The spread by which two settings are compared."""
        if not self.loud & {first, second}:
            return self.common
        parts = [self.own[name] for name in (first, second)]
        df = sum(variance for variance, _ in parts) ** 2 / sum(variance**2 / df for variance, df in parts)
        return Spread(sum(variance for variance, _ in parts) / 2, df)


@dataclass(frozen=True)
class Effect:
    """How far a claim's first setting is above its second, in points of the score.

    Attributes:
        difference: mean over seeds and sentences; by_seed: of each seed.
        error: its standard error; df: the degrees of freedom of that.
        of_sentences: the part of the error's square that more sentences would lower, not more seeds.
    """

    difference: float
    by_seed: dict[int, float]
    error: float
    df: float
    of_sentences: float

    @property
    def half_width(self) -> float:
        """Of the 95 % interval."""
        return _quantile(self.df) * self.error

    @property
    def interval(self) -> tuple[float, float]:
        """Its ends, at 95 %."""
        return self.difference - self.half_width, self.difference + self.half_width

    @property
    def p(self) -> float:
        """Two-sided: how likely is a difference this large where there is none?"""
        from scipy.stats import t

        if self.error == 0:
            return 1.0 if self.difference == 0 else 0.0
        return 2 * float(t.sf(abs(self.difference) / self.error, self.df))


@dataclass(frozen=True)
class Decision:
    """What an effect says of a claim: its p-value by Holm's correction, the verdict, and the seeds that would decide.

    `seeds` is None where the claim is decided, or where as many as MOST_SEEDS would not do.
    """

    effect: Effect
    p: float
    verdict: Verdict
    seeds: int | None = None


def score(kind: str, sums: np.ndarray) -> np.ndarray:
    """Scores (...) in points, of corpora by the sums of their items' statistics (..., K).

    `bleu`: sacreBLEU's counts: hypothesis' and reference's length, matches and n-grams for n = 1 .. 4 (K = 10).
    `log-likelihood`: thousandths of a nat, and tokens (K = 2); 100 times the mean of a token, so that a point is about
    1 % of the perplexity.
    All others are shares, in points of 100: how many are right, and how many there are (K = 2).
    """
    if kind == "log-likelihood":
        return sums[..., 0] / (10 * sums[..., 1])
    if kind != "bleu":
        return 100 * sums[..., 0] / np.maximum(1, sums[..., 1])
    from sacrebleu.metrics import BLEU

    def bleu(counts: np.ndarray) -> float:
        length, reference, *rest = map(int, counts)
        return BLEU.compute_bleu(rest[:4], rest[4:], length, reference, smooth_method="exp").score

    return np.apply_along_axis(bleu, -1, sums)


def spreads(scores: Mapping[str, Mapping[int, float]]) -> Spreads | None:
    """The spread of settings over seeds; None where no setting has two seeds.

    Args:
        scores: by setting and seed.
    """
    own = _own(scores)
    if not _pooled(own).df:
        return None
    loud = frozenset(name for name in own if _is_loud(name, own))
    return Spreads(own, loud, _pooled(_own({name: row for name, row in scores.items() if name not in loud})))


def _own(scores: Mapping[str, Mapping[int, float]]) -> dict[str, Spread]:
    """Each setting's, by its residuals; of one alone the seed's part cannot be told from these, and is in them."""
    cells = [(setting, seed, value) for setting, row in scores.items() for seed, value in row.items()]
    seeds = {seed: None for _, seed, _ in cells} if len(scores) > 1 else {}
    design = np.array(
        [[*(setting == s for s in scores), *(seed == s for s in seeds)] for setting, seed, _ in cells], dtype=float
    )
    hat = design @ np.linalg.pinv(design)
    squares, free = ((np.eye(len(cells)) - hat) @ [value for *_, value in cells]) ** 2, 1 - np.diag(hat)
    found = {}
    for name in scores:
        rows = [name == setting for setting, *_ in cells]
        df = round(float(free[rows].sum()), 9)
        found[name] = Spread(float(squares[rows].sum()) / df if df else 0.0, df)
    return found


def _pooled(spreads: Mapping[str, Spread]) -> Spread:
    df = sum(df for _, df in spreads.values())
    return Spread(sum(variance * df for variance, df in spreads.values()) / df if df else 0.0, df)


def _is_loud(name: str, own: Mapping[str, Spread]) -> bool:
    from scipy.stats import f

    (variance, df), others = own[name], _pooled({other: spread for other, spread in own.items() if other != name})
    level = (1 - LEVEL) / len(own)
    return bool(df and others.df) and variance > f.isf(level, df, others.df) * others.variance


def effect(
    kind: str,
    first: Mapping[int, Statistics],
    second: Mapping[int, Statistics],
    common: Spread,
    rng: np.random.Generator,
    replicates: int = REPLICATES,
) -> Effect:
    """Compare two settings.

    Args:
        kind: of score.
        first, second: statistics of the same items, (N, K), by seed, of the same seeds.
        common: the two settings' spread over seeds.
    """
    above, below = (np.stack([side[seed] for seed in first]) for side in (first, second))  # (seeds, N, K)
    seeds, sentences = above.shape[:2]

    def differences(weights: np.ndarray) -> np.ndarray:
        """Of each seed (..., seeds), by how often each sentence counts (..., N)."""
        one, other = (score(kind, np.einsum("...n,snk->...sk", weights, side)) for side in (above, below))
        return one - other

    by_seed = differences(np.ones(sentences))
    drawn = differences(rng.multinomial(sentences, np.full(sentences, 1 / sentences), size=replicates))
    of_sentences = float(drawn.mean(axis=1).var(ddof=1))
    if seeds > 1:
        together = (drawn - by_seed) - (drawn - by_seed).mean(axis=1, keepdims=True)
        of_sentences -= float((together**2).sum(axis=1).mean() / (seeds - 1) / seeds)
    of_sentences, of_seeds = max(0.0, of_sentences), 2 * common.variance / seeds
    square = of_sentences + of_seeds
    df = common.df * (square / of_seeds) ** 2 if of_seeds else math.inf
    each = dict(zip(first, map(float, by_seed), strict=True))
    return Effect(float(by_seed.mean()), each, math.sqrt(square), df, of_sentences)


def decide(claims: Mapping[Key, Claim], effects: Mapping[Key, Effect]) -> dict[Key, Decision]:
    """The verdict on every claim that has an effect; all of them are one family.

    A difference that is too small for anyone to care about makes two settings equivalent, whichever is above. A claim
    that they are the same is supported by that.
    """
    corrected = dict(zip(effects, holm([found.p for found in effects.values()]), strict=True))
    return {name: _decided(claims[name], found, corrected[name]) for name, found in effects.items()}


def _decided(claim: Claim, found: Effect, p: float) -> Decision:
    low, high = found.interval
    same = claim.expected == "the same"
    if -claim.matters < low and high < claim.matters:
        return Decision(found, p, "supported" if same else "equivalent")
    if p < 1 - LEVEL:
        holds = not same and (found.difference > 0) == (claim.expected == "better")
        return Decision(found, p, "supported" if holds else "contradicted")
    return Decision(found, p, "not decided", _seeds(claim, found, family=p / found.p))


def _seeds(claim: Claim, found: Effect, family: float) -> int | None:
    """The fewest seeds by which a difference as large as this one would be decided, if the spread is what it seems.

    Args:
        family: by how many Holm's correction multiplied the p-value.
    """
    of_seeds = (found.error**2 - found.of_sentences) * len(found.by_seed)
    differs, same = _quantile(found.df, family), _quantile(found.df)
    for seeds in range(len(found.by_seed) + 1, MOST_SEEDS + 1):
        error, apart = math.sqrt(found.of_sentences + of_seeds / seeds), abs(found.difference)
        if apart > differs * error or apart + same * error < claim.matters:
            return seeds
    return None


def _quantile(df: float, family: float = 1.0) -> float:
    from scipy.stats import t

    return float(t.isf((1 - LEVEL) / 2 / family, df))
