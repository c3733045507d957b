from __future__ import annotations

from pathlib import Path

import pytest

from quoi.records import results
from quoi.records.results import Result
from tests.record import write_record_of_all


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository in which five variants were trained with two seeds each."""
    write_record_of_all(tmp_path)
    return tmp_path


@pytest.fixture
def trained(root: Path) -> list[Result]:
    return results.load(("baseline", "bidir", "forcing", "attention", "all"), root / results.VARIANTS)


def cells(table: str) -> list[list[str]]:
    """A markdown table's rows, the head first and without the rule; bars that are escaped belong to their cell."""
    rows = []
    for line in table.strip().splitlines():
        assert line.startswith("| ") and line.endswith(" |"), line
        rows.append([cell.strip().replace("\0", "|") for cell in line[1:-1].replace("\\|", "\0").split("|")])
    assert all(set(cell) <= set(":-") for cell in rows[1])
    assert len({len(row) for row in rows}) == 1
    return [rows[0], *rows[2:]]
