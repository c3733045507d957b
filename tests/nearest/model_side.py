"""A stand-in for the model's predictions; light, since the time of a cold start is measured with it."""

from __future__ import annotations

import types

import numpy as np


def stand_ins(predictions: dict[tuple[int, ...], np.ndarray] | None = None) -> dict[str, types.ModuleType]:
    """Modules of the model's side, by name: predictions by the colour of a picture's first pixel."""
    predict = types.ModuleType("quoi.devise.predict")
    predict.predict_pictures = lambda pictures, folder: np.stack(
        [(predictions or {})[picture.getpixel((0, 0))] for picture in pictures]
    )
    return {predict.__name__: predict}
