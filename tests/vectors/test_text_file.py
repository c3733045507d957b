"""Reading .vec and GloVe files: checked against a plain parser, and everything that can be wrong with a file."""

from __future__ import annotations

import gzip
import random
import re
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.corpus import slices
from quoi.io.errors import QuoiError
from quoi.vectors.table import WordVectors
from quoi.vectors.text_file import TextFile

FINITE = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
VEC = b"3 2\nle 0.5 -1 \nl\xc2\xa0eau 1e-3 +2. \nde .25 3E2 \n"
GLOVE = b"the 0.5 -1\n. . . 4 5\nof 1 2\n"


def is_number(text: bytes) -> bool:
    return bool(FINITE.fullmatch(text)) and abs(float(text)) <= float(np.finfo(np.float32).max)


def plain(content: bytes, header: bool) -> dict[str, list[float]]:
    """First row of every word, by a parser that takes every row apart; ValueError where one is not as it should be."""
    rows = content.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\n").split(b"\n")
    rows = [row.removesuffix(b"\r").removesuffix(b" ").split(b" ") for row in rows]
    dimensions, promised = len(rows[0]) - 1, len(rows)
    if header:
        promised, dimensions = map(int, rows.pop(0))
    if not rows or promised != len(rows) or dimensions < 2:
        raise ValueError("numbers")
    vectors: dict[str, list[float]] = {}
    for row in rows:
        word, numbers = row[:-dimensions], row[-dimensions:]
        if not word or (header and len(word) > 1) or not all(map(is_number, numbers)):
            raise ValueError(row)
        vectors.setdefault(b" ".join(word).decode("utf-8", "surrogateescape"), [float(number) for number in numbers])
    return vectors


def read(path: Path, content: bytes, words: list[str], header: bool = True) -> tuple[TextFile, WordVectors]:
    path.write_bytes(content)
    file = TextFile(path, header)
    return file, file.lookup(words)


def error(path: Path, content: bytes, header: bool = True, words: tuple[str, ...] = ("le", "the")) -> str:
    with pytest.raises(QuoiError) as raised:
        read(path, content, list(words), header)
    sentence = str(raised.value)
    assert "\n" not in sentence and str(path) in sentence
    return sentence.replace(str(path), path.name)


def assert_same(found: WordVectors, words: list[str], expected: dict[str, list[float]]) -> None:
    assert found.found.tolist() == [word in expected for word in words]
    assert found.vectors.dtype == np.float32 and not found.by_subwords.any()
    for row, word in enumerate(words):
        assert found.vectors[row].tolist() == np.float32(expected.get(word, [0] * found.vectors.shape[1])).tolist()


def test_fasttexts_form_by_hand(tmp_path: Path) -> None:
    file, found = read(tmp_path / "a.vec", VEC, ["de", "la", "l\u00a0eau", "de"])
    assert found.vectors.tolist() == [[0.25, 300], [0, 0], [np.float32(0.001), 2], [0.25, 300]]
    assert found.found.tolist() == [True, False, True, True]
    assert (file.words, file.dimensions, file.repeated) == (3, 2, 0)


def test_gloves_form_by_hand(tmp_path: Path) -> None:
    file, found = read(tmp_path / "glove.txt", GLOVE, [". . .", "of", ".", "the"], header=False)
    assert found.vectors.tolist() == [[4, 5], [1, 2], [0, 0], [0.5, -1]]
    assert (file.words, file.dimensions) == (3, 2)


def test_no_word_wanted_and_none_found(tmp_path: Path) -> None:
    file, found = read(tmp_path / "a.vec", VEC, [])
    assert found.vectors.shape == (0, 2) and file.words == 3
    _, found = read(tmp_path / "a.vec", VEC, ["nulle"])
    assert found.vectors.tolist() == [[0, 0]] and not found.found.any()


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(VEC),
        gzip.compress(VEC[:20]) + gzip.compress(VEC[20:]),
        VEC.replace(b" \n", b"\n"),
        VEC.replace(b"\n", b"\r\n"),
        VEC.replace(b" \n", b"\r\n"),
        b"\xef\xbb\xbf" + VEC,
        VEC.removesuffix(b"\n"),
        VEC.replace(b"2. \n", b"2.\n"),
        VEC.replace(b"3 2\n", b"4 2\n") + b"\xff\xfe 1 2 \n",
    ],
    ids=[
        "gzip",
        "members",
        "no space at the end",
        "windows",
        "windows, no space",
        "mark",
        "no end",
        "mixed",
        "not UTF-8",
    ],
)
def test_what_is_written_a_little_differently_is_read_the_same(tmp_path: Path, content: bytes) -> None:
    words = ["de", "le", "l\u00a0eau", "\ufeff3"]
    _, found = read(tmp_path / "a.vec", content, words)
    assert_same(found, words, {"le": [0.5, -1], "l\u00a0eau": [1e-3, 2], "de": [0.25, 300]})


