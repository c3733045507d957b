"""How often a picture finds its label: exact hit@k, by cosine or by CSLS."""

from __future__ import annotations

import numpy as np

from quoi.io.geometry import unit

TOP = (1, 2, 5, 10, 20)
_ROWS = 2048


def hubness(bank: np.ndarray, labels: np.ndarray, neighbours: int) -> np.ndarray:
    """How near each label is to predictions in general: mean cosine to its nearest ones of a bank.

    Half of what CSLS takes off (Conneau et al. 2018, equation 2): a label that is near to everything is a hub, and
    finding it says little.

    Args:
        bank: predictions of training pictures, unit rows [n, d].
        labels: unit rows [c, d].
        neighbours: how many; 0 means that no label is taken for a hub.

    Returns:
        float32 [c].
    """
    if not neighbours or not len(bank):
        return np.zeros(len(labels), np.float32)
    count = min(neighbours, len(bank))
    return np.partition(bank @ labels.T, len(bank) - count, axis=0)[-count:].mean(0)


def ranks(predictions: np.ndarray, labels: np.ndarray, truth: np.ndarray, hubs: np.ndarray) -> np.ndarray:
    """How many other labels are at least as near as the true one; 0 is a hit@1. A tie is a miss.

    Args:
        predictions: unit rows [n, d].
        labels: the candidates, unit rows [c, d].
        truth: int [n], which candidate is right.
        hubs: float [c], the `hubness` that is taken off twice the cosine.

    Returns:
        int [n].
    """
    blocks = []
    for start in range(0, len(predictions), _ROWS):
        nearness = 2 * (predictions[start : start + _ROWS] @ labels.T) - hubs
        right = nearness[np.arange(len(nearness)), truth[start : start + _ROWS]]
        # What is not finite is no hit.
        blocks.append((~(nearness < right[:, None])).sum(1) - 1)
    return np.concatenate(blocks) if blocks else np.zeros(0, int)


def ranks_among(
    predictions: np.ndarray,
    label_of: np.ndarray,
    labels: np.ndarray,
    candidates: np.ndarray,
    bank: np.ndarray,
    neighbours: int,
) -> np.ndarray:
    """As `ranks`, among some of the labels and by CSLS.

    Args:
        predictions: float [n, d], of any length.
        label_of: int [n], the label of each.
        labels: unit rows [labels, d].
        candidates: bool [labels], among which the label is looked for.
        bank: predictions of training pictures [m, d], for the hubness.
        neighbours: CSLS's; 0 ranks by plain cosine.

    Returns:
        int [n].
    """
    among = np.flatnonzero(candidates)
    hubs = hubness(unit(bank), labels[among], neighbours)
    return ranks(unit(predictions), labels[among], np.searchsorted(among, label_of), hubs)


def evaluate(
    predictions: np.ndarray,
    label_of: np.ndarray,
    labels: np.ndarray,
    candidates: np.ndarray,
    bank: np.ndarray,
    neighbours: int,
) -> dict[str, float]:
    """hit@k, the share of pictures whose label is among the first k, and what chance would give, `chance@k`.

    Args:
        predictions, label_of, labels, candidates, bank, neighbours: as of `ranks_among`.
    """
    rank = ranks_among(predictions, label_of, labels, candidates, bank, neighbours)
    hits = {f"hit@{k}": float((rank < k).mean()) for k in TOP}
    return hits | {f"chance@{k}": min(1.0, k / int(candidates.sum())) for k in TOP}
