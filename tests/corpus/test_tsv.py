"""Tables of pairs: which columns are read, and which rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus.sources.files import read_pairs
from quoi.corpus.sources.tsv import Tsv
from quoi.io.errors import QuoiError
from quoi.params.languages import Languages

SIDES = Languages(source="en", target="fr")
PAIRS = [
    ("Where are we?", "Où sommes-nous ?"),
    ("Who is it?", "Qui est-ce ?"),
    ("What do you want?", "Que voulez-vous ?"),
    ("Why are they here?", "Pourquoi sont-ils là ?"),
]
ATTRIBUTION = "CC-BY 2.0 (France) Attribution: tatoeba.org #2877272 (CM) & #1158250 (Wittydev)"


def written(path: Path, layout: str, *more: str, header: str | None = None) -> Path:
    """A table whose columns are E, F, or, A, something else."""
    cells = [{"E": english, "F": french, "A": ATTRIBUTION} for english, french in PAIRS]
    rows = ["\t".join(row[letter] for letter in layout) for row in cells]
    lines = [*([header] if header is not None else []), *rows, *more]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
    return path


def opened(path: Path, columns=None, on_bad_line="skip") -> Tsv:
    return Tsv(path, columns, SIDES, on_bad_line, "corpus.files.columns")


def read(table: Tsv) -> list[tuple[str, str]]:
    rows = [[cells[place].decode() for place in table.columns] for piece in table.rows() for _, cells in piece]
    return [(english, french) for english, french in rows]


@pytest.mark.parametrize(
    ("layout", "columns", "header"),
    [
        ("EF", None, None),
        ("FE", None, None),
        ("EFA", None, None),  # as Tatoeba's pairs are published for Anki
        ("AEF", None, None),
        ("FAE", None, None),
        ("AFAEA", None, None),
        ("EF", None, "English\tFrench"),
        ("FE", None, "French\tEnglish"),
        ("FAE", None, "fr\tby\ten"),
        ("FE", [2, 1], None),
        ("FE", [2, 1], "french\tenglish"),
        ("AFE", ["question", "Frage"], "id\tFrage\tquestion"),
        ("AFE", ["question", 2], "id\tFrage\tquestion"),
        ("AFE", [3, 2], "fr\tfr\ten"),
        ("EFF", [1, "fr 2"], "en\tfr 1\tfr 2"),
    ],
)
def test_english_and_french_are_found(tmp_path: Path, layout: str, columns, header: str | None) -> None:
    table = opened(written(tmp_path / "mine.tsv", layout, header=header), columns)
    assert read(table) == PAIRS
    assert read_pairs(tmp_path / "mine.tsv", SIDES, columns)[0] == PAIRS


def test_columns_are_those_of_the_languages_either_way_round(tmp_path: Path) -> None:
    back = Languages(source="fr", target="en")
    for path in (written(tmp_path / "mine.tsv", "AEF"), written(tmp_path / "mine.tsv", "EF", header="en\tfr")):
        assert read_pairs(path, back)[0] == [(french, english) for english, french in PAIRS]
    other = written(tmp_path / "mine.tsv", "EF", header="target\tGerman")
    assert read_pairs(other, Languages(source="de", target="en"))[0] == [(french, english) for english, french in PAIRS]


def test_a_header_in_windows_form_with_a_byte_order_mark(tmp_path: Path) -> None:
    content = "\ufeffenglish\tfrench\r\n" + "".join(f"{one}\t{other}\r\n" for one, other in PAIRS)
    (tmp_path / "mine.tsv").write_bytes(content.encode())
    assert read_pairs(tmp_path / "mine.tsv", SIDES)[0] == PAIRS


@pytest.mark.parametrize(
    ("layout", "columns", "header", "said"),
    [
        ("EE", None, None, "the same"),
        ("FE", None, "english\tfrench", "swapped"),
        ("EEF", None, None, "cannot be told"),
        ("EAA", None, None, "cannot be told"),
        ("EF", [1, 3], None, "names column 3, and .* has 0 of that name or number: it has 2 columns"),
        ("EF", [0, 1], None, "names column 0, and .* has 0 of that"),
        (
            "EF",
            ["anglais", "french"],
            "english\tfrench",
            "has 0 of that .* row is 'english | french'",
        ),
        ("EF", ["english", "french"], None, "has 0 of that name"),
        ("EFF", ["en", "fr"], "en\tfr\tfr", "has 2 of that name"),
    ],
)
def test_columns_that_are_not_those(tmp_path: Path, layout: str, columns, header, said: str) -> None:
    with pytest.raises(QuoiError, match=said) as raised:
        opened(written(tmp_path / "mine.tsv", layout, header=header), columns)
    assert "mine.tsv" in str(raised.value) and "\n" not in str(raised.value)


def test_what_was_chosen_is_read_and_what_is_odd_about_it_is_said(tmp_path: Path) -> None:
    table = opened(written(tmp_path / "mine.tsv", "EE"), [1, 2])
    assert read(table) == [(english, english) for english, _ in PAIRS]
    assert ["the same" in remark for remark in table.remarks] == [True]
    with pytest.raises(QuoiError, match="swapped"):
        opened(written(tmp_path / "mine.tsv", "FE"), [1, 2])
    assert opened(written(tmp_path / "mine.tsv", "EF"), [1, 2]).remarks == []
    assert opened(written(tmp_path / "mine.tsv", "EF")).remarks == []


@pytest.mark.parametrize("more", [[], ["5"]])
def test_one_language_that_is_told_tells_the_columns(tmp_path: Path, more: list[str]) -> None:
    german = [
        ("Wo sind wir denn nun?", "Where are we now?"),
        ("Wer ist das dort drüben?", "Who is that over there?"),
    ] * 6
    rows = ["\t".join([*more, one, *more, other]) for one, other in german]
    (tmp_path / "mine.tsv").write_text("\n".join(rows), encoding="utf-8")
    assert read_pairs(tmp_path / "mine.tsv", Languages(source="de", target="en"))[0] == german
    back = [(english, text) for text, english in german]
    assert read_pairs(tmp_path / "mine.tsv", Languages(source="en", target="de"))[0] == back


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("Datei {n}\tFile {n}\tLabel of the menu entry in place {n}", None),
        ("KEY_{n}\tDatei {n}\tFile {n}\tLabel of the menu entry in place {n}", None),
        ("{de}\t{en}\t", (0, 1)),
        ("note\t{de}\t{en}", (1, 2)),
        ("{en};{de};0,9{n}", (1, 0)),
        ("Hallo, Anna {n};Hello Anna {n}", (0, 1)),
    ],
)
def test_what_stands_beside_the_two_columns(tmp_path: Path, row: str, columns: tuple[int, int] | None) -> None:
    german = ["Wo ist das Haus?", "Wer hat das getan?", "Mir ist kalt.", "Was willst du von ihm?"] * 3
    english = ["Where is the house?", "Who has done this?", "I am cold.", "What do you want from him?"] * 3
    rows = [row.format(n=n, de=one, en=other) for n, (one, other) in enumerate(zip(german, english, strict=True))]
    (tmp_path / "mine").write_text("".join(f"{each}\n" for each in rows), encoding="utf-8")
    languages = Languages(source="de", target="en")
    if columns is None:  # a comment is English, and so may be what is too short to be told
        with pytest.raises(QuoiError, match="it cannot be told which are German and English"):
            Tsv(tmp_path / "mine", None, languages, "fail")
    else:
        assert tuple(Tsv(tmp_path / "mine", None, languages, "fail").columns) == columns


def test_a_header_is_believed_and_columns_are_not_named_twice(tmp_path: Path) -> None:
    rows = "".join(f"Wo ist das Haus Nummer {n}?\tWer hat das {n}. Haus gesehen?\n" for n in range(9))
    (tmp_path / "mine").write_text(f"de\ten\n{rows}", encoding="utf-8")
    languages = Languages(source="de", target="en")
    table = Tsv(tmp_path / "mine", None, languages, "fail")
    assert len(read(table)) == 9 and "look German, both of them" in table.remarks[-1]
    with pytest.raises(QuoiError, match=r"is \[1, 'de'\], which names column 1 of .* twice"):
        Tsv(tmp_path / "mine", [1, "de"], languages, "fail")


def test_lines_that_end_in_carriage_returns_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"Wo?\tWhere?\rWer?\tWho?\r")
    with pytest.raises(QuoiError, match="carriage returns for line ends"):
        Tsv(tmp_path / "mine", None, Languages(source="de", target="en"), "fail")


def test_columns_that_were_found_by_their_look_are_said(tmp_path: Path) -> None:
    (remark,) = opened(written(tmp_path / "mine.tsv", "AEF")).remarks
    assert "2 and 3 are read as English and French" in remark


@pytest.mark.parametrize(
    ("bad", "kind"),
    [("", "blank"), ("  ", "blank"), ("x", "columns"), ("a\tb\tc", "columns"), ("en\tfr", "header")],
)
@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_row_that_is_none(tmp_path: Path, bad: str, kind: str, place: int) -> None:
    path = written(tmp_path / "mine.tsv", "EF", header="en\tfr")
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([*lines[:place], bad, *lines[place:]]), encoding="utf-8")
    table = opened(path)
    assert read(table) == PAIRS and table.left_out.counts == {kind: 1}
    assert f"line {place + 1} " in table.left_out.remarks(4)[0]
    with pytest.raises(QuoiError, match=f"line {place + 1} "):
        read(opened(path, on_bad_line="fail"))
    if kind == "blank":  # no pair is lost to a score
        assert read_pairs(path, SIDES)[0] == PAIRS
        return
    with pytest.raises(QuoiError, match=f"line {place + 1} "):
        read_pairs(path, SIDES)


def test_a_bad_first_row_does_not_decide_what_the_others_are(tmp_path: Path) -> None:
    path = written(tmp_path / "mine.tsv", "EF", header="My sentences")
    assert read(opened(path)) == PAIRS


@pytest.mark.parametrize("bad", [b"Who?\tQu\xef ?", b"Who?\tQu\0i ?", b"Who?\t\xe2\x80\x8b", b"\tQui ?"])
def test_a_score_is_over_every_pair(tmp_path: Path, bad: bytes) -> None:
    path = written(tmp_path / "mine.tsv", "EF")
    path.write_bytes(path.read_bytes() + bad + b"\n")
    assert sum(map(len, opened(path).rows())) == 5  # for a corpus, it is the filter that counts such a line
    with pytest.raises(QuoiError, match="line 5 "):
        read_pairs(path, SIDES)


def test_an_option_that_chooses_columns_is_named_instead_of_params_yaml(tmp_path: Path) -> None:
    path = written(tmp_path / "mine.tsv", "FE", "x", header="english\tfrench")
    with pytest.raises(QuoiError, match="--columns names those") as raised:
        read_pairs(path, SIDES, None, "--columns")
    assert "corpus." not in str(raised.value)
    with pytest.raises(QuoiError, match="line 6 has too few") as raised:
        read_pairs(path, SIDES, [2, 1], "--columns")
    assert "corpus." not in str(raised.value)


@pytest.mark.parametrize(
    ("first", "said", "more"),
    [
        ("Frage;question", "columns: [Frage, question]`", 1),
        ("de;de", "read as a header", 0),
        ("deutsch;englisch", "read as a header", 0),
        ("sep=;", "", 0),
        ("sep=\t", "", 0),
        ("sep=;\nde;en", "line 2 is read as a header", 0),
        ("Was ist das?;What is that?", "", 1),
    ],
)
def test_a_first_row_that_is_no_pair(tmp_path: Path, first: str, said: str, more: int) -> None:
    german = Languages(source="de", target="en")
    rows = [("Wo sind wir denn?", "Where are we now?"), ("Wer ist das dort?", "Who is that over there?")] * 6
    text = "\n".join([first, *(("\t" if "\t" in first else ";").join(row) for row in rows)])
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    table = Tsv(tmp_path / "mine.csv", None, german, "fail")
    pairs = read(table)
    assert len(pairs) == len(rows) + more and sorted(pairs[more:]) in (sorted(rows), sorted(row[::-1] for row in rows))
    assert any(said in remark for remark in table.remarks if "read as a CSV" not in remark) == bool(said)


@pytest.mark.parametrize("place", [0, 1, 5])
def test_a_row_of_a_csv_whose_quotes_do_not_fit_is_left_out_wherever_it_stands(tmp_path: Path, place: int) -> None:
    rows = ["Wo ist das Haus?,Where is the house?", "Wer ist das dort?,Who is that over there?"] * 5
    rows.insert(place, '"Wo"x,Where?')
    (tmp_path / "mine.csv").write_text("\n".join(rows), encoding="utf-8")
    table = Tsv(tmp_path / "mine.csv", None, Languages(source="de", target="en"), "skip")
    assert len(read(table)) == 10 and table.left_out.counts == {"quotes": 1}


def test_quotes_that_are_not_doubled_are_named(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text('"He said "go" now","Il dit "va" ici"\n' * 9, encoding="utf-8")
    with pytest.raises(QuoiError, match="quote inside a cell"):
        opened(tmp_path / "mine.csv")


def test_quotes_between_tabs_are_letters_and_said_where_they_look_like_those_of_a_csv(tmp_path: Path) -> None:
    plain, quoted = '"Qui ?" dit-il\t"Who?" he said', '"""Qui ?"" dit-il"\t"""Who?"" he said"'
    for line, told in ((plain, False), (quoted, True)):
        (tmp_path / "mine.tsv").write_text(f"{line}\n", encoding="utf-8")
        pairs, remarks = read_pairs(tmp_path / "mine.tsv", Languages(source="fr", target="en"))
        assert pairs == [tuple(line.split("\t"))] and bool(remarks) == told


CELL = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), max_size=4)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=8), st.booleans())
def test_every_row_is_read_as_it_stands_or_counted(tmp_path_factory, rows: list[list[str]], ended: bool) -> None:
    path = tmp_path_factory.mktemp("table") / "mine.tsv"
    rows = [["first", "row", "here"], ["second", "row", "here"], *rows]
    path.write_text("\n".join("\t".join(row) for row in rows) + "\n" * ended, encoding="utf-8", newline="")
    plain = path.read_bytes().decode().removesuffix("\n").split("\n")
    try:
        table = opened(path, [3, 2])
        rows_read = read(table)
        table.left_out.remarks(len(rows_read))
    except QuoiError:
        widths = [len(row) for row in rows]
        assert max(widths, key=lambda width: (widths.count(width), width > 1)) < 3 or widths.count(3) * 2 < len(rows)
        return
    cells = [line.split("\t") for line in plain]
    assert rows_read == [(row[2], row[1]) for row in cells if len(row) == table.width]
    assert table.left_out.counts.total() == sum(len(row) != table.width for row in cells)