def test_the_first_of_equal_words_counts_and_the_others_are_counted(tmp_path: Path) -> None:
    rows = b"4 2\nun 1 2\ndeux 3 4\nun 5 6\nun 7 8\n"
    file, found = read(tmp_path / "a.vec", rows, ["un"])
    assert found.vectors.tolist() == [[1, 2]] and file.repeated == 2
    assert read(tmp_path / "a.vec", rows, ["deux"])[0].repeated == 0


def test_a_second_look_up_starts_anew(tmp_path: Path) -> None:
    file, _ = read(tmp_path / "a.vec", VEC, ["de"])
    assert file.lookup(["le"]).vectors.tolist() == [[0.5, -1]]
    assert (file.words, file.repeated) == (3, 0)


NUMBERS = st.one_of(
    st.floats(-(2**100), 2**100, width=32).map(lambda number: b"%.9g" % number),
    st.floats(-2, 2).map(lambda number: b"%f" % number),
    st.sampled_from([b"-0", b"+1.", b".5", b"7e-3", b"2E+4", b"1e-60", b"0000.10"]),
)
WORDS = st.text(
    st.characters(exclude_characters=" \n\r\ufeff", exclude_categories=["Cs"]), min_size=1, max_size=6
) | st.sampled_from(["\u00a0", "\u2028", "\x85", "\t", "\0", "1", "é"])


