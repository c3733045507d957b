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


def inside(file: Path) -> list[Path]:
    """The modules in rooms that a module imports."""
    return [other for other in imported(file) if other in modules()]


@cache
def modules() -> list[Path]:
    return [path for path in (SOURCE / "quoi").rglob("*.py") if path.parent != SOURCE / "quoi"]


def test_every_module_is_in_a_room():
    assert {room(path) for path in modules()} == set(ROOMS)
    assert [path.name for path in (SOURCE / "quoi").glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("place", ROOMS)
def test_every_import_goes_down_the_list(place):
    upwards = {
        f"{path.relative_to(SOURCE)} imports {other.relative_to(SOURCE)}"
        for path in modules()
        if room(path) == place
        for other in inside(path)
        if ROOMS.index(room(other)) < ROOMS.index(place)
    }
    assert upwards == set()


@pytest.mark.parametrize(("one", "other"), [("translation", "devise"), ("devise", "translation")])
def test_the_two_experiments_do_not_know_of_each_other(one, other):
    assert [path for path in modules() if room(path) == one if other in map(room, inside(path))] == []


def test_the_grammar_of_the_default_corpus_knows_nothing_of_quoi():
    for path in (SOURCE / "atlas").rglob("*.py"):
        assert {other.parts[len(SOURCE.parts)] for other in imported(path)} <= {"atlas"}, path
