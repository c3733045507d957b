"""From a source to the two gzip files: form, checks and repeatability."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import atlas
from quoi.corpus import slices
from quoi.corpus.sources import fetch
from quoi.io.errors import QuoiError
from quoi.params.corpus import Atlas, Corpus, Files
from quoi.params.languages import Languages

SIDES = Languages(source="en", target="fr")
NAMES = "corpus.source.gz", "corpus.target.gz"


def files(**given: Path) -> Corpus:
    return Corpus(source="files", files=Files(**{name: str(path) for name, path in given.items()}))


def raw(folder: Path) -> list[bytes]:
    return [gzip.decompress((folder / name).read_bytes()) for name in NAMES]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_two_aligned_files(tmp_path: Path, pack) -> None:
    english, french = tmp_path / "en", tmp_path / "fr"
    english.write_bytes(pack(b"\xef\xbb\xbfWhat?\r\n\xff\nlast"))
    french.write_bytes(pack("Quoi ?\n\ndernière\n".encode()))
    assert fetch(files(source=english, target=french), SIDES, tmp_path / "raw") == 3
    assert raw(tmp_path / "raw") == [b"\xef\xbb\xbfWhat?\r\n\xff\nlast\n", "Quoi ?\n\ndernière\n".encode()]
    note = json.loads((tmp_path / "raw" / "source.json").read_text())
    assert (note["name"], note["url"], note["licence"], note["lines"]) == ("files", None, "not stated", 3)
    for name in NAMES:
        data = (tmp_path / "raw" / name).read_bytes()
        assert note["sha256"][name] == hashlib.sha256(data).hexdigest()
        assert note["bytes"][name] == len(data)
        assert data[4:8] == bytes(4)  # no time in the header


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("leading", [b"", b"source\t"], ids=["2 columns", "3 columns"])
def test_table(tmp_path: Path, pack, leading: bytes) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(
        pack(b"\xef\xbb\xbf" + leading + b"What is it?\tQuoi ?\r\n" + leading + b"Who is there?\tQui est-ce ?")
    )
    assert fetch(files(pairs=path), SIDES, tmp_path / "raw") == 2
    assert raw(tmp_path / "raw") == [b"What is it?\nWho is there?\n", b"Quoi ?\r\nQui est-ce ?\n"]


def test_same_data_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(b"What?\tQuoi ?\n" * 50_000)
    for folder in ("a", "b"):
        fetch(files(pairs=path), SIDES, tmp_path / folder)
    for name in (*NAMES, "source.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a\tb\tWhat?\tQuoi ?\tQuoi ?\n", r"has 5 columns, and it cannot be told which"),
        (b"What? Quoi ?\n", r"line 1 has 1 column"),
        (b"", r"There is no line in .*pairs\.tsv"),
        (b"english\tfrench\n", r"There is no line in the source column of .*pairs\.tsv"),
        (gzip.compress(b"What?\tQuoi ?\n" * 10_000)[:-60], r"pairs\.tsv is a damaged or truncated gzip file: "),
    ],
)
def test_tables_that_are_none(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(content)
    with pytest.raises(QuoiError, match=said):
        fetch(files(pairs=path), SIDES, tmp_path / "raw")
    assert not list((tmp_path / "raw").glob("*"))


BAD_ROWS = b"What?\tQuoi ?\nWho?\n\nWhy?\tPour\tquoi ?\nWhen?\tQuand ?\r\nWhere?\tO\xc3\xb9 ?\nHow?\tComment ?\n \n"


def test_bad_rows_of_a_table_are_left_out_counted_and_the_first_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(BAD_ROWS)
    said: list[str] = []
    assert fetch(files(pairs=path), SIDES, tmp_path / "raw", said.append) == 4
    assert raw(tmp_path / "raw") == [b"What?\nWhen?\nWhere?\nHow?\n", "Quoi ?\nQuand ?\r\nOù ?\nComment ?\n".encode()]
    assert json.loads((tmp_path / "raw/source.json").read_text())["left_out"] == {"columns": 2, "blank": 2}
    (remark,) = [sentence for sentence in said if "left out" in sentence]
    assert "pairs.tsv" in remark and "line 2" in remark and "'Who?'" in remark


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (BAD_ROWS, r"pairs\.tsv, line 2 has too few or too many columns: .Who\?"),
        (b"What?\tQuoi ?\n\n", "line 2 is blank"),
        (b"What?\tQuoi ?\nWho?\tQui ?\t\n", r"line 2 has too few or too many columns: 'Who\?\\tQui"),
        (b"en\tfr\nWhat?\tQuoi ?\nen\tfr\n", "line 3 is the header once more"),
    ],
)
def test_fail_ends_at_the_first_bad_row_of_a_table(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(content)
    strict = files(pairs=path).model_copy(update={"on_bad_line": "fail"})
    with pytest.raises(QuoiError, match=said):
        fetch(strict, SIDES, tmp_path / "raw")
    assert not list((tmp_path / "raw").glob("*"))
    assert fetch(files(pairs=path), SIDES, tmp_path / "raw") >= 1


def test_a_table_of_which_most_rows_are_bad_is_none(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(b"What?\tQuoi ?\n" * 3 + b"Who?\n" * 2 + b"Why?\tx\ty\n" * 2)
    with pytest.raises(QuoiError, match=r"line 4 has too few .* 4 rows are not like that"):
        fetch(files(pairs=path), SIDES, tmp_path / "raw")
    assert not list((tmp_path / "raw").iterdir())
    path.write_bytes(b"What?\tQuoi ?\n" + b"\n" * 3)
    assert fetch(files(pairs=path), SIDES, tmp_path / "raw") == 1


@pytest.mark.parametrize("name", ["two files", "a table"])
def test_the_first_three_pairs_are_shown_as_they_were_read(tmp_path: Path, name: str) -> None:
    english, french, pairs = tmp_path / "mine.en", tmp_path / "mine.fr", tmp_path / "mine.tsv"
    sides = b"What?\nW\xffo?\nWhy?\x1b[2J\nWhen?\n", "Quoi\u200b ?\nQui ?\nPourquoi ?\nQuand ?\n".encode()
    english.write_bytes(b"\xef\xbb\xbf" + sides[0])
    french.write_bytes(sides[1])
    rows = zip(sides[0].split(b"\n")[:-1], sides[1].split(b"\n")[:-1], strict=True)
    pairs.write_bytes(b"\xef\xbb\xbf" + b"".join(b"%s\t%s\r\n" % row for row in rows))
    said: list[str] = []
    fetch(
        files(pairs=pairs) if name == "a table" else files(source=english, target=french),
        SIDES,
        tmp_path / "raw",
        said.append,
    )
    assert "damaged" in said[0] and said[0].endswith(" 1")
    assert said[1:] == ["1: What? | Quoi ?", "2: (is not valid UTF-8) | Qui ?", "3: Why? [2J | Pourquoi ?"]


def test_blank_lines_at_the_end_of_one_side_are_left_out(tmp_path: Path, monkeypatch) -> None:
    english, french = tmp_path / "mine.en", tmp_path / "mine.fr"
    english.write_bytes(b"What?\n\nWho?\n\r\n\n")
    french.write_bytes(b"Quoi ?\n\nQui ?")
    for size in (1, 5, 1000):
        monkeypatch.setattr(slices, "BLOCK", size)
        assert fetch(files(source=english, target=french), SIDES, tmp_path / "raw") == 3
        assert raw(tmp_path / "raw") == [b"What?\n\nWho?\n", b"Quoi ?\n\nQui ?\n"]
        assert json.loads((tmp_path / "raw/source.json").read_text())["left_out"] == {"blank": 2}
    strict = files(source=english, target=french).model_copy(update={"on_bad_line": "fail"})
    with pytest.raises(QuoiError, match="line 4 is blank"):
        fetch(strict, SIDES, tmp_path / "raw")
    french.write_bytes(b"Quoi ?\n\nQui ?\nEncore ?\n")  # a translation is missing, and that stays a pair
    assert fetch(files(source=english, target=french), SIDES, tmp_path / "raw") == 4
    french.write_bytes(b"Quoi ?\n\nQui ?\na\nb\nc\n")
    with pytest.raises(QuoiError, match=r"has 5 lines and .* has 6"):
        fetch(files(source=english, target=french), SIDES, tmp_path / "raw")


LINE = st.text("1٣\u2028", max_size=3)


@given(st.lists(LINE, min_size=1, max_size=6), st.lists(LINE, min_size=1, max_size=6), st.integers(1, 9))
def test_two_files_are_aligned_or_refused_as_their_lines_are(tmp_path_factory, one, other, size: int) -> None:
    folder = tmp_path_factory.mktemp("two")
    paths = {"source": folder / "en", "target": folder / "fr"}
    for path, written in zip(paths.values(), (one, other), strict=True):
        path.write_text("".join(f"{line}\n" for line in written), encoding="utf-8", newline="")
    filled = [max((row for row, line in enumerate(side, 1) if line), default=0) for side in (one, other)]
    needed = max(filled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", size)
        if not needed or min(len(one), len(other)) < needed:
            with pytest.raises(QuoiError, match=r"no line|must be aligned"):
                fetch(files(**paths), SIDES, folder / "raw")
            return
        assert fetch(files(**paths), SIDES, folder / "raw") == needed
    written = ["".join(f"{line}\n" for line in side[:needed]).encode() for side in (one, other)]
    assert raw(folder / "raw") == written


@pytest.mark.parametrize("table", [False, True], ids=["two files", "a table"])
def test_a_text_in_latin_1_is_named_and_a_few_damaged_lines_are_not(tmp_path: Path, table: bool) -> None:
    english, french = tmp_path / "mine.en", tmp_path / "mine.fr"
    english.write_bytes(b"Why?\n" * 40)
    given = files(pairs=french) if table else files(source=english, target=french)
    lead = "Why?\t" * table
    text = "".join(f"{lead}{line}\n" for line in ["Où êtes-vous ?", "Qui ?", "Ça va ?", "Quand ?"] * 10)
    french.write_bytes(text.encode("latin-1"))
    with pytest.raises(QuoiError, match=r"mine\.fr, line 1 .*Latin-1"):
        fetch(given, SIDES, tmp_path / "raw")
    french.write_bytes(text.encode().replace("Ç".encode(), b"\xc7", 3))
    assert fetch(given, SIDES, tmp_path / "raw") == 40


def test_what_looks_odd_in_two_files_is_said(tmp_path: Path) -> None:
    english, french = tmp_path / "mine.en", tmp_path / "mine.fr"
    english.write_text("Where are you?\nWho is it?\n" * 20, encoding="utf-8")
    french.write_text("Où êtes-vous ?\nQui est-ce ?\n" * 20, encoding="utf-8")
    said: list[str] = []
    fetch(files(source=english, target=french), SIDES, tmp_path / "raw", said.append)
    assert len(said) == 3
    with pytest.raises(QuoiError, match="look swapped"):
        fetch(files(source=french, target=english), SIDES, tmp_path / "raw", said.append)
    french.write_text("Dove siete adesso?\nChi è quella signora?\n" * 20, encoding="utf-8")
    fetch(files(source=english, target=french), SIDES, tmp_path / "raw", said.append)
    assert "looks like Italian" in said[3] and "mine.fr" in said[3] and len(said) == 7


def test_differing_line_counts_give_both(tmp_path: Path) -> None:
    english, french = tmp_path / "mine.en", tmp_path / "mine.fr"
    english.write_bytes(b"a\nb\nc")
    french.write_bytes(b"a\nb\n")
    with pytest.raises(QuoiError, match=r"mine\.en has 3 lines and .*mine\.fr has 2: the two must be aligned"):
        fetch(files(source=english, target=french), SIDES, tmp_path / "raw")
    french.write_bytes(b"")
    with pytest.raises(QuoiError, match=r"There is no line in .*mine\.fr"):
        fetch(files(source=english, target=french), SIDES, tmp_path / "raw")


def test_absent_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match=r"absent\.tsv does not exist"):
        fetch(files(pairs=tmp_path / "absent.tsv"), SIDES, tmp_path / "raw")
    with pytest.raises(QuoiError, match="is a folder"):
        fetch(files(pairs=tmp_path), SIDES, tmp_path / "raw")


def test_full_disk_leaves_the_earlier_corpus(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(b"What?\tQuoi ?\n")
    fetch(files(pairs=path), SIDES, tmp_path / "raw")
    before = raw(tmp_path / "raw")
    path.write_bytes(b"Other?\tAutre ?\n")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gzip.GzipFile, "write", full)
    with pytest.raises(QuoiError, match=r"corpus\.\w+\.gz cannot be written: the disk is full\."):
        fetch(files(pairs=path), SIDES, tmp_path / "raw")
    monkeypatch.undo()
    assert raw(tmp_path / "raw") == before
    assert len(list((tmp_path / "raw").iterdir())) == 3


def test_the_generated_corpus_has_the_same_form(tmp_path: Path, monkeypatch) -> None:
    def generate(questions: int, seed: int) -> Iterator[tuple[str, str]]:
        yield from (("What?", "Quoi ?"), ("", "é"), (f"{questions}", f"{seed}"))

    monkeypatch.setattr(atlas, "generate", generate)
    assert fetch(Corpus(atlas=Atlas(questions=50, seed=7)), SIDES, tmp_path) == 3
    assert raw(tmp_path) == [b"What?\n\n50\n", "Quoi ?\né\n7\n".encode()]
    assert json.loads((tmp_path / "source.json").read_text())["description"] == atlas.DESCRIPTION


def test_a_grammar_with_too_few_questions_says_so(tmp_path: Path, monkeypatch) -> None:
    def generate(questions: int, seed: int) -> Iterator[tuple[str, str]]:
        yield "What?", "Quoi ?"
        raise atlas.Exhausted("There are 1, and 50 were asked for.")

    monkeypatch.setattr(atlas, "generate", generate)
    with pytest.raises(QuoiError, match="50 were asked for"):
        fetch(Corpus(atlas=Atlas(questions=50, seed=7)), SIDES, tmp_path)