@settings(max_examples=300, deadline=None)
@given(data=st.data(), header=st.booleans(), block=st.integers(1, 200))
def test_reads_what_a_plain_parser_reads(tmp_path_factory, data, header: bool, block: int) -> None:
    dimensions = data.draw(st.integers(2, 70))
    several = WORDS if header else st.lists(WORDS, min_size=1, max_size=3).map(" ".join)
    drawn = [data.draw(WORDS), *data.draw(st.lists(several, max_size=12))]
    pool = [data.draw(st.lists(NUMBERS, min_size=dimensions, max_size=dimensions)) for _ in range(2)]
    space = data.draw(st.sampled_from(["", " "])).encode() if header else b""
    end = data.draw(st.sampled_from([b"\n", b"\r\n"]))
    rows = [b" ".join([word.encode(), *pool[row % 2]]) + space + end for row, word in enumerate(drawn)]
    content = (b"%d %d" % (len(rows), dimensions) + end if header else b"") + b"".join(rows)
    wanted = [*dict.fromkeys(data.draw(st.lists(st.sampled_from(drawn) | WORDS, max_size=8)))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", block)
        file, found = read(tmp_path_factory.mktemp("vec") / "a.vec", content, wanted, header)
        moments = file.moments()
    numbers = np.array([pool[row % 2] for row in range(len(drawn))]).astype(np.float32).astype(np.float64)
    assert moments == pytest.approx((numbers.mean(), numbers.std()), abs=1e-6 * float(np.abs(numbers).max()))
    expected = plain(content, header)
    assert_same(found, wanted, expected)
    assert (file.words, file.dimensions) == (len(drawn), dimensions)
    assert file.repeated == sum(drawn.count(word) - 1 for word in wanted if word in drawn)


@pytest.mark.parametrize("header", [True, False], ids=["vec", "glove"])
def test_a_damaged_file_is_refused_or_read_as_a_plain_parser_does(tmp_path: Path, header: bool) -> None:
    """Files with random damage, 1,000 of each form: what is refused is refused in one sentence."""
    random_ = random.Random(2018)
    path = tmp_path / "a.vec"
    names = ["le", "la", "l\u00a0eau", "où", "de"]
    refused = read_right = 0
    for _ in range(1000):
        rows = [f"{name} " + " ".join(f"{random_.gauss(0, 1):.3g}" for _ in range(5)) for name in names]
        content = bytearray((f"{len(names)} 5\n" * header + "".join(f"{row}\n" for row in rows)).encode())
        for _ in range(random_.choice((1, 1, 2, 5))):
            place = random_.randrange(len(content) or 1)
            match random_.randrange(4):
                case 0:
                    content[place : place + 1] = random_.choice((b" ", b"\n", b"\0", b"\xff", b"e", b"-", b"9", b"nan"))
                case 1:
                    del content[place : place + random_.choice((1, 1, 9))]
                case 2:
                    content[place:place] = random_.choice((b" ", b"\n", b"1", b"x", b"\r", b"\xc2", b"e999"))
                case _:
                    del content[max(1, place) :]
        try:
            expected = plain(bytes(content), header)
        except ValueError:
            expected = None
        try:
            _, found = read(path, bytes(content), names, header)
        except QuoiError as wrong:
            refused += 1
            assert "\n" not in str(wrong) and str(path) in str(wrong)
            assert expected is None or not content.endswith(b"\n")  # which the plain parser does not look at
            continue
        if expected is not None:
            read_right += 1
            assert_same(found, names, expected)
    assert refused > 300 and read_right > 100


FORM = ": a .vec file (fasttext-vec) begins with the number of words and that of dimensions"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "a.vec holds no word vectors."),
        (b"3 2\n", "a.vec holds no word vectors."),
        (b"0 300\n", "a.vec holds no word vectors."),
        (b"3 0\nle\n", "line 1 is '3 0'" + FORM),
        (b"3\nle 1 2\n", "line 1 is '3'" + FORM),
        (b"-3 2\nle 1 2\n", "line 1 is '-3 2'" + FORM),
        (b"3 2 1\nle 1 2\n", "line 1 is '3 2 1'" + FORM),
        (b"\n3 2\nle 1 2\n", "line 1 is ''" + FORM),
        (b"9" * 400 + b" 2\nle 1 2\n", "line 1 is '" + "9" * 40 + "'" + FORM),
        (b"<!DOCTYPE html>\n<html>\n", "line 1 is '<!DOCTYPE html>'" + FORM),
        (b"\xba\x16\x4f\x2f\x0c\0\0\0", "fastText's binary form is fasttext-bin."),
        (GLOVE, "GloVe's form (glove) with a word and its numbers"),
        (VEC.replace(b"3 2", b"4 2"), "a.vec breaks off or is damaged: line 1 promises 4 words, and there are 3."),
        (VEC.replace(b"3 2", b"999999999999999 2"), "damaged: line 1 promises 999,999,999,999,999 words, and there"),
        (VEC.replace(b"3 2", b"2 2"), "a.vec breaks off or is damaged: line 1 promises 2 words, and there are 3."),
        (VEC.replace(b"3 2", b"3 3"), "line 2: after the word 3 numbers are needed, not 2."),
        (VEC.replace(b"3 2", b"3 999999999"), "line 2: after the word 999,999,999 numbers are needed, not 2."),
        (VEC.replace(b"3E2", b"3E2 4"), "line 4: after the word 2 numbers are needed, not 3."),
        (VEC.replace(b" 3E2", b""), "line 4: after the word 2 numbers are needed, not 1."),
        (VEC.replace(b"1e-3 ", b"1e-3\t"), "line 3: after the word 2 numbers are needed, not 1."),
        (VEC.replace(b"de .25 3E2 ", b""), "line 4: after the word 2 numbers are needed, not 0."),
        (VEC[:-4], "a.vec breaks off in line 4."),
        (VEC[:-1].removesuffix(b" "), "a.vec breaks off in line 4."),
        *(
            (VEC.replace(b"0.5", number), "line 2: what follows 'le' are no finite decimal numbers.")
            for number in (b"nan", b"inf", b"1e39", b"1e999", b"0x1p3", b"1_0", b"0,5", b"--5", b"\xff")
        ),
        (VEC.replace(b"le 0.5 -1", b"le  -1"), "line 2: what follows 'le' are no finite"),
        (gzip.compress(VEC)[:-9], "is a damaged or truncated gzip file"),
    ],
)
def test_what_is_wrong_with_a_vec_file(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in error(tmp_path / "a.vec", content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "a.txt holds no word vectors."),
        (b"\n", "line 1 is ''"),
        (b"the 1\n", "line 1 is 'the 1'" + FORM),
        (b"the of 1\n", "line 1 is 'the of 1'"),
        (VEC, "line 1: after the word 2 numbers are needed, not 1."),
        (b"\xba\x16\x4f\x2f\x0c\0\0\0", "fastText's binary form is fasttext-bin."),
        (b"the 1 2\nof 1\n", "line 2: after the word 2 numbers are needed, not 1."),
        (b"of 1 2\nthe 1 x\n", "line 2: what follows 'the' are no finite"),
        (b"of 1 2\nand the 1\n", "line 2: what follows 'and' are no finite"),
        (b"of 1 2\nthe 1", "a.txt breaks off in line 2."),
    ],
)
def test_what_is_wrong_with_a_glove_file(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert sentence in error(tmp_path / "a.txt", content, header=False, words=("the", "and"))


def lenient(path: Path, content: bytes, header: bool = True) -> tuple[TextFile, WordVectors]:
    path.write_bytes(content)
    file = TextFile(path, header, "skip")
    return file, file.lookup(["le", "l\u00a0eau", "de", "New York"])


@pytest.mark.parametrize("place", [1, 2, 4])
@pytest.mark.parametrize(
    "row",
    [b"", b"  ", b"3 2", b"New York 1 2 ", b"un\t1 2", b"un 1", b"un 1 2 3 ", b"le 1 x", b"x" * (2 << 20)],
    ids=["blank", "spaces", "header", "word with a space", "tab", "short", "long", "no number", "endless"],
)
def test_a_row_that_is_none_is_left_out_and_counted_or_refused(tmp_path: Path, row: bytes, place: int) -> None:
    lines = VEC.removesuffix(b"\n").split(b"\n")
    for promised in (b"3 2", b"4 2"):
        content = b"\n".join([promised, *lines[1:place], row, *lines[place:], b""])
        if row == b"le 1 x" and place > 1:
            content = content.replace(b"le 0.5", b"un 0.5")  # of a word that is there twice, the first row counts
        file, found = lenient(tmp_path / "a.vec", content)
        expected = {"le": [0.5, -1], "l\u00a0eau": [1e-3, 2], "de": [0.25, 300]}
        if b"un 0.5" in content:
            del expected["le"]
        assert_same(found, ["le", "l\u00a0eau", "de", "New York"], expected)
        assert (file.words, file.left_out) == (3, 1)
        assert f"line {place + 1}" in str(file.remark())
        numbers = np.float32([0.5, -1, 1e-3, 2, 0.25, 300]).astype(np.float64)
        assert file.moments() == pytest.approx((numbers.mean(), numbers.std()))
        with pytest.raises(QuoiError, match=f"line {place + 1}"):
            TextFile(tmp_path / "a.vec", True).lookup(["le"])


def test_a_sound_file_has_nothing_to_remark(tmp_path: Path) -> None:
    file, _ = lenient(tmp_path / "a.vec", VEC)
    assert (file.left_out, file.remark()) == (0, None)


def test_a_header_before_gloves_form_is_left_out(tmp_path: Path) -> None:
    file, found = lenient(tmp_path / "glove.txt", b"3 2\n" + VEC.partition(b"\n")[2].replace(b" \n", b"\n"), False)
    assert found.found.tolist() == [True, True, True, False] and (file.words, file.left_out) == (3, 1)


@pytest.mark.parametrize(
    ("content", "header", "said"),
    [
        (VEC.replace(b"3 2", b"3 3"), True, "line 2: after the word 3 numbers"),  # no row fits
        (VEC.replace(b"3 2", b"5 2") + b"\n", True, "line 1 promises 5 words"),
        (VEC.replace(b"3 2", b"2 2") + b"\n", True, "line 1 promises 2 words"),
        (
            VEC.replace(b"3 2", b"7 2") + b"\n" * 4,
            True,
            "line 5: after the word 2 numbers are needed, not 0",
        ),  # more are none than are rows
        (VEC[:-4], True, "breaks off in line 4"),
        (b"3 2\n\n\n\n\nle 1 2\n", True, "line 2: after the word 2 numbers"),
        (b"<html>\n<p>\n</p>\n", False, "line 1 is '<html>'"),
        (b"\xba\x16\x4f\x2f\x0c\0\0\0", False, "fastText's binary form"),
    ],
)
def test_a_file_of_another_form_is_refused_all_the_same(tmp_path: Path, content, header, said: str) -> None:
    with pytest.raises(QuoiError, match=said):
        lenient(tmp_path / "a.vec", content, header)


def test_an_endless_line_is_one_sentence(tmp_path: Path) -> None:
    content = b"2 2\nle 1 2\n" + b"x" * (5 << 20) + b"\n"
    assert "line 3: after the word 2 numbers" in error(tmp_path / "a.vec", content)


def test_what_is_no_file(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "absent", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(QuoiError, match=sentence):
            TextFile(path, True).lookup(["le"])


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.vec"
    numbers = " 0.125 -0.5" * 50
    with path.open("w") as file:
        file.write("60000 100\n" + "".join(f"w{row}{numbers}\n" for row in range(60_000)))
    tracemalloc.start()
    TextFile(path, True).lookup(["w0", "w59999"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 30 << 20 and peak < 8 << 20
