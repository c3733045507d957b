"""data/features: what the backbone makes of every picture, computed once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quoi.io.arrays import mapped
from quoi.io.errors import QuoiError, absent
from quoi.io.files import read_as, replacing, write_json
from quoi.io.progress import bar

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    from quoi.images.backbone import Backbone
    from quoi.params.devise import Features as Settings

FEATURES, SCORES, NOTE = "features.npy", "scores.npy", "features.json"
PLAIN = "plain"
_AHEAD = 8
_ZOOM = 0.82
_TURN = 15.0
_LONGEST = 4
"""What is used of a longer picture, in lengths of its shorter side."""


@dataclass(frozen=True)
class Note:
    """What made the features: backbone, digest of its weights, picture size, views, widths of the layers."""

    backbone: str
    digest: str
    size: int
    views: list[str]
    widths: list[int]


@dataclass(frozen=True)
class Features:
    """Features [pictures, views, sum(widths)] and ImageNet class scores [pictures, 1000], float32, mapped from disk."""

    vectors: np.ndarray
    scores: np.ndarray
    note: Note

    @classmethod
    def open(cls, folder: Path | str = "data/features") -> Features:
        """Open what `extract` has written.

        Raises:
            QuoiError: a file is absent, damaged, or does not fit the others.
        """
        folder = Path(folder)
        try:
            note = read_as(folder / NOTE, Note)
            vectors, scores = (mapped(folder / name) for name in (FEATURES, SCORES))
        except FileNotFoundError as error:
            raise absent(error.filename) from None
        except (OSError, ValueError) as error:
            raise QuoiError(f"The features in {folder} are damaged ({error}): run `dvc repro --force`.") from None
        if vectors.shape[1:] != (len(note.views), sum(note.widths)) or len(scores) != len(vectors):
            raise QuoiError(f"The files in {folder} do not fit together: run `dvc repro --force image_features`.")
        return cls(vectors, scores, note)

    def view(self, name: str) -> np.ndarray:
        """float32 [pictures, sum(widths)] of one view; see `extract`."""
        return self.vectors[:, self.note.views.index(name)]


def extract(
    images: Sequence[Image], backbone: Backbone, settings: Settings, folder: Path, device: torch.device | str = "cpu"
) -> float:
    """Write the features of every picture and view into `folder`, whole or not at all.

    The first view is the picture as it is, its shorter side scaled to `settings.size` and its middle square taken;
    then follow `settings.views`: `flip` mirrors it, `zoom` enlarges its middle, `turned` turns it by 15 degrees.

    Returns:
        Seconds that reading and computing took.
    """
    import time

    import torch

    views = [PLAIN, *settings.views]
    network = backbone.to(device).compiled(settings.batch_size, settings.size)
    started = time.perf_counter()
    with replacing(folder) as partial, bar("features", len(images)) as advance, torch.inference_mode():
        partial.mkdir()
        shape = (len(images), len(views), sum(backbone.widths))
        vectors = np.lib.format.open_memmap(partial / FEATURES, "w+", np.float32, shape)
        scores = None
        done = 0
        for pixels, count in _batches(images, settings.size, settings.batch_size):
            for place, name in enumerate(views):
                given = altered(pixels.to(device), name).contiguous(memory_format=torch.channels_last)
                made, classes = (each[:count].float().cpu().numpy() for each in network(given))
                vectors[done : done + count, place] = made
                if place == 0:
                    if scores is None:
                        wide = (len(images), classes.shape[1])
                        scores = np.lib.format.open_memmap(partial / SCORES, "w+", np.float32, wide)
                    scores[done : done + count] = classes
            done += count
            advance(count)
        vectors.flush(), scores.flush()
        write_json(partial / NOTE, asdict(Note(backbone.name, backbone.digest, settings.size, views, backbone.widths)))
    return time.perf_counter() - started


def of_pictures(pictures: Sequence[Image], backbone: Backbone, size: int, views: Sequence[str]) -> np.ndarray:
    """Features [pictures, views, sum(widths)] of a few pictures."""
    import torch

    with torch.inference_mode():
        pixels = torch.stack([prepared(picture, size) for picture in pictures])
        return torch.stack([backbone(altered(pixels, view))[0] for view in views], 1).numpy()


def prepared(picture: Image, size: int) -> torch.Tensor:
    """A picture as float [3, size, size] from 0 to 1: the shorter side scaled to `size`, the middle taken."""
    import torch
    from PIL import Image

    short = min(picture.size)
    if max(picture.size) > _LONGEST * short:
        # Scaling the whole of a strip up would take gigabytes.
        wide, high = (min(side, _LONGEST * short) for side in picture.size)
        left, top = (picture.width - wide) // 2, (picture.height - high) // 2
        picture = picture.crop((left, top, left + wide, top + high))
    width, height = picture.size
    scale = size / short
    if scale != 1:
        wide = (max(size, round(width * scale)), max(size, round(height * scale)))
        picture = picture.resize(wide, Image.Resampling.BICUBIC)
    left, top = (picture.width - size) // 2, (picture.height - size) // 2
    square = np.array(picture.crop((left, top, left + size, top + size)))
    return torch.from_numpy(square).permute(2, 0, 1).float().div_(255)


def altered(pixels: torch.Tensor, view: str) -> torch.Tensor:
    """A view of pictures [B, 3, size, size]; where a turned one has nothing, its border goes on."""
    import math

    import torch
    from torch.nn.functional import affine_grid, grid_sample

    if view == PLAIN:
        return pixels
    if view == "flip":
        return pixels.flip(3)
    angle = math.radians(_TURN) if view == "turned" else 0.0
    scale = _ZOOM if view == "zoom" else 1.0
    cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
    turn = torch.tensor([[cosine, -sine, 0.0], [sine, cosine, 0.0]], device=pixels.device)
    grid = affine_grid(turn.expand(len(pixels), 2, 3), list(pixels.shape), align_corners=False)
    return grid_sample(pixels, grid, "bilinear", "border", align_corners=False)


def _batches(images: Sequence[Image], size: int, batch: int) -> Iterator[tuple[torch.Tensor, int]]:
    """Pixels [batch, 3, size, size] and how many of them count: the last is filled up, so that all are alike.

    Pictures are decoded in threads, a few batches ahead of the network.
    """
    import torch

    with ThreadPoolExecutor(2) as pool:
        for pixels in _chunks(_ahead(pool, images, size, _AHEAD * batch), batch):
            stacked = torch.stack(pixels)
            missing = batch - len(pixels)
            yield torch.cat([stacked, stacked[:1].expand(missing, -1, -1, -1)]) if missing else stacked, len(pixels)


def _ahead(pool: ThreadPoolExecutor, images: Sequence[Image], size: int, most: int) -> Iterator[torch.Tensor]:
    waiting: deque = deque()
    for number in range(len(images)):
        waiting.append(pool.submit(lambda number: prepared(images[number], size), number))
        if len(waiting) == most:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _chunks(items: Iterable[torch.Tensor], size: int) -> Iterator[list[torch.Tensor]]:
    chunk: list[torch.Tensor] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
