"""The space that pictures and words share.

Word vectors have a large mean in common and a few strong directions, which draw everything that is predicted towards
the same words (hubs). So words are centred on the labels of the training and partly whitened, with shrinkage, as there
may be fewer labels than dimensions.

A head maps pictures to words, and that is one half of the space. The other half goes the way back: words are mapped to
what pictures look like, by regression from the training labels, which makes fewer hubs (Shigeto et al. 2015). Both
halves stand side by side in one vector, so that one cosine compares both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from quoi.io.arrays import read_tensors
from quoi.io.geometry import unit

_ROWS = 4096


@dataclass(frozen=True)
class WayBack:
    """The way back, from words to looks: kernel regression on the training labels.

    Attributes:
        labels: in word space, unit rows float32 [n, d].
        weights: float32 [n, q], q the dimensions of looks.
        width: of the kernel exp((cosine - 1) / width).
        weight: of looks beside words.
    """

    labels: np.ndarray
    weights: np.ndarray
    width: float
    weight: float

    def apply(self, words: np.ndarray) -> np.ndarray:
        """Unit rows of word space [n, d] to unit rows of looks, float32 [n, q]."""
        looks = np.empty((len(words), self.weights.shape[1]), np.float32)
        for at in range(0, len(words), _ROWS):
            looks[at : at + _ROWS] = np.exp((words[at : at + _ROWS] @ self.labels.T - 1) / self.width) @ self.weights
        return unit(looks)


def joined(words: np.ndarray, looks: np.ndarray, weight: float) -> np.ndarray:
    """Unit rows of words [n, d] and of looks [n, q] side by side, as unit rows [n, d + q]."""
    return unit(np.concatenate([words, weight * looks], 1))


@dataclass(frozen=True)
class Space:
    """Centre [d] and turn [d, d] of word space, float32, and the way back from there, if there is one."""

    centre: np.ndarray
    turn: np.ndarray
    back: WayBack | None = None

    @classmethod
    def of(cls, labels: np.ndarray, whitening: float) -> Space:
        """The space of some labels' word vectors [n, d].

        Args:
            whitening: each direction is divided by its standard deviation to this power: 0 leaves them as they are, 1
                makes them even. Variances are shrunk towards their mean by d / (n + d).
        """
        vectors = labels.astype(np.float64)
        centre = vectors.mean(0)
        _, values, axes = np.linalg.svd(vectors - centre, full_matrices=False)
        count, width = vectors.shape
        variances = np.zeros(width)
        variances[: len(values)] = values**2 / count
        full = np.linalg.qr(np.concatenate([axes, np.eye(width)]).T)[0].T if len(axes) < width else axes
        share = width / (count + width)
        even = (1 - share) * variances + share * variances.mean()
        turn = full.T * np.where(even > 0, even, 1) ** (-whitening / 2)
        return cls(centre.astype(np.float32), turn.astype(np.float32))

    def words(self, vectors: np.ndarray) -> np.ndarray:
        """Word vectors [n, d] as unit rows of word space, float32 [n, d]."""
        return unit((vectors - self.centre) @ self.turn)

    def apply(self, vectors: np.ndarray) -> np.ndarray:
        """Word vectors [n, d] as unit rows of the whole space, float32 [n, d + q]; zeros for the centre itself."""
        words = self.words(vectors)
        if self.back is None:
            return words
        # A word without a direction has no looks either, though the kernel would give it some.
        return joined(words, self.back.apply(words) * words.any(1, keepdims=True), self.back.weight)

    def save(self, path: Path) -> None:
        """Write it as safetensors."""
        from safetensors.numpy import save_file

        tensors = {"centre": self.centre, "turn": self.turn}
        if self.back is not None:
            numbers = np.array([self.back.width, self.back.weight])
            tensors |= {"back.labels": self.back.labels, "back.weights": self.back.weights, "back.numbers": numbers}
        save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, path)

    @classmethod
    def load(cls, path: Path | str) -> Space:
        """Read what `save` has written.

        Raises:
            QuoiError: the file is absent or damaged.
        """
        tensors = read_tensors(path, "word space")
        space = cls(tensors["centre"], tensors["turn"])
        if "back.labels" not in tensors:
            return space
        back = WayBack(tensors["back.labels"], tensors["back.weights"], *tensors["back.numbers"].tolist())
        return replace(space, back=back)
