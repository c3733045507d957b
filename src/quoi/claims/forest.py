"""What matters most: a random forest that predicts a score from parameters, and how much it loses without each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from quoi.io.progress import track

REPLICATES = 100
TREES = 100
SHUFFLES = 5


class Importance(NamedTuple):
    """By how many points predictions get worse when a parameter's values are shuffled: mean and 95 % interval."""

    mean: float
    low: float
    high: float


def measure(values: np.ndarray, scores: np.ndarray, seed: int = 0) -> tuple[list[Importance], Importance]:
    """Permutation importance (Breiman 2001, section 10) over a bootstrap of the trials.

    Each replicate draws as many trials with replacement, grows a forest on them, and measures on the trials that were
    not drawn: the root of the mean squared error with a parameter shuffled less that without. The interval is of the
    replicates' percentiles, so it holds both the trials' chance and the forest's.

    Args:
        values: (N, D) what the trials drew, as numbers.
        scores: (N,).

    Returns:
        the importance of every parameter; and the forest's skill: the share of variance it explains in trials that it
        has not seen. A skill of 0 is that of the mean score, and then no importance means anything.
    """
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance

    rng = np.random.default_rng(seed)
    found, skills = [], []
    for _ in track(range(REPLICATES), "growing forests"):
        rows = rng.integers(len(scores), size=len(scores))
        left_out = np.setdiff1d(np.arange(len(scores)), rows)
        if len(left_out) < 2:
            continue
        state = int(rng.integers(2**31))
        forest = RandomForestRegressor(TREES, min_samples_leaf=2, random_state=state).fit(values[rows], scores[rows])
        unseen = values[left_out], scores[left_out]
        lost = permutation_importance(
            forest, *unseen, scoring="neg_root_mean_squared_error", n_repeats=SHUFFLES, random_state=state
        )
        found.append(lost.importances_mean)
        skills.append(forest.score(*unseen))
    return [_summary(column) for column in np.array(found).T], _summary(np.array(skills))


def _summary(values: np.ndarray) -> Importance:
    low, high = np.percentile(values, (2.5, 97.5))
    return Importance(float(values.mean()), float(low), float(high))
