"""Any picture, in whatever form and state, as a small RGB picture; or the reason why there is none."""

from __future__ import annotations

import io
import re
import stat
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from quoi.images.pictures import Content, Drawing
from quoi.io.errors import QuoiError

# Formats that are read. Pillow knows more; among them are EPS, which starts another program, and some that nobody has.
FORMATS = ("AVIF", "BMP", "GIF", "HEIF", "ICO", "JPEG", "JPEG2000", "PNG", "PPM", "TGA", "TIFF", "WEBP")

try:
    from pillow_heif import register_heif_opener

    register_heif_opener()
except ImportError:
    pass  # an optional package; pictures that need it are named

LARGEST_KEPT = 16 << 20
"""Bytes. A small picture in a larger file is encoded anew: what is in the file besides is no picture."""

# What a decoder raises on hostile bytes is whatever its arithmetic runs into.
_DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, EOFError, RuntimeError,
    AssertionError, BufferError, struct.error, zlib.error,
)  # fmt: skip

_LOSSY = {"AVIF", "HEIF", "JPEG", "JPEG2000", "MPO", "WEBP"}
_HEIC = re.compile(rb".{4}ftyphe[iv][cxms]", re.DOTALL)
"""How a photograph of a telephone begins (ISO/IEC 23008-12)."""
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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


def convert_all(contents: Sequence[Content], limits: Limits) -> list[Converted | str]:
    """`convert` for each; what a worker process is sent."""
    with _bounded(limits.max_pixels):
        return [_convert(content, limits) for content in contents]


def convert(content: Content, limits: Limits) -> Converted | str:
    """A picture in RGB whose shorter side is at most the limit; a reason, in words, where there is none.

    A JPEG or PNG that is so already is kept byte for byte. Of an animation the first frame is taken, transparency
    becomes white, 16 bits become 8, and a photograph stands upright as its EXIF data say. Formats that lose something
    become JPEG, all others PNG.
    """
    return convert_all([content], limits)[0]


def read_picture(path: Path | str, limits: Limits) -> Image.Image:
    """The picture in a file, as `convert` makes it: for one that somebody asks about.

    Raises:
        QuoiError: there is no picture; the message tells why.
    """
    result = convert(Path(path), limits)
    if isinstance(result, str):
        raise QuoiError(f"{path} cannot be read as a picture: {result}.")
    return Image.open(io.BytesIO(result.data)).convert("RGB")


def _convert(content: Content, limits: Limits) -> Converted | str:
    try:
        if isinstance(content, np.ndarray):
            return _encoded(_small(Image.fromarray(content), limits), "PNG", "converted")
        if isinstance(content, Drawing):
            with Image.open(io.BytesIO(_drawn(content)), formats=["PNG"]) as image:
                return _encoded(_small(_rgb(image), limits), "PNG", "drawn")
        with _opened(content) as file:
            return _picture(file, limits)
    except _Refused as refused:
        return str(refused)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "too many pixels"
    except UnidentifiedImageError:
        return "no picture"
    except MemoryError:
        return "too large for the memory"
    except _DAMAGE as error:
        return "cut off" if "truncated" in str(error) else "damaged"


def _picture(file: BinaryIO, limits: Limits) -> Converted:
    size = file.seek(0, io.SEEK_END)
    if not size:
        raise _Refused("empty file")
    file.seek(0)
    if "HEIF" not in Image.OPEN and _HEIC.match(file.read(12)):
        raise _Refused("HEIC, which the package pillow-heif reads: pip install 'quoi[heic]'")
    file.seek(0)
    with Image.open(file, formats=FORMATS) as image:
        kind, large = image.format or "", min(image.size) > limits.shorter_side
        wanted = _scaled(image.size, limits.shorter_side) if large else image.size
        if kind == "JPEG" and large:
            # libjpeg decodes at a half, a quarter or an eighth of the size at next to no cost.
            image.draft(image.mode, (2 * wanted[0], 2 * wanted[1]))
        image.load()
        turn = _UPRIGHT.get(_orientation(image))
        if turn is None and not large and size <= LARGEST_KEPT and _as_wanted(image, kind):
            file.seek(0)
            return Converted(file.read(), ".jpg" if kind == "JPEG" else ".png", "as they were")
        rgb = _rgb(image)
        if large:
            rgb = rgb.resize(wanted, Image.Resampling.LANCZOS)
        return _encoded(rgb if turn is None else rgb.transpose(turn), kind, "scaled down" if large else "converted")


def _as_wanted(image: Image.Image, kind: str) -> bool:
    still = kind in ("JPEG", "PNG") and getattr(image, "n_frames", 1) == 1
    return still and image.mode == "RGB" and not image.has_transparency_data


def _small(image: Image.Image, limits: Limits) -> Image.Image:
    if min(image.size) <= limits.shorter_side:
        return image
    return image.resize(_scaled(image.size, limits.shorter_side), Image.Resampling.LANCZOS)


def _encoded(image: Image.Image, kind: str, how: Any) -> Converted:
    # Without what the file told besides: colour profiles, comments, where the photograph was taken.
    image.info = {}
    data = io.BytesIO()
    if kind in _LOSSY:
        image.save(data, "JPEG", quality=92)
        return Converted(data.getvalue(), ".jpg", how)
    image.save(data, "PNG")
    return Converted(data.getvalue(), ".png", how)


def _scaled(size: tuple[int, int], shorter_side: int) -> tuple[int, int]:
    width, height = size
    factor = shorter_side / min(size)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise _Refused("floating-point pixels")
    if image.mode == "I" or image.mode.startswith("I;"):
        # 16 bits, which Pillow would cut at 255 in place of scaling them.
        image = Image.fromarray((np.asarray(image).clip(0, 65535) / 257).round().astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(_ORIENTATION, 1)
    except _DAMAGE:
        return 1  # the pixels are sound, and a camera's note is not


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


def _opened(content: Path | bytes) -> BinaryIO:
    if isinstance(content, bytes):
        return io.BytesIO(content)
    try:
        # Looked at before it is opened: opening a pipe would wait for somebody to write into it.
        if not stat.S_ISREG(content.stat().st_mode):
            raise _Refused("no regular file")
        return content.open("rb")
    except FileNotFoundError:
        raise _Refused("no such file") from None
    except PermissionError:
        raise _Refused("no permission to read") from None


@contextmanager
def _bounded(max_pixels: int) -> Iterator[None]:
    """Pillow's own limit, which holds for pictures inside pictures too, set to ours and made an error."""
    before = Image.MAX_IMAGE_PIXELS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            Image.MAX_IMAGE_PIXELS = max_pixels
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before
