"""Tatoeba's own exports: pairs in one table, or sentences and the links between them."""

from __future__ import annotations

import bz2
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus import slices
from quoi.io.errors import QuoiError
from quoi.params.languages import Languages
from tests.corpus.own_files import Fetched

SENTENCES = {
    1: ("eng", "Where are we?"),
    22: ("fra", "Où sommes-nous ?"),
    3: ("deu", "Wo sind wir?"),
    40: ("eng", "Who is it?"),
    5: ("fra", "Qui est-ce ?"),
    6: ("fra", 'Qui "est" là ?'),
}
LINKS = [(1, 22), (1, 3), (22, 1), (40, 5), (40, 6), (5, 40), (6, 40), (40, 99)]
PAIRS = [("Où sommes-nous ?", "Where are we?"), ("Qui est-ce ?", "Who is it?"), ('Qui "est" là ?', "Who is it?")]


def sentences(path: Path, more: str = "", only: str = "", end: str = "\n", sentences=None) -> Path:
    rows = (sentences or SENTENCES).items()
    lines = [f"{number}\t{language}\t{text}{more}{end}" for number, (language, text) in rows if only in language]
    path.write_text("".join(lines), encoding="utf-8", newline="")
    return path


def linked(path: Path, links=LINKS, end: str = "\n") -> Path:
    path.write_text("".join(f"{one}\t{other}{end}" for one, other in links), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize(
    ("english_first", "languages"),
    [(True, ("fr", "en")), (True, ("en", "fr")), (False, ("fr", "en")), (False, ("de", "it"))],
)
def test_the_table_of_a_pair(tmp_path: Path, english_first: bool, languages) -> None:
    rows = [(1, one, 2, other) for other, one in PAIRS] if english_first else [(2, one, 1, two) for one, two in PAIRS]
    (tmp_path / "mine.tsv").write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    given = Languages(source=languages[0], target=languages[1])
    if languages == ("de", "it"):  # neither is known by its words, and the first is the source
        expected = [(row[1], row[3]) for row in rows]
    else:
        expected = PAIRS if languages == ("fr", "en") else [(two, one) for one, two in PAIRS]
    assert Fetched(tmp_path, given, pairs=tmp_path / "mine.tsv").pairs == expected


@pytest.mark.parametrize("languages", [("fr", "en"), ("en", "fr")])
@pytest.mark.parametrize("links", [LINKS, [(5, 40), (22, 1), (6, 40)], [(40, 5), (1, 22), (40, 6)]])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_sentences_and_links_in_either_direction(tmp_path: Path, languages, links, end: str) -> None:
    everything = sentences(tmp_path / "sentences.csv", end=end)
    given = Languages(source=languages[0], target=languages[1])
    of = {"source": everything, "target": everything, "pairs": linked(tmp_path / "links.csv", links, end)}
    pairs = Fetched(tmp_path, given, **of).pairs
    assert sorted(pairs if languages == ("fr", "en") else [(two, one) for one, two in pairs]) == sorted(PAIRS)


def test_a_file_for_each_language_packed_and_with_more_columns(tmp_path: Path) -> None:
    french = sentences(tmp_path / "fra_sentences_detailed.tsv", "\tsomeone\t2020-01-01", "fra")
    french.write_bytes(bz2.compress(french.read_bytes()))
    english = sentences(tmp_path / "eng_sentences.tsv", only="eng")
    links = linked(tmp_path / "fra-eng_links.tsv", [(22, 1), (5, 40)])
    fetched = Fetched(tmp_path, source=french, target=english, pairs=links)
    assert fetched.pairs == PAIRS[:2] and fetched.note["left_out"] == {}


def test_rows_that_are_none_are_counted_and_the_file_is_named(tmp_path: Path) -> None:
    everything, links = sentences(tmp_path / "sentences.csv"), linked(tmp_path / "links.csv")
    of = {"source": everything, "target": everything, "pairs": links}
    everything.write_text(everything.read_text(encoding="utf-8") + "none\n\n", encoding="utf-8")
    links.write_text("x\t1\n" + links.read_text(), encoding="utf-8")
    fetched = Fetched(tmp_path, **of)
    assert sorted(fetched.pairs) == sorted(PAIRS) and fetched.note["left_out"] == {"columns": 2, "blank": 1}
    with pytest.raises(QuoiError, match=r"line 7 of .*sentences\.csv has too few"):
        Fetched(tmp_path, on_bad_line="fail", **of)


@pytest.mark.parametrize(
    ("language", "links", "said"),
    [
        ("it", LINKS, r"There is no sentence in Italian in .*sentences\.csv"),
        ("fr", [(1, 3), (1, 99)], r"No link in .*links\.csv is between two sentences in French and English"),
        ("fr", [(10**30, 1)], r"No link in"),
    ],
)
def test_what_is_not_there(tmp_path: Path, language: str, links, said: str) -> None:
    everything = sentences(tmp_path / "sentences.csv")
    of = {"source": everything, "target": everything, "pairs": linked(tmp_path / "links.csv", links)}
    with pytest.raises(QuoiError, match=said):
        Fetched(tmp_path, Languages(source=language, target="en"), **of)
    assert not list((tmp_path / "raw").glob("*"))


NUMBER = st.integers(0, 12)
SENTENCE = st.tuples(st.sampled_from(["eng", "fra", "rus"]), st.text("aé ", min_size=1))
TEXTS = st.dictionaries(NUMBER, SENTENCE, min_size=1)


@given(TEXTS, st.lists(st.tuples(NUMBER, NUMBER), max_size=12), st.integers(1, 30))
def test_every_link_between_the_two_languages(tmp_path_factory, texts, links, size: int) -> None:
    folder = tmp_path_factory.mktemp("links")
    everything = sentences(folder / "sentences.csv", sentences=texts)
    links = [*links, *((two, one) for one, two in links)]
    of = {"source": everything, "target": everything, "pairs": linked(folder / "links.csv", links)}
    known = {number: text for number, (_, text) in texts.items()}
    expected = [
        (known[one], known[two])
        for one, two in links
        if texts.get(one, ("",))[0] == "fra" and texts.get(two, ("",))[0] == "eng"
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", size)
        if not expected:
            with pytest.raises(QuoiError):
                Fetched(folder, **of)
        else:
            assert sorted(Fetched(folder, **of).pairs) == sorted(expected)
