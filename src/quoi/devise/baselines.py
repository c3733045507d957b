"""What DeViSE must beat: controls that map the same features into the same space with less."""

from __future__ import annotations

import numpy as np
from scipy.special import softmax

from quoi.io.installed import folder_of

TEMPERATURE = 0.07
"""Of the softmax over cosines of visual neighbours."""
CONSE_CLASSES = 10
"""Norouzi et al. 2014 take the ten most probable classes."""
_ROWS = 2048


def visual_neighbours(
    pictures: np.ndarray, bank: np.ndarray, targets: np.ndarray, own: np.ndarray | None = None
) -> np.ndarray:
    """Word vectors of the bank's pictures, weighted by the softmax of their cosine to each picture.

    Args:
        pictures: unit features [n, f].
        bank: unit features of training pictures [m, f]; targets: their word vectors [m, d].
        own: int [n], where a picture itself stands in the bank (-1: nowhere), which does not count.

    Returns:
        float [n, d].
    """
    blocks = []
    for start in range(0, len(pictures), _ROWS):
        nearness = pictures[start : start + _ROWS] @ bank.T
        if own is not None:
            rows = np.flatnonzero(own[start : start + _ROWS] >= 0)
            nearness[rows, own[start : start + _ROWS][rows]] = -np.inf
        blocks.append(softmax(nearness / TEMPERATURE, axis=1) @ targets)
    return np.concatenate(blocks)


def conse(scores: np.ndarray, classes: np.ndarray, count: int = CONSE_CLASSES) -> np.ndarray:
    """Convex combination of the most probable ImageNet classes' word vectors (Norouzi et al. 2014, equation 4).

    Args:
        scores: float [n, classes], the backbone's.
        classes: unit word vectors [classes, d]; rows of zeros have none and do not count.

    Returns:
        float [n, d].
    """
    known = np.flatnonzero(classes.any(1))
    likely = softmax(scores, axis=1)[:, known]
    least = np.partition(likely, -count, axis=1)[:, -count, None] if likely.shape[1] > count else 0
    return np.where(likely >= least, likely, 0) @ classes[known]


def imagenet_classes() -> list[str]:
    """Synsets of ImageNet-1k's classes, in the order of a classifier's scores."""
    folder = folder_of("timm", "timm", "labels.nouns")
    return (folder / "data/_info/imagenet_synsets.txt").read_text(encoding="utf-8").split()
