"""Translation memories: which sentences are a pair, what is left out of them, and what is no such file."""

from __future__ import annotations

import gzip
import re
from itertools import chain
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus import slices
from quoi.corpus.lines import LONGEST
from quoi.corpus.slices import FileSlice
from quoi.corpus.sources import tmx
from quoi.corpus.sources.files import read_pairs
from quoi.corpus.sources.tmx import Tmx, as_xml
from quoi.io.errors import QuoiError
from quoi.params.languages import Languages
from tests.corpus.own_files import FR_EN, Fetched

MEMORY = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en"><note>Who?</note></header><body>
<tu><prop type="x">a</prop>
  <tuv xml:lang="en-US"><note>n</note><seg>Where <bpt i="1">&lt;b></bpt><hi>are</hi><ept i="1">&lt;/b></ept> we<ph
    x="1">{0}<sub>no</sub></ph>?</seg></tuv>
  <tuv xml:lang="fr"><seg>Où
     sommes-nous &amp; quand ?</seg></tuv></tu>
<tu><tuv xml:lang="fr"><seg>Seul</seg></tuv><tuv xml:lang="de"><seg>Allein</seg></tuv></tu>
<tu><tuv lang="FR-CA"><seg><it>x</it>Un<ut>y</ut></seg></tuv><tuv lang="EN_gb"><seg>One</seg></tuv>
  <tuv lang="en"><seg>A</seg></tuv></tu>
