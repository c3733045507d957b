"""Contact sheets: what is where, and the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from quoi.report.contact_sheet import Shown, sheet

SIDE = 160


def picture(colour: str, width: int = 50, height: int = 50, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), colour)


def drawn(path: Path, *arguments, **options) -> np.ndarray:
    sheet(path, *arguments, **options)
    with Image.open(path) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.array(image)


def box(pixels: np.ndarray, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, width and height of what has a colour."""
    rows, columns = np.nonzero((pixels == colour).all(axis=2))
    return columns.min(), rows.min(), columns.max() - columns.min() + 1, rows.max() - rows.min() + 1


def test_pictures_are_fitted_and_never_cut(tmp_path):
    given = [(picture("#ff0000", 400, 100), "wide"), (picture("#00ff00", 10, 20), "small"), (picture("#0000ff"), "")]
    pixels = drawn(tmp_path / "s.png", [("three", given)])
    assert box(pixels, (255, 0, 0))[2:] == (SIDE, SIDE // 4)
    assert box(pixels, (0, 255, 0))[2:] == (40, 80)  # four times larger, not sixteen
    assert box(pixels, (0, 0, 255))[2:] == (SIDE, SIDE)
    lefts = [box(pixels, colour)[0] for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    assert lefts == sorted(lefts)


def test_rows_wrap_and_follow_each_other(tmp_path):
    many = [(picture("gray"), "")] * 6
    pixels = drawn(
        tmp_path / "s.png", [("first", [*many, (picture("#ff0000"), "")]), ("second", [(picture("#0000ff"), "")])]
    )
    red, blue = box(pixels, (255, 0, 0)), box(pixels, (0, 0, 255))
    assert red[0] == blue[0] and red[1] + SIDE < blue[1]
    narrow = drawn(tmp_path / "n.png", [("first", many)], columns=3)
    assert narrow.shape[1] < pixels.shape[1] and narrow.shape[0] > 2 * SIDE


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "CMYK", "1", "I;16"])
def test_every_kind_of_picture(mode, tmp_path):
    given = Image.new(mode, (30, 30))
    assert drawn(tmp_path / "s.png", [("", [(given, "black, or nothing")])]).shape[2] == 3


def test_what_is_transparent_is_white(tmp_path):
    pixels = drawn(tmp_path / "s.png", [("", [(Image.new("RGBA", (50, 50), (255, 0, 0, 0)), "")])])
    assert not (pixels == (255, 0, 0)).all(axis=2).any()


def test_texts_are_drawn_within_the_sheet(tmp_path):
    long = "Donaudampfschifffahrtsgesellschaft " * 20
    given = [("t " * 400, [(picture("gray"), f"{long}\n0.93"), (picture("gray"), "W" * 300)])]
    pixels = drawn(tmp_path / "s.png", given, title=long, note=long)
    margins = np.concatenate([pixels[:, :20].ravel(), pixels[:, -20:].ravel(), pixels[-12:].ravel()])
    assert (margins == 255).all()
    ink = (pixels < 128).all(axis=2)
    assert ink[:80].any() and ink[-60:].any()


def test_nothing_to_draw_is_a_sheet_all_the_same(tmp_path):
    assert drawn(tmp_path / "a.png", []).size and drawn(tmp_path / "b.png", [("nothing found", [])], title="t").size


def test_the_same_bytes(tmp_path):
    for name in ("a.png", "b.png"):
        sheet(tmp_path / name, [("t", [(picture("teal", 33, 44), "one\n0.5")])], title="x", note="y")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_colour_frames_a_picture_and_every_line_of_a_caption_has_its_own(tmp_path):
    plain = drawn(tmp_path / "p.png", [("", [(picture("gray"), "name\n0.5")])])
    marked = drawn(tmp_path / "m.png", [("", [Shown(picture("gray"), "name\n0.5", "#00ff00")])])
    assert not (plain == (0, 255, 0)).all(axis=2).any()
    assert box(marked, (0, 255, 0))[2:] == (SIDE + 6, SIDE + 6)
    several = drawn(tmp_path / "s.png", [("", [(picture("gray"), "name\n0.5\n0.6\n0.7"), (picture("gray"), "")])])
    assert several.shape[0] > plain.shape[0] + 20


def test_a_palette_makes_the_file_smaller(tmp_path):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (160, 160, 3), dtype=np.uint8))
    for path, colours in ((tmp_path / "all.png", None), (tmp_path / "few.png", 64)):
        sheet(path, [("", [(noise, "")])], colours=colours)
    assert (tmp_path / "few.png").stat().st_size < (tmp_path / "all.png").stat().st_size / 2
    with Image.open(tmp_path / "few.png") as image:
        assert image.mode == "P" and len(image.convert("RGB").getcolors()) <= 64
