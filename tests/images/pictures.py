"""Small pictures as files, in every form that tests need."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def pixels(width: int = 40, height: int = 30, mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and whose right half runs from black to blue."""
    array = np.zeros((height, width, 3), np.uint8)
    array[:, : width // 2] = (200, 0, 0)
    array[:, width // 2 :, 2] = np.linspace(0, 255, height)[:, None]
    return Image.fromarray(array).convert(mode)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file."""
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def decoded(data: bytes) -> Image.Image:
    """The picture in a file."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def put(path: Path, data: bytes | None = None) -> Path:
    """Write a file, by default a small PNG, and the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(pixels()) if data is None else data)
    return path
