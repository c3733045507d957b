"""The rooms of docs/house.md: every import goes down its list."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.imports import ROOT, SOURCE, imported

HOUSE = (ROOT / "docs/house.md").read_text(encoding="utf-8")
ROOMS = re.findall(r"^  (\w+)/ ", HOUSE, re.MULTILINE)


def room(file: Path) -> str:
    return file.relative_to(SOURCE / "quoi").parts[0]


@cache
def modules() -> list[Path]:
    return [path for path in (SOURCE / "quoi").rglob("*.py") if path.parent != SOURCE / "quoi"]


def test_every_module_is_in_a_room():
    assert {room(path) for path in modules()} == set(ROOMS)
    assert [path.name for path in (SOURCE / "quoi").glob("*.py")] == ["__init__.py"]


@cache
def imports() -> list[tuple[Path, Path]]:
    """Every module in a room beside each module in a room that it imports."""
    return [(path, other) for path in modules() for other in imported(path) if other in modules()]


def upward(pairs: list[tuple[Path, Path]]) -> list[str]:
    """Those of the imports that go up the list."""
    return [
        f"{path.relative_to(SOURCE)} imports {other.relative_to(SOURCE)}"
        for path, other in pairs
        if ROOMS.index(room(other)) < ROOMS.index(room(path))
    ]


def test_every_import_goes_down_the_list():
    assert upward(imports()) == []


def test_an_import_that_goes_up_is_noticed_inside_a_function_too(tmp_path):
    low, high = SOURCE / "quoi/io/files.py", SOURCE / "quoi/cli/main.py"
    (tmp_path / "module.py").write_text("def late():\n    from quoi.cli import main\n")
    assert high in imported(tmp_path / "module.py")
    assert upward([(low, high), (high, low)]) == ["quoi/io/files.py imports quoi/cli/main.py"]


@pytest.mark.parametrize(("one", "other"), [("translation", "devise"), ("devise", "translation")])
def test_the_two_experiments_do_not_know_of_each_other(one, other):
    assert [path for path, imported in imports() if (room(path), room(imported)) == (one, other)] == []


def test_kernels_know_nothing_of_the_model():
    kernels = SOURCE / "quoi/translation/kernels"
    outside = {other for path, other in imports() if path.parent == kernels and other.parent != kernels}
    assert {path.name for path in outside} <= {"__init__.py"}


def test_the_grammar_of_the_default_corpus_knows_nothing_of_quoi():
    for path in (SOURCE / "atlas").rglob("*.py"):
        assert {other.parts[len(SOURCE.parts)] for other in imported(path)} <= {"atlas"}, path
