"""Pictures from outside into the model's space."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quoi.io.errors import QuoiError

if TYPE_CHECKING:
    from PIL.Image import Image

MODEL = Path("models/devise")


def predict_pictures(pictures: Sequence[Image], folder: Path = MODEL) -> np.ndarray:
    """Places of RGB pictures in the space of the model in `folder`: unit rows, float32 [n, d].

    Raises:
        QuoiError: there is no model yet, it is damaged, or its backbone is not here.
    """
    from quoi.devise import model
    from quoi.images import backbone, features

    trained, description = model.load(folder)
    network = backbone.load(description.backbone, description.layers)
    if network.digest != description.digest:
        raise QuoiError(f"{folder} was trained with other weights of {description.backbone}: run `dvc repro`.")
    return trained.predict(features.of_pictures(pictures, network, description.size, description.views))
