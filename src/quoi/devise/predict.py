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

    network, told = model.load(folder)
    seen = backbone.load(told.backbone, told.layers)
    if seen.digest != told.digest:
        raise QuoiError(f"{folder} was trained with other weights of {told.backbone}: run `dvc repro`.")
    return network.predict(features.of_pictures(pictures, seen, told.size, told.views))
