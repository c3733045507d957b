"""Tables with commas or semicolons: cells in quotes, line breaks in them, and quotes that do not fit."""

from __future__ import annotations

import csv
import io
import re
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus import slices
from quoi.corpus.slices import FileSlice
from quoi.corpus.sources.cells import one_line, rows, separator
from quoi.corpus.sources.files import read_pairs
from quoi.io.errors import QuoiError
from tests.corpus.own_files import FR_EN, Fetched

TABLE = (
    'id,english,french\r\n1,"Where, then, are we?","Où, alors,\r\n  sommes-nous ?"\r\n'
    '2,"He said ""no"".", "Il a dit ""non""."\r\n3,Who?,Qui ?\r\n'
)
PAIRS = [
    ("Où, alors, sommes-nous ?", "Where, then, are we?"),
    ('Il a dit "non".', 'He said "no".'),
    ("Qui ?", "Who?"),
]


@pytest.mark.parametrize("sign", [",", ";"])
@pytest.mark.parametrize("columns", [None, ["french", "english"], [3, 2]])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv(tmp_path: Path, sign: str, columns, encoding: str) -> None:
    (tmp_path / "mine").write_bytes(TABLE.replace(",", sign).encode(encoding))
    fetched = Fetched(tmp_path, pairs=tmp_path / "mine", columns=columns)
    assert fetched.pairs == [tuple(side.replace(",", sign) for side in pair) for pair in PAIRS]
    assert fetched.note["columns"] == [3, 2] and fetched.note["repaired"] == {"line_break": 1}
    assert any("read as a CSV" in sentence for sentence in fetched.said)
    assert read_pairs(tmp_path / "mine", FR_EN, columns)[0] == fetched.pairs


def test_the_other_direction_needs_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(TABLE, encoding="utf-8")
    languages = FR_EN.model_copy(update={"source": "en", "target": "fr"})
    assert Fetched(tmp_path, languages, pairs=tmp_path / "mine").pairs == [(two, one) for one, two in PAIRS]


ROWS = "".join(f'Qui est "ce", {number} ?,"Who, then, is {number}?"\n' for number in range(5))
GOOD = "".join(f'"Où est-ce, {number} ?","Where, then, is {number}?"\n' for number in range(30))


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ('"Qui" est-ce,Who?\n', "quotes"),
        ("Qui est-ce ?,Who, then?\n", "columns"),
        ("Qui ?\rQui ?,Who?\n", "quotes"),
        ("\r\n", "blank"),
        (" , \n", None),  # two cells, of which the filter counts what is missing
    ],
)
def test_a_row_that_is_none(tmp_path: Path, row: str, kind: str | None) -> None:
    (tmp_path / "mine").write_text(GOOD + row + GOOD, encoding="utf-8", newline="")
    fetched = Fetched(tmp_path, pairs=tmp_path / "mine")
    assert fetched.note["left_out"] == ({kind: 1} if kind else {}) and fetched.lines == 60 + (kind is None)
    if kind:
        with pytest.raises(QuoiError, match="mine, line 31 "):
            Fetched(tmp_path, pairs=tmp_path / "mine", on_bad_line="fail")


@pytest.mark.parametrize("after", [0, 5000])
def test_a_quote_that_is_never_closed_ends_the_run_and_what_follows_is_not_swallowed(tmp_path: Path, after) -> None:
    (tmp_path / "mine").write_text(GOOD + '"Qui ?,Who?\n' + "Quoi ?,What?\n" * after, encoding="utf-8")
    with pytest.raises(QuoiError, match=r"mine, line 31 opens a quote that is not closed .*Qui") as raised:
        Fetched(tmp_path, pairs=tmp_path / "mine")
    assert "\n" not in str(raised.value) and not list((tmp_path / "raw").glob("*"))


@pytest.mark.parametrize(
    ("lines", "sign"),
    [
        ([b"Qui ?\tWho, then?", b"Quoi, alors ?\tWhat?"], b"\t"),
        ([b"Who, then?", b"What?", b"Where, and when, is it?"], b"\t"),  # sentences, and no table
        ([b"a;b, c", b"d;e", b"f, g, h;i"], b";"),
        ([b"a,b; c", b"d,e"], b","),
        ([b"", b"a,b", b"", b"c,d"], b","),
        ([b'a,"b', b'c"', b'd,"the sample ends in here'], b","),
        ([], b"\t"),
    ],
)
def test_what_stands_between_cells(lines: list[bytes], sign: bytes) -> None:
    assert separator(lines) == sign


def test_lines_with_commas_here_and_there_are_no_table(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("Who, then?\nWhat?\nWhere, and when, is it?\n", encoding="utf-8")
    with pytest.raises(QuoiError, match=r"mine, line 1 has 1 column, as most lines.*tabs.*commas"):
        Fetched(tmp_path, pairs=tmp_path / "mine")


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t;"), max_size=6) | st.text('",\n\r a')


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 9),
)
def test_every_cell_of_a_csv_comes_through(tmp_path_factory, table: list[list[str]], end: str, size: int) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator=end).writerows(table)
    path = tmp_path_factory.mktemp("csv") / "mine"
    path.write_text(written.getvalue(), encoding="utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", size)
        read = list(chain.from_iterable(rows(FileSlice(path), b",")))
    assert [[cell.decode() for cell in cells] for _, cells in read] == table
    lines = [1 + sum(cell.count("\n") for cell in row) for row in table]
    assert [line for line, _ in read] == [1 + sum(lines[:row]) for row in range(len(table))]
    assert separator(written.getvalue().encode().split(b"\n")) == b","


@given(st.text("a é\n\r", max_size=12))
def test_a_line_break_becomes_a_space(text: str) -> None:
    content, number = one_line(text.encode())
    assert content.decode().split() == text.split() and not re.search(rb"[\r\n]", content)
    assert (number == 0) == (content == text.encode())
