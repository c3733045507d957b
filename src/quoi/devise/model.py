"""DeViSE: a head, and regression on visual similarity beside it, that place pictures among words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quoi.devise.head import Head, Standard
from quoi.devise.regression import Regression, exponential
from quoi.devise.space import Space, joined
from quoi.io.arrays import read_tensors
from quoi.io.errors import QuoiError
from quoi.io.files import read_as, sha256, write_json
from quoi.io.geometry import unit
from quoi.params.devise import Devise

MODEL, WEIGHTS, SPACE, PREDICTIONS = "model.json", "weights.safetensors", "space.safetensors", "predictions.npy"


@dataclass(frozen=True)
class DeviseDescription:
    """What model.json says; with `weights`, the SHA-256 of the weights' file, it tells one model from every other.

    Attributes:
        settings: section `devise`.
        backbone, digest, size, layers, views, widths: what made the features; `views` are averaged.
        seed: of the training that is kept; `labels`: how many it was trained with.
        unseen: labels that no training and no choice has seen.
    """

    settings: dict[str, Any]
    backbone: str
    digest: str
    size: int
    layers: int
    views: list[str]
    widths: list[int]
    seed: int
    labels: int
    unseen: list[str]
    weights: str = ""


def looks_of(features: np.ndarray, looks: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Standardized features [n, f] as unit rows of looks [n, q]."""
    return unit((features - middle) @ looks)


@dataclass(frozen=True)
class Model:
    """Predicts unit rows of `space` from raw features.

    Attributes:
        standard: makes features comparable.
        head: the trained network.
        kernel: regression on the training pictures; None where its weight is 0.
        weight: of the kernel's unit vectors beside the head's.
        looks: the dimensions of looks [f, q], of features whose mean [f] is `middle`; None where there is no way back.
    """

    space: Space
    standard: Standard
    head: Head
    kernel: Regression | None
    weight: float
    looks: np.ndarray | None
    middle: np.ndarray

    def predict(self, views: np.ndarray, left_out: tuple[np.ndarray, np.ndarray] | None = None) -> np.ndarray:
        """Raw features [n, views, f] to unit rows [n, d]: the head on each view, the kernel on their mean.

        Args:
            left_out: rows of `views`, and the rows of the kernel's pictures that they are: these are predicted as if
                the kernel had not seen them.
        """
        by_view = [self.standard.apply(np.asarray(views[:, view])) for view in range(views.shape[1])]
        words = unit(sum(self.head.predict(view) for view in by_view))
        averaged = self.standard.apply(views.mean(1))
        if self.kernel is not None:
            similar = self.kernel.predict(averaged)
            if left_out is not None:
                rows, own = left_out
                similar[rows] = self.kernel.left_out[own]
            words = unit(words + self.weight * unit(similar))
        if self.looks is None or self.space.back is None:
            return words
        return joined(words, looks_of(averaged, self.looks, self.middle), self.space.back.weight)

    def save(self, folder: Path, description: DeviseDescription) -> None:
        """Write model.json, weights and space into an existing folder."""
        from safetensors.numpy import save_file

        tensors = {f"head.{name}": value.numpy() for name, value in self.head.state_dict().items()}
        tensors |= {f"standard.{name}": value for name, value in vars(self.standard).items()}
        tensors |= {"middle": self.middle}
        if self.looks is not None:
            tensors |= {"looks": self.looks}
        if self.kernel is not None:
            tensors |= {"kernel.pictures": self.kernel.pictures, "kernel.weights": self.kernel.weights}
        save_file({name: np.ascontiguousarray(value) for name, value in tensors.items()}, folder / WEIGHTS)
        self.space.save(folder / SPACE)
        write_json(folder / MODEL, {**asdict(description), "weights": sha256(folder / WEIGHTS).hexdigest()})


def load(folder: Path) -> tuple[Model, DeviseDescription]:
    """Read a trained model.

    Raises:
        QuoiError: there is none, or its files are damaged or not of one model.
    """
    import torch

    description, path = read_as(folder / MODEL, DeviseDescription), folder / WEIGHTS
    if not path.exists() or sha256(path).hexdigest() != description.weights:
        raise QuoiError(f"{path} is missing or not the file that {MODEL} names: run `dvc checkout`, or `dvc repro`.")
    try:
        tensors = read_tensors(path, "model")
        settings, space = Devise.model_validate(description.settings), Space.load(folder / SPACE)
        standard = Standard(*(tensors[f"standard.{name}"] for name in ("mean", "deviation", "scale")))
        head = Head(len(standard.mean), len(space.centre), settings)
        state = {name.removeprefix("head."): value for name, value in tensors.items() if name.startswith("head.")}
        head.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
        kernel, looks, middle = None, tensors.get("looks"), tensors["middle"]
        if settings.kernel.weight:
            pictures, weights = tensors["kernel.pictures"], tensors["kernel.weights"]
            kernel = Regression(pictures, weights, weights, exponential(settings.kernel.width))
    except (KeyError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())  # those of pydantic and torch go over several lines
        raise QuoiError(f"{folder} holds no model that this version of quoi can read ({reason}).") from error
    return Model(space, standard, head.eval(), kernel, settings.kernel.weight, looks, middle), description
