"""Contact sheets: what is where, and the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from quoi.report.contact_sheet import Shown, sheet


def picture(colour: str, width: int = 50, height: int = 50, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), colour)


def shown(*colours: str) -> list[Shown]:
    return [Shown(picture(colour)) for colour in colours]


def drawn(path: Path, rows, **options) -> np.ndarray:
    sheet(path, rows, **options)
    with Image.open(path) as image:
        assert image.format == "PNG"
        return np.array(image.convert("RGB"))


def box(pixels: np.ndarray, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, width and height of what has a colour."""
    rows, columns = np.nonzero((pixels == colour).all(axis=2))
    return columns.min(), rows.min(), columns.max() - columns.min() + 1, rows.max() - rows.min() + 1


def test_pictures_are_fitted_and_never_cut(tmp_path):
    given = [picture("#ff0000", 400, 100), picture("#00ff00", 10, 20), picture("#0000ff", 100, 100)]
    pixels = drawn(tmp_path / "s.png", [("three", [Shown(each) for each in given])])
    red, green, blue = (box(pixels, colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255)))
    assert red[2] == pytest.approx(blue[2], abs=3) and red[3] == pytest.approx(red[2] / 4, abs=3)
    assert green[2] == pytest.approx(40, abs=3) and green[3] == pytest.approx(80, abs=3)  # four times larger, no more
    assert red[0] < green[0] < blue[0]


def test_rows_wrap_and_follow_each_other(tmp_path):
    rows = [("first", shown(*["gray"] * 6, "#ff0000")), ("second", shown("#0000ff"))]
    pixels = drawn(tmp_path / "s.png", rows)
    red, blue = box(pixels, (255, 0, 0)), box(pixels, (0, 0, 255))
    assert red[0] == blue[0] and red[1] + red[3] < blue[1]
    narrow = drawn(tmp_path / "n.png", [("first", shown(*["gray"] * 6))], columns=3)
    assert narrow.shape[1] < pixels.shape[1]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "CMYK", "1", "I;16"])
def test_every_kind_of_picture(mode, tmp_path):
    assert drawn(tmp_path / "s.png", [("", [Shown(Image.new(mode, (30, 30)), "black, or nothing")])]).size


def test_what_is_transparent_is_white(tmp_path):
    pixels = drawn(tmp_path / "s.png", [("", [Shown(Image.new("RGBA", (50, 50), (255, 0, 0, 0)))])])
    assert not (pixels == (255, 0, 0)).all(axis=2).any()


def test_texts_are_drawn_within_the_sheet_as_they_are(tmp_path):
    long = "Donaudampfschifffahrtsgesellschaft " * 20
    given = [("t " * 400, [Shown(picture("gray"), f"{long}\n$x_2$"), Shown(picture("gray"), "W" * 300, name="漢字")])]
    pixels = drawn(tmp_path / "s.png", given, note=long)
    assert (np.concatenate([pixels[:, :5].ravel(), pixels[:, -5:].ravel(), pixels[-5:].ravel()]) == 255).all()


def test_a_row_without_pictures_keeps_its_title(tmp_path):
    assert (drawn(tmp_path / "s.png", [("nothing found", [])]) < 128).any()


def test_the_same_bytes(tmp_path):
    for name in ("a.png", "b.png"):
        sheet(tmp_path / name, [("t", [Shown(picture("teal", 33, 44), "one\n0.5")])], note="y", colours=64)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "P" and len(image.convert("RGB").getcolors()) <= 64


def test_a_colour_frames_a_picture(tmp_path):
    plain = drawn(tmp_path / "p.png", [("", [Shown(picture("gray"), "name")])])
    marked = drawn(tmp_path / "m.png", [("", [Shown(picture("gray"), "name", "#00ff00")])])
    assert not (plain == (0, 255, 0)).all(axis=2).any()
    left, top, width, height = box(marked, (0, 255, 0))
    assert width == pytest.approx(height, abs=2) and left > 0 and top > 0
