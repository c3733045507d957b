"""Pictures from outside into the model's space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from quoi.io.errors import QuoiError

if TYPE_CHECKING:
    from PIL.Image import Image

    from quoi.devise.model import DeviseDescription, Model
    from quoi.images.backbone import Backbone

MODEL = Path("models/devise")


@dataclass(frozen=True)
class Predictor:
    """A trained model and its backbone, read once."""

    model: Model
    description: DeviseDescription
    backbone: Backbone

    @classmethod
    def load(cls, folder: Path = MODEL) -> Self:
        """Read the model in `folder`.

        Raises:
            QuoiError: there is no model yet, it is damaged, or its backbone is not here.
        """
        from quoi.devise import model
        from quoi.images import backbone

        trained, description = model.load(folder)
        network = backbone.load(description.backbone, description.layers)
        if network.digest != description.digest:
            raise QuoiError(f"{folder} was trained with other weights of {description.backbone}: run `dvc repro`.")
        return cls(trained, description, network)

    def places(self, pictures: Sequence[Image]) -> np.ndarray:
        """Places of RGB pictures in the model's space: unit rows, float32 [n, d]."""
        from quoi.images import features

        told = self.description
        return self.model.predict(features.of_pictures(pictures, self.backbone, told.size, told.views))


def predict_pictures(pictures: Sequence[Image], folder: Path = MODEL) -> np.ndarray:
    """Places of RGB pictures in the space of the model in `folder`: unit rows, float32 [n, d].

    Raises:
        QuoiError: as in `Predictor.load`.
    """
    return Predictor.load(folder).places(pictures)