</body></tmx>"""
PAIRS = [("Où sommes-nous & quand ?", "Where are we?"), ("Un", "One")]


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "mine"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        MEMORY.encode(),
        gzip.compress(MEMORY.encode()),
        MEMORY.encode("utf-8-sig"),
        MEMORY.replace("UTF-8", "UTF-16").encode("utf-16"),
        MEMORY.encode("utf-16"),
        MEMORY.replace("UTF-8", "utf-16").encode(),  # it was converted, and still says what it was
        MEMORY.replace("UTF-8", "windows-1252").encode("windows-1252"),
        MEMORY.replace("UTF-8", "ibm850").encode("cp850"),
        MEMORY.partition("\n")[2].encode(),  # without the first line
        MEMORY.replace("\n", "\r\n").encode(),
    ],
)
def test_the_sentences_of_two_languages(tmp_path: Path, content: bytes) -> None:
    fetched = Fetched(tmp_path, pairs=written(tmp_path, content))
    assert fetched.pairs == PAIRS
    assert fetched.note["left_out"] == {"side": 1}
    assert fetched.note["repaired"] == {"line_break": 1, "further": 1}
    assert any("'Seul'" in sentence for sentence in fetched.said)


def test_an_encoding_that_is_named_stands_above_the_one_declared(tmp_path: Path) -> None:
    path = written(tmp_path, MEMORY.encode("windows-1252"))
    assert Fetched(tmp_path, pairs=path, encoding="windows-1252").pairs == PAIRS
    with pytest.raises(QuoiError, match=r"Latin-1.*corpus\.files\.encoding"):
        Fetched(tmp_path, pairs=path)


def test_every_unit_is_needed_where_bad_lines_are_to_fail_and_for_a_score(tmp_path: Path) -> None:
    path = written(tmp_path, MEMORY)
    for strict in (lambda: Fetched(tmp_path, pairs=path, on_bad_line="fail"), lambda: read_pairs(path, FR_EN)):
        with pytest.raises(QuoiError, match="mine, line 9 lacks one of the two languages: 'Seul'"):
            strict()
    whole = MEMORY.replace('"de"', '"en"')
    assert read_pairs(written(tmp_path, whole), FR_EN)[0] == [PAIRS[0], ("Seul", "Allein"), PAIRS[1]]


def test_sides_that_are_tagged_wrongly_are_refused(tmp_path: Path) -> None:
    unit = (
        '<tu><tuv lang="fr"><seg>Where are we? Who is it?</seg></tuv><tuv lang="en"><seg>Qui est-ce ?</seg></tuv></tu>'
    )
    with pytest.raises(QuoiError, match="mine, read as French and English, look swapped"):
        Fetched(tmp_path, pairs=written(tmp_path, f"<tmx>{unit}</tmx>"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (MEMORY[:-20], r"mine, line 11 is no valid XML: it breaks off"),
        (MEMORY[: MEMORY.index("sommes")], r"mine, line 8 is no valid XML: it breaks off"),
        (MEMORY.replace("</seg>", "", 1), r"mine, line \d+ is no valid XML: mismatched tag"),
        (MEMORY.replace("&amp;", "&", 1), r"mine, line 8 is no valid XML: not well-formed"),
        (MEMORY.replace("&amp;", "&nbsp;", 1), "entity of its own, 'nbsp'"),
        (MEMORY.replace(' SYSTEM "tmx14.dtd"', ' [<!ENTITY lol "lol">]'), "line 2 .* entity of its own, 'lol'"),
        (MEMORY.replace(' SYSTEM "tmx14.dtd"', ' [<!ENTITY x SYSTEM "file:///etc/passwd">]'), "entity of its own, 'x'"),
        ('<?xml version="1.0"?><xliff><file/></xliff>', "begins with <xliff> in place of <tmx>"),
        (MEMORY.replace("UTF-8", "nonsense"), "'nonsense', which is no known encoding"),
        ("<tmx>" + "<a>" * 200, "nests more than 100 elements"),
        ("<tmx></tmx>", "no unit in .*mine with both French and English: its languages are none"),
        (MEMORY.replace('"fr"', '"it"').replace("FR-CA", "it"), "its languages are EN_gb, de, en, en-US, it"),
    ],
)
def test_what_is_no_translation_memory(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(QuoiError, match=said) as raised:
        Fetched(tmp_path, pairs=written(tmp_path, content))
    assert "\n" not in str(raised.value) and not list((tmp_path / "raw").glob("*"))


def test_columns_are_for_tables(tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match=r"mine is XML, and corpus\.files\.columns is for a table"):
        Fetched(tmp_path, pairs=written(tmp_path, MEMORY), columns=[1, 2])


def test_a_tag_or_comment_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tmx, "MOST_MARKUP", 1 << 20)
    for begun in ("<!-- ", '<tu a="'):
        with pytest.raises(QuoiError, match="line 1 begins a tag or comment of more than 1 MB"):
            Fetched(tmp_path, pairs=written(tmp_path, gzip.compress(f"<tmx>{begun}".encode() + b"A" * (4 << 20))))


def test_a_sentence_without_end_is_found_to_be_bad_and_does_not_fill_the_memory(tmp_path: Path) -> None:
    long = MEMORY.replace("Un<", "Un" + "n" * (3 << 20) + "<")
    fetched = Fetched(tmp_path, pairs=written(tmp_path, long))
    assert LONGEST < len(fetched.pairs[1][0]) < 2 * LONGEST and fetched.pairs[0] == PAIRS[0]


WORDS = st.text("ab é<&>\"']中\n\t ", max_size=8)
TAGS = st.sampled_from(["fr", "en", "FR-ca", "eng", "de", "English", ""])
UNITS = st.lists(st.lists(st.tuples(TAGS, WORDS), max_size=4), max_size=5)


SIDES = {"fr": 0, "FR-ca": 0, "en": 1, "eng": 1, "English": 1}


@given(UNITS, st.integers(64, 200))
def test_the_first_sentence_of_either_language_in_every_unit(tmp_path_factory, units, size: int) -> None:
    body = ""
    expected, missing, further = [], 0, 0
    for unit in units:
        sides: tuple[list[str], list[str]] = [], []
        body += "<tu>"
        for tag, text in unit:
            body += f"<tuv xml:lang={quoteattr(tag)}><seg>{escape(text)}</seg></tuv>"
            if tag in SIDES:
                sides[SIDES[tag]].append(re.sub(r"\s*\n\s*", " ", text.strip()))
        body += "</tu>"
        further += sum(max(0, len(side) - 1) for side in sides)
        missing += not all(sides)
        expected += [(sides[0][0], sides[1][0])] if all(sides) else []
    path = written(tmp_path_factory.mktemp("tmx"), f"<tmx><body>{body}</body></tmx>")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", size)
        patch.setattr(tmx, "MOST_MARKUP", 1000)
        if not expected:
            with pytest.raises(QuoiError, match="no unit"):
                Tmx(as_xml(FileSlice(path)), FR_EN, "skip")
            return
        memory = Tmx(as_xml(FileSlice(path)), FR_EN, "skip")
        read = [tuple(cell.decode() for cell in cells) for _, cells in chain.from_iterable(memory.rows())]
    assert read == expected
    assert memory.left_out.counts["side"] == missing and memory.left_out.repaired["further"] == further


def test_codes_of_other_languages(tmp_path: Path) -> None:
    unit = '<tu><tuv lang="zh-Hans"><seg>我们在哪里？</seg></tuv><tuv lang="PT-BR"><seg>Onde?</seg></tuv></tu>'
    languages = Languages(source="zh", target="pt")
    path = written(tmp_path, f"<tmx>{unit}</tmx>")
    assert Fetched(tmp_path, languages, pairs=path).pairs == [("我们在哪里？", "Onde?")]
