"""Pictures in every form and state: what is kept, what is converted, and what there is no picture in."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from quoi.images.convert import Converted, Limits, convert, read_picture
from quoi.images.pictures import Drawing
from quoi.io.errors import QuoiError
from tests.images.pictures import decoded, encoded, pixels, put

LIMITS = Limits(shorter_side=32, max_pixels=100_000)
RED = (200, 0, 0)


def made(content, limits: Limits = LIMITS) -> Converted:
    result = convert(content, limits)
    assert isinstance(result, Converted), result
    return result


def near(colour, expected, by: int = 6) -> bool:
    return max(abs(a - b) for a, b in zip(colour, expected, strict=True)) <= by


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg")])
def test_a_small_rgb_picture_is_kept_byte_for_byte(kind, suffix):
    data = encoded(pixels(40, 32), kind)
    assert made(data) == Converted(data, suffix, "as they were")


def test_a_file_is_read_as_its_bytes_are(tmp_path):
    path = tmp_path / "a.JPG"
    path.write_bytes(encoded(pixels(), "JPEG"))
    assert made(path) == made(path.read_bytes())


@pytest.mark.parametrize(
    ("size", "expected"), [((80, 64), (40, 32)), ((64, 200), (32, 100)), ((33, 33), (32, 32)), ((1, 900), (1, 900))]
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_the_shorter_side_is_scaled_down_to_the_limit(size, expected, kind):
    result = made(encoded(pixels(*size), kind))
    assert decoded(result.data).size == expected
    assert result.how == ("as they were" if size == expected else "scaled down")


def test_a_large_photograph_is_the_same_scene_after_scaling():
    result = decoded(made(encoded(pixels(400, 240), "JPEG", quality=95)).data)
    assert result.size == (53, 32)
    assert near(result.getpixel((5, 16)), RED) and near(result.getpixel((48, 31)), (0, 0, 253), 12)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *(("L", "PNG"), ("1", "PNG"), ("P", "PNG"), ("P", "GIF"), ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("RGB", "BMP")),
        *(("RGB", kind) for kind in ("WEBP", "TIFF", "PPM", "TGA", "AVIF", "HEIF", "JPEG2000")),
        *(("LAB", "TIFF"), ("L", "JPEG")),
    ],
)
def test_other_modes_and_formats_become_rgb(mode, kind):
    image = Image.new("RGB", (20, 10), RED)
    data = encoded(image.convert("RGB").convert(mode) if mode != "LAB" else Image.new("LAB", (20, 10)), kind)
    result = decoded(made(data).data)
    assert (result.mode, result.size) == ("RGB", (20, 10))
    if mode not in ("L", "1", "LAB"):
        assert near(result.getpixel((10, 5)), RED, 12)


def test_a_telephones_photograph_without_its_optional_reader_is_named(monkeypatch):
    data = encoded(pixels(40, 24), "HEIF")
    assert decoded(made(data).data).size == (40, 24)
    monkeypatch.delitem(Image.OPEN, "HEIF")
    assert "pillow-heif" in convert(data, LIMITS)
    assert convert(encoded(pixels(40, 24), "AVIF"), LIMITS).suffix == ".jpg"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_transparency_becomes_white(mode):
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 4, 8))
    if mode == "P":
        paletted = Image.new("P", (8, 8), 1)
        paletted.putpalette([0, 0, 0, 9, 9, 9])
        paletted.paste(0, (0, 0, 4, 8))
        data = encoded(paletted, "GIF", transparency=1)
    else:
        data = encoded(image if mode != "LA" else image.convert("LA"))
    result = decoded(made(data).data)
    assert result.getpixel((1, 1)) == (0, 0, 0) and result.getpixel((6, 6)) == (255, 255, 255)


def test_a_single_transparent_colour_becomes_white():
    result = decoded(made(encoded(Image.new("RGB", (4, 4), RED), transparency=RED)).data)
    assert result.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled_and_not_cut(kind):
    image = Image.fromarray(np.full((4, 4), 0x8080, np.uint16))
    assert decoded(made(encoded(image, kind)).data).getpixel((0, 0)) == (128, 128, 128)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(20, 12), (80, 48)])
def test_a_photograph_stands_upright(orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    result = decoded(made(encoded(pixels(*size), "JPEG", exif=exif, quality=95)).data)
    sideways = orientation >= 5
    assert (result.width > result.height) is not sideways
    red = [near(result.getpixel(corner), RED, 30) for corner in ((2, 2), (result.width - 3, result.height - 3))]
    assert red == [orientation in (1, 4, 5, 6), orientation in (2, 3, 7, 8)]


def test_a_broken_exif_note_does_not_cost_the_picture():
    data = encoded(pixels(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12")
    assert made(data).how == "as they were"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame_is_taken(kind):
    more = [Image.new("RGB", (6, 6), "blue")]
    result = made(encoded(Image.new("RGB", (6, 6), RED), kind, save_all=True, append_images=more))
    assert result.how == "converted" and near(decoded(result.data).getpixel((3, 3)), RED, 4)


def test_damage_after_the_first_frame_does_not_matter():
    more = [pixels(), pixels(mode="L")]
    data = encoded(pixels(), "GIF", save_all=True, append_images=more)
    assert made(data[: len(data) * 2 // 3]).how == "converted"


def test_the_shape_is_that_of_the_whole_picture():
    assert decoded(made(encoded(pixels(1001, 311), "JPEG"), Limits(32, 10**6)).data).size == (103, 32)


@pytest.mark.parametrize("orientation", [0, 9])
def test_an_orientation_that_has_no_meaning_is_none(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert made(encoded(pixels(), "JPEG", exif=exif)).how == "as they were"


def test_a_photograph_that_is_encoded_anew_loses_where_it_was_taken():
    exif = Image.Exif()
    exif[0x010E] = "at home"
    assert b"at home" not in made(encoded(pixels(90, 90), "JPEG", exif=exif)).data


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"not a picture", "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n%%EOF\n", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (encoded(pixels(), "JPEG")[:-60], "cut off"),
        (encoded(pixels())[:-30], "cut off"),
        (encoded(pixels(400, 400)), "too many pixels"),
        (encoded(pixels(400, 400), "JPEG"), "too many pixels"),
        (encoded(Image.fromarray(np.zeros((4, 4), np.float32)), "TIFF"), "floating-point pixels"),
    ],
    ids=["empty", "text", "postscript", "svg", "cut jpeg", "cut png", "large png", "large jpeg", "float"],
)
def test_there_is_a_reason_where_there_is_no_picture(data, reason):
    assert convert(data, LIMITS) == reason


def test_a_decompression_bomb_is_not_even_inflated():
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )
    assert convert(bomb, LIMITS) == "too many pixels"


def test_pillows_own_limit_is_as_it_was_afterwards():
    before = Image.MAX_IMAGE_PIXELS
    convert(b"x", LIMITS)
    assert before == Image.MAX_IMAGE_PIXELS


def test_what_is_no_file(tmp_path: Path):
    (tmp_path / "loop").symlink_to("loop")
    assert convert(tmp_path, LIMITS) == "damaged"
    assert convert(tmp_path / "absent.png", LIMITS) == "no such file"
    assert isinstance(convert(tmp_path / "loop", LIMITS), str)


def test_one_picture_is_read_or_refused_in_a_sentence(tmp_path):
    path = put(tmp_path / "a.png", encoded(pixels(64, 64, "P")))
    assert (read_picture(path, LIMITS).mode, read_picture(path, LIMITS).size) == ("RGB", (32, 32))
    with pytest.raises(QuoiError, match=r"b\.png cannot be read as a picture: no such file\.$"):
        read_picture(tmp_path / "b.png", LIMITS)


def test_a_drawing_is_drawn_on_white(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><rect width="1" height="2"/></svg>')
    result = made(Drawing(path, 30))
    image = decoded(result.data)
    assert (result.how, image.mode, image.size) == ("drawn", "RGB", (30, 30))
    assert image.getpixel((3, 3)) == (0, 0, 0) and image.getpixel((27, 27)) == (255, 255, 255)


@pytest.mark.parametrize("text", ["", "<svg", "<html/>"])
def test_a_drawing_that_cannot_be_drawn(tmp_path, text):
    path = tmp_path / "a.svg"
    path.write_text(text)
    assert convert(Drawing(path, 30), LIMITS) == "damaged"


KINDS = ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "TGA", "ICO", "AVIF", "HEIF", "JPEG2000"]


@cache
def small(kind: str) -> bytes:
    return encoded(pixels(24, 24), kind)


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    cut=st.none() | st.integers(0, 400),
    changes=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8),
)
def test_damage_of_any_kind_gives_a_picture_or_a_reason(kind, cut, changes):
    data = bytearray(small(kind)[:cut])
    for place, value in changes:
        if data:
            data[place % len(data)] = value
    result = convert(bytes(data), LIMITS)
    if isinstance(result, Converted):
        image = decoded(result.data)
        assert image.mode == "RGB" and min(image.size) <= LIMITS.shorter_side
    else:
        assert result


@settings(max_examples=60, deadline=None)
@given(
    data=st.binary(max_size=200),
    start=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"II*\0"]),
)
def test_any_bytes_are_survived(data, start):
    assert convert(start + data, LIMITS)
