"""Any picture, in whatever form and state, as a small RGB picture; or the reason why there is none."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from quoi.images.pictures import Content, Drawing, Picture
from quoi.io.errors import QuoiError
from quoi.io.processes import cores, in_order, worker_pool

# Pillow knows more; among them is EPS, which starts another program.
FORMATS = ("AVIF", "BMP", "GIF", "HEIF", "ICO", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP")

try:
    from pillow_heif import register_heif_opener

    register_heif_opener()
except ImportError:
    pass  # an optional package; pictures that need it are named

_LOSSY = {"AVIF", "HEIF", "JPEG", "JPEG2000", "MPO", "WEBP"}
_HEIC = re.compile(rb".{4}ftyphe[iv][cxms]", re.DOTALL)
"""How a photograph of a telephone begins (ISO/IEC 23008-12)."""

_TASK, _AHEAD, _FEW = 16, 3, 48
"""Pictures that a process gets at a time, tasks for each process that are begun or waiting, and pictures that none are
started for."""


@dataclass(frozen=True)
class Limits:
    """How large a picture is kept, and from how many pixels on it is not even decoded."""

    shorter_side: int
    max_pixels: int


@dataclass(frozen=True)
class Converted:
    """A picture as the file that is kept."""

    data: bytes
    suffix: Literal[".png", ".jpg"]
    how: Literal["as they were", "scaled down", "converted", "drawn"]


class _Refused(Exception):
    """Why there is no picture."""


_REASONS = {
    FileNotFoundError: "no such file",
    PermissionError: "no permission to read",
    UnidentifiedImageError: "no picture",
    Image.DecompressionBombError: "too many pixels",
    Image.DecompressionBombWarning: "too many pixels",
    MemoryError: "too large for the memory",
}


def convert(content: Content, limits: Limits) -> Converted | str:
    """A picture in RGB whose shorter side is at most the limit; a reason, in words, where there is none.

    A JPEG or PNG that is so already is kept byte for byte. Of an animation the first frame is taken, transparency
    becomes white, 16 bits become 8, and a photograph stands upright as its EXIF data say. Formats that lose something
    become JPEG, all others PNG.
    """
    try:
        with _bounded(limits.max_pixels):
            return _convert(content, limits)
    except _Refused as refused:
        return str(refused)
    except Exception as error:  # on hostile bytes a decoder raises whatever its arithmetic runs into
        return _REASONS.get(type(error)) or ("cut off" if "truncated" in str(error) else "damaged")


def convert_all(
    pictures: Iterable[Picture], limits: Limits, workers: int | None = None
) -> Iterator[tuple[Picture, Converted | str]]:
    """Yield each picture with what `convert` makes of it, in order, in so many processes; default: one for each core.

    Raises:
        QuoiError: a worker was killed from outside, as a system does that runs out of memory.
    """
    pictures = iter(pictures)
    first = list(islice(pictures, _FEW))
    pictures, workers = chain(first, pictures), workers or cores()
    if len(first) < _FEW or workers == 1:
        yield from ((picture, convert(picture.content, limits)) for picture in pictures)
        return
    tasks = iter(lambda: list(islice(pictures, _TASK)), [])
    try:
        with worker_pool(workers) as pool:
            for task, results in in_order(pool, partial(_convert_task, limits), tasks, workers * _AHEAD):
                yield from zip(task, results, strict=True)
    except BrokenProcessPool:
        raise QuoiError(
            "A process that was reading pictures has been killed, most likely for want of memory: a smaller "
            "images.max_pixels leaves out the largest ones."
        ) from None


def read_picture(path: Path | str, limits: Limits) -> Image.Image:
    """The picture in a file, as `convert` makes it: for one that somebody asks about.

    Raises:
        QuoiError: there is no picture; the message tells why.
    """
    result = convert(Path(path), limits)
    if isinstance(result, str):
        raise QuoiError(f"{path} cannot be read as a picture: {result}.")
    return Image.open(io.BytesIO(result.data)).convert("RGB")


def _convert(content: Content, limits: Limits) -> Converted:
    if isinstance(content, Drawing):
        return replace(_picture(io.BytesIO(_drawn(content)), limits), how="drawn")
    if isinstance(content, bytes):
        return _picture(io.BytesIO(content), limits)
    with content.open("rb") as file:
        return _picture(file, limits)


def _picture(file: BinaryIO, limits: Limits) -> Converted:
    start = file.read(12)
    if not start:
        raise _Refused("empty file")
    if "HEIF" not in Image.OPEN and _HEIC.match(start):
        raise _Refused("HEIC, which the package pillow-heif reads: pip install 'quoi[heic]'")
    file.seek(0)
    with Image.open(file, formats=FORMATS) as image:
        kind, large = image.format or "", min(image.size) > limits.shorter_side
        scale = limits.shorter_side / min(image.size)
        wanted = tuple(max(1, round(side * scale)) for side in image.size)
        if kind == "JPEG" and large:
            # libjpeg decodes at a half, a quarter or an eighth of the size at next to no cost.
            image.draft(image.mode, (2 * wanted[0], 2 * wanted[1]))
        image.load()
        orientation = _orientation(image)
        if not large and orientation == 1 and _is_plain(image, kind):
            file.seek(0)
            return Converted(file.read(), ".jpg" if kind == "JPEG" else ".png", "as they were")
        rgb = _rgb(image)
        if large:
            rgb = rgb.resize(wanted, Image.Resampling.LANCZOS)
        # Without what the file says besides: colour profiles, comments, where the photograph was taken.
        rgb.info = {}
        rgb.getexif()[ExifTags.Base.Orientation] = orientation
        upright, data = ImageOps.exif_transpose(rgb), io.BytesIO()
        how = "scaled down" if large else "converted"
        if kind in _LOSSY:
            upright.save(data, "JPEG", quality=92)
            return Converted(data.getvalue(), ".jpg", how)
        upright.save(data, "PNG")
        return Converted(data.getvalue(), ".png", how)


def _is_plain(image: Image.Image, kind: str) -> bool:
    still = kind in ("JPEG", "PNG") and getattr(image, "n_frames", 1) == 1
    return still and image.mode == "RGB" and not image.has_transparency_data


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise _Refused("floating-point pixels")
    if image.mode == "I" or image.mode.startswith("I;"):
        # 16 bits, which Pillow would cut at 255 in place of scaling them.
        image = Image.fromarray((np.asarray(image).clip(0, 65535) / 257).round().astype(np.uint8))
    return on_white(image)


def on_white(image: Image.Image) -> Image.Image:
    """A picture as RGB; transparent parts are white."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _orientation(image: Image.Image) -> int:
    """By EXIF, 1 to 8; 1 is upright, and what other values are taken for."""
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # the pixels are sound, and a camera's note is not
        return 1
    return orientation if orientation in range(1, 9) else 1


def _drawn(drawing: Drawing) -> bytes:
    import resvg_py

    # Without the system's fonts: what is drawn must not depend on the machine.
    return resvg_py.svg_to_bytes(
        svg_path=str(drawing.path),
        width=drawing.size,
        height=drawing.size,
        background="#ffffff",
        skip_system_fonts=True,
    )


@contextmanager
def _bounded(max_pixels: int) -> Iterator[None]:
    """Pillow's own limit, which holds for pictures inside pictures too, set to ours and made an error."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        with warnings.catch_warnings(action="ignore"):
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _convert_task(limits: Limits, pictures: list[Picture]) -> list[Converted | str]:
    return [convert(picture.content, limits) for picture in pictures]
