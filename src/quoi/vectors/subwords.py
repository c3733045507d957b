"""What subwords change: the same answer without them, and how many words are missed either way."""

from __future__ import annotations

import numpy as np

from quoi.vectors.table import Found


def without(answer: Found) -> Found:
    """The answer as it is when no vector is composed of subwords."""
    vectors = np.where(answer.by_subwords[:, None], np.float32(0), answer.vectors)
    return Found(vectors, answer.found & ~answer.by_subwords, np.zeros_like(answer.by_subwords))


def missed(answer: Found, known: bool) -> dict[str, int | None]:
    """How many words have no vector `missed_without_subwords` and `missed_with_subwords`.

    Args:
        answer: with all vectors that can be composed of subwords.
        known: whether the source knows subwords at all; where it does not, the second number is None.
    """
    return {
        "missed_without_subwords": int((~answer.found | answer.by_subwords).sum()),
        "missed_with_subwords": int((~answer.found).sum()) if known else None,
    }
