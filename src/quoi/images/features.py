"""data/features: what the backbone makes of every picture, computed once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quoi.io.arrays import mapped
from quoi.io.files import read_as, replacing, write_json
from quoi.io.processes import in_order
from quoi.io.progress import bar

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from quoi.images.backbone import Backbone
    from quoi.params.devise import FeatureParams as Settings

FEATURES, SCORES, NOTE = "features.npy", "scores.npy", "features.json"
PLAIN = "plain"
CLASSES = 1000
"""Of ImageNet-1k, which every backbone was trained on."""
_AHEAD = 8
_ZOOM = 0.82
_DEGREES = 15.0


@dataclass(frozen=True)
class Note:
    """What made the features: backbone, digest of its weights, picture size, views, widths of the layers."""

    backbone: str
    digest: str
    size: int
    views: list[str]
    widths: list[int]


@dataclass(frozen=True)
class PictureFeatures:
    """Features [pictures, views, sum(widths)] and ImageNet class scores [pictures, 1000], float32, mapped from disk."""

    vectors: np.ndarray
    scores: np.ndarray
    note: Note

    @classmethod
    def open(cls, folder: Path | str = "data/features") -> PictureFeatures:
        """Open what `extract` has written.

        Raises:
            QuoiError: a file is absent, or the note is of another version.
        """
        folder = Path(folder)
        note = read_as(folder / NOTE, Note)
        return cls(mapped(folder / FEATURES), mapped(folder / SCORES), note)

    def view(self, name: str) -> np.ndarray:
        """float32 [pictures, sum(widths)] of one view; see `extract`."""
        return self.vectors[:, self.note.views.index(name)]


def extract(
    images: Sequence[Image], backbone: Backbone, settings: Settings, folder: Path, device: torch.device | str = "cpu"
) -> None:
    """Write the features of every picture and view into `folder`, whole or not at all.

    The first view is the picture as it is, its shorter side scaled to `settings.size` and its middle square taken;
    then follow `settings.views`: `flip` mirrors it, `zoom` enlarges its middle, `rotated` rotates it by 15 degrees.
    """
    import torch

    views = [PLAIN, *settings.views]
    network = backbone.to(device).compiled(settings.batch_size, settings.size)
    with replacing(folder) as partial, bar("features", len(images)) as advance, torch.inference_mode():
        partial.mkdir()
        shapes = {FEATURES: (len(images), len(views), sum(backbone.widths)), SCORES: (len(images), CLASSES)}
        vectors, scores = (
            np.lib.format.open_memmap(partial / name, "w+", np.float32, shape) for name, shape in shapes.items()
        )
        start = 0
        for pixels, count in _batches(images, settings.size, settings.batch_size):
            rows = slice(start, start + count)
            for place, view in enumerate(views):
                altered_pixels = altered(pixels.to(device), view).contiguous(memory_format=torch.channels_last)
                made, class_scores = (part[:count].float().cpu().numpy() for part in network(altered_pixels))
                vectors[rows, place] = made
                if view == PLAIN:
                    scores[rows] = class_scores
            start += count
            advance(count)
        vectors.flush(), scores.flush()
        write_json(partial / NOTE, asdict(Note(backbone.name, backbone.digest, settings.size, views, backbone.widths)))


def of_pictures(pictures: Sequence[Image], backbone: Backbone, size: int, views: Sequence[str]) -> np.ndarray:
    """Features of a few pictures, float32 [pictures, views, sum(widths)]."""
    import torch

    with torch.inference_mode():
        pixels = torch.stack([prepared(picture, size) for picture in pictures])
        return torch.stack([backbone(altered(pixels, view))[0] for view in views], 1).numpy()


def prepared(picture: Image, size: int) -> torch.Tensor:
    """A picture as float [3, size, size] from 0 to 1: the shorter side scaled to `size`, the middle taken."""
    import torch
    from PIL import Image

    width, height = picture.size
    scale = size / min(width, height)
    if scale != 1:
        wide = (max(size, round(width * scale)), max(size, round(height * scale)))
        picture = picture.resize(wide, Image.Resampling.BICUBIC)
    left, top = (picture.width - size) // 2, (picture.height - size) // 2
    square = np.array(picture.crop((left, top, left + size, top + size)))
    return torch.from_numpy(square).permute(2, 0, 1).float().div_(255)


def altered(pixels: torch.Tensor, view: str) -> torch.Tensor:
    """A view of pictures [B, 3, size, size], of the same shape; a rotated one's border goes on where it has nothing."""
    import torch
    from torch.nn.functional import affine_grid, grid_sample

    if view == PLAIN:
        return pixels
    if view == "flip":
        return pixels.flip(3)
    angle = math.radians(_DEGREES) if view == "rotated" else 0.0
    scale = _ZOOM if view == "zoom" else 1.0
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    rotation = torch.tensor([[cosine, -sine, 0.0], [sine, cosine, 0.0]], device=pixels.device)
    grid = affine_grid(rotation.expand(len(pixels), 2, 3), list(pixels.shape), align_corners=False)
    return grid_sample(pixels, grid, "bilinear", "border", align_corners=False)


def _batches(images: Sequence[Image], size: int, batch: int) -> Iterator[tuple[torch.Tensor, int]]:
    """Pixels [batch, 3, size, size] and how many of them count: the last is filled up, so that all are alike.

    Pictures are decoded in threads, a few batches ahead of the network.
    """
    import torch

    with ThreadPoolExecutor(2) as pool:
        pictures = in_order(pool, lambda number: prepared(images[number], size), range(len(images)), _AHEAD * batch)
        while chunk := [pixels for _, pixels in islice(pictures, batch)]:
            yield torch.stack(chunk + chunk[:1] * (batch - len(chunk))), len(chunk)
