from __future__ import annotations

from pathlib import Path

import pytest

from quoi.records import results
from quoi.report import attention, plots, style
from tests.record import write_record


def size(path: Path) -> tuple[int, int]:
    """Width and height in pixels, out of the PNG's header."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def drawings(trained):
    sentences = trained[-1].samples
    rates = [10 ** (-5 + n / 20) for n in range(100)]
    return {
        "loss_curves": lambda path: plots.loss_curves(path, trained),
        "progression": lambda path: plots.progression(path, trained, {"baseline": 3.5}),
        "training": lambda path: plots.training_curves(path, "all seed 1", trained[-1].history[1]),
        "rates": lambda path: plots.lr_curve(path, rates, [4 - n / 50 for n in range(100)], 3e-3),
        "attention": lambda path: attention.attention_png(path, sentences, "all"),
    }


@pytest.mark.parametrize("name", ["loss_curves", "progression", "training", "rates", "attention"])
def test_same_numbers_same_bytes(trained, tmp_path, name):
    draw = drawings(trained)[name]
    draw(tmp_path / "one.png")
    draw(tmp_path / "two.png")
    data = (tmp_path / "one.png").read_bytes()
    assert data == (tmp_path / "two.png").read_bytes()
    assert b"Software" not in data and b"tIME" not in data and b"date" not in data
    width, height = size(tmp_path / "one.png")
    assert 600 <= width <= 2000 and 400 <= height <= 2000


def test_sizes_are_in_inches(trained, tmp_path):
    plots.loss_curves(tmp_path / "a.png", trained)
    assert size(tmp_path / "a.png") == (11 * style.DPI, int(4.5 * style.DPI))


def test_seeds_that_stopped_early_and_one_epoch(tmp_path):
    folder = write_record(tmp_path, "baseline", epochs=4)
    lines = (folder / "history.csv").read_text().splitlines()
    (folder / "history.csv").write_text("\n".join(lines[:-2]) + "\n")
    single = results.read(write_record(tmp_path, "all", epochs=1))
    plots.loss_curves(tmp_path / "a.png", [results.read(folder), single])
    assert size(tmp_path / "a.png")[0] > 0


def test_a_colour_a_variant():
    palette = style.colours([f"v{n}" for n in range(8)])
    assert len(set(palette.values())) == 8
    assert style.colours(["baseline", "all"])["baseline"] == palette["v0"]


def test_words_that_look_like_formulas_are_drawn(tmp_path):
    sentence = {
        "source_tokens": ["$x$", "a_b^", "é"],
        "target_tokens": ["$5", "\\n"],
        "attention": [[1, 0, 0], [0, 1, 0]],
    }
    attention.attention_png(tmp_path / "a.png", [sentence], "all")
    assert size(tmp_path / "a.png")[0] > 0


def test_terminal_heat_map_shows_words_and_weights():
    from rich.console import Console

    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(attention.heatmap_terminal(["où", "[bold]"], ["where", "?"], [[0.9, 0.1], [0.0, 1.0]]))
    text = console.export_text()
    for part in ("où", "[bold]", "where", "90", "10", "100"):
        assert part in text


def test_terminal_heat_map_of_a_long_sentence_fits():
    from rich.console import Console

    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    words = ["mot"] * 30
    console.print(attention.heatmap_terminal(words, ["recommendations", "?"], [[1 / 30] * 30] * 2))
    lines = console.export_text().splitlines()
    assert "30" in lines[0] and max(map(len, lines)) <= 80


def test_letters_that_no_font_has_are_said_once(tmp_path, capsys):
    with style.figure(tmp_path / "boxes.png", 2, 1) as figure:
        figure.text(0, 0, "a\U000f0000 \U000f0001")  # for private use: no font has them
    assert capsys.readouterr().err.count("boxes.png") == 1
    with style.figure(tmp_path / "letters.png", 2, 1) as figure:
        figure.text(0, 0, "äß Ж ع")
    assert capsys.readouterr().err == ""
