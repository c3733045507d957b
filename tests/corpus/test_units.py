"""Sub-words and characters: learnt from what they are given, and text that comes back; capitals and their marks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.corpus import numericalize
from quoi.corpus.case import TITLE, UPPER, fold, restore
from quoi.corpus.detokenize import detokenize
from quoi.corpus.numericalize import choose
from quoi.corpus.tokens import tokenize, tokenize_all
from quoi.corpus.units import Units, learn
from quoi.corpus.vocabulary import SPECIALS, UNK, Vocabulary
from quoi.io.errors import QuoiError
from quoi.io.tables import write_tokens
from quoi.params import Params, SplitParams
from quoi.params.corpus import Tokens, VocabularyParams

TEXTS = [
    f"What is the {kind} of number {number}, said NATO's Anne-Marie?"
    for kind in ("size", "sign")
    for number in range(40)
]
CASES = ("lesson", "lower", "markers", "kept")


def subwords(texts: list[str] = TEXTS, **given) -> Units:
    return learn(texts, "en", Tokens(**{"units": "subwords", "pieces": 90, **given}))


@pytest.fixture(scope="module")
def learnt() -> dict[tuple[str, str], Units]:
    """Units by kind and case."""
    return {(units, case): subwords(units=units, case=case) for units in ("subwords", "characters") for case in CASES}


_TEXT = st.text(st.sampled_from("aeiılnqstuzßÉàçABCDEIİǅ 0123 '’_-.,;:!?/#()%«»\u00a0\n☃"), max_size=40)


@given(_TEXT, st.sampled_from(["markers", "kept"]), st.sampled_from(["en", "fr", "tr"]))
def test_marked_text_comes_back_exactly(text: str, case, language) -> None:
    assert restore(fold(text, case, language), case, language) == text


@given(_TEXT.filter(lambda text: "ı" not in text), st.sampled_from(["lesson", "lower"]))  # whose capital is I
def test_text_without_marks_for_all_capitals_comes_back_but_for_them(text: str, case) -> None:
    assert restore(fold(text, case, "en"), case, "en").casefold() == text.lower().casefold()


@given(st.text(max_size=40).filter(lambda text: "▁" not in text and "t_" not in text), st.sampled_from(CASES))
@settings(deadline=None)
@pytest.mark.parametrize("kind", ["subwords", "characters"])
def test_pieces_of_any_text_are_that_text(learnt, kind, text, case) -> None:
    units = learnt[kind, case]
    back = detokenize(tokenize(text, units), units)
    assert back == restore(fold(text.strip(), case, "en"), case, "en")
    if case in ("markers", "kept"):
        assert back == text.strip()


_LETTERS = st.text(st.sampled_from("aeilnqstuzßÉàçABCDEİ '’-.,;:!?/()%«»\u00a0☃"), max_size=40)


@given(_LETTERS, st.sampled_from(["markers", "kept"]), st.sampled_from(["en", "fr"]))
@settings(max_examples=200, deadline=None)
def test_words_come_back_with_their_capitals_but_for_spaces(text: str, case, language) -> None:
    units = Units(language, case)
    tokens = tokenize(text, units)
    # What stood between repeated words is lost, and of a word that spaCy splits the first part has the mark.
    if "tk_wrep" not in tokens and not any(run.isupper() and len(run) > 1 for run in text.split()):
        assert "".join(detokenize(tokens, units).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "case", "expected"),
    [
        ("Who saw NATO, UN or iOS?", "lesson", "who saw t_up nato, un or ios?"),
        ("Who saw NATO, UN or iOS?", "lower", "who saw nato, un or ios?"),
        ("Who saw NATO, UN or iOS?", "markers", "t_maj who saw t_up nato, t_up un or iOS?"),
        ("Who saw NATO, UN or iOS?", "kept", "Who saw NATO, UN or iOS?"),
        ("Am I Anne-Marie?", "markers", "t_maj am t_maj i t_maj anne-t_maj marie?"),
    ],
)
def test_capitals_by_hand(text: str, case, expected: str) -> None:
    assert fold(text, case, "en") == expected


def test_words_of_each_case_by_hand() -> None:
    expected = {
        "lesson": ["who", "saw", "t_up", "nato", "?"],
        "lower": ["who", "saw", "nato", "?"],
        "markers": ["t_maj", "who", "saw", "t_up", "nato", "?"],
        "kept": ["Who", "saw", "NATO", "?"],
    }
    texts = {"lesson": "Who saw NATO?", "lower": "Who saw nato?", "markers": "Who saw NATO?", "kept": "Who saw NATO?"}
    for case, words in expected.items():
        assert tokenize("Who saw NATO?", Units("en", case)) == words
        assert detokenize(words, Units("en", case)) == texts[case]


@pytest.mark.parametrize(
    ("case", "back"),
    [
        ("lesson", "Irmak izmir'de IŞIK gördü mü?"),
        ("lower", "Irmak izmir'de ışık gördü mü?"),
        ("markers", "Irmak İzmir'de IŞIK gördü mü?"),
    ],
)
def test_both_letters_i_of_turkish(case, back: str) -> None:
    units = Units("tr", case)
    tokens = tokenize("Irmak İzmir'de IŞIK gördü mü?", units)
    assert {"ırmak", "izmir'de", "ışık"} <= set(tokens)
    assert detokenize(tokens, units) == back


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Er fragte: „wer ist das?“ und ging."),
        ("de", "»Wo?« fragte er, »wo bist du?«"),
        ("pl", "„Kto?” i „co?”"),
        ("sv", "”Vad?” och ”vem?”"),
        ("es", "«¿Qué?» dijo."),
        ("ru", "«Кто?»"),
        ("de", "Sagte er.“"),
        ("en", "“Who?” he asked."),
    ],
)
def test_the_second_of_two_quotation_marks_closes(language: str, text: str) -> None:
    assert detokenize(tokenize(text, Units(language)), Units(language)) == text


@pytest.mark.parametrize(
    ("text", "tokens", "back"),
    [
        ("我在 New York 看 NBA。", "我 在 new york 看 t_up nba 。", "我在new york看NBA。"),
        ("哈哈哈哈哈，对吗？", "tk_rep 5 哈 ， 对 吗 ？", "哈哈哈哈哈，对吗？"),
        ("要 3.5 元。", "要 3.5 元 。", "要3.5元。"),
    ],
)
def test_marks_and_foreign_words_in_chinese_stay_whole(text: str, tokens: str, back: str) -> None:
    assert tokenize(text, Units("zh")) == tokens.split()
    assert detokenize(tokens.split(), Units("zh")) == back


def test_marks_before_no_word_are_left_out() -> None:
    assert restore(f"{TITLE} ? {UPPER}", "markers", "en") == "? "
    assert detokenize(["tk_wrep", "4", UPPER, "nato", "?"], Units("en")) == "NATO NATO NATO NATO?"
    assert detokenize([TITLE, "tk_rep", "4", TITLE], Units("en", "markers")) == ""


def test_a_mark_is_one_piece(learnt) -> None:
    for kind in ("subwords", "characters"):
        pieces = tokenize("What is Anne-Marie's NATO?", learnt[kind, "markers"])
        assert [piece for piece in pieces if TITLE in piece or UPPER in piece] == ["▁t_maj", "▁t_maj", "t_maj", "▁t_up"]


def test_characters_are_single_ones(learnt) -> None:
    units = learnt["characters", "kept"]
    assert tokenize("Is it ☃?", units) == ["▁", "I", "s", "▁", "i", "t", "▁", "☃", "?"]
    assert set(units.pieces) == {*"".join(TEXTS).replace(" ", "▁")}


def test_pieces_are_learnt_from_the_given_texts_alone(learnt) -> None:
    units = learnt["subwords", "lower"]
    assert len(units.pieces) == 90 - 1  # one is for what is unknown
    assert len(tokenize("What is the size of number 12?", units)) < 20
    assert not {"q", "ω"} & set(units.pieces) and tokenize("q ω", units) == ["▁", "q", "▁", "ω"]


def test_pieces_are_the_same_byte_for_byte_in_another_process() -> None:
    code = (
        "import hashlib, sys, json; from quoi.corpus.units import learn; from quoi.params.corpus import Tokens; "
        "units = learn(json.load(sys.stdin), 'en', Tokens(units='subwords', pieces=90)); "
        "print(hashlib.sha256(units.model).hexdigest())"
    )
    run = [
        subprocess.run([sys.executable, "-c", code], input=json.dumps(TEXTS), capture_output=True, text=True)
        for _ in "12"
    ]
    assert run[0].stdout == run[1].stdout != "" and run[0].stderr == ""


def test_straight_apostrophes_are_for_pieces_too() -> None:
    units = subwords(straight_apostrophes=True)
    assert detokenize(tokenize("NATO’s", units), units) == "NATO's"


def test_too_little_or_too_much_text_for_the_pieces_is_said() -> None:
    with pytest.raises(
        QuoiError, match=r"tokens.pieces is 5,000, and the 80 training questions \(en\) hold no more than"
    ):
        subwords(pieces=5_000)
    with pytest.raises(
        QuoiError, match=r"tokens.pieces is 5, and the training questions \(en\) hold .* more is allowed"
    ):
        subwords(pieces=5)


def test_a_model_is_kept_and_a_damaged_one_is_said(tmp_path: Path, learnt) -> None:
    path, asked = tmp_path / "en.model", Tokens(units="subwords", pieces=90, case="lower")
    with pytest.raises(QuoiError, match=r"en\.model does not exist yet"):
        Units.load("en", asked, path)
    learnt["subwords", "lower"].save(path)
    assert Units.load("en", asked, path) == learnt["subwords", "lower"]
    path.write_bytes(b"rubbish")
    with pytest.raises(QuoiError, match=r"en\.model is damaged"):
        Units.load("en", asked, path)
    Units("en").save(tmp_path / "words.model")
    assert not (tmp_path / "words.model").exists()
    assert Units.load("en", Tokens(case="kept"), tmp_path / "words.model") == Units("en", "kept")


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of a small corpus whose tables lie in the working folder; every question holds a word of its own."""

    monkeypatch.chdir(tmp_path)
    words = ["".join(chr(97 + int(digit)) for digit in f"{number:03}") for number in range(150)]
    texts = [f"Where is the word q{word} of NATO?" for word in words]
    tokens = list(tokenize_all(texts, Units("en"), workers=1))
    write_tokens(Path("data/tokens.parquet"), tokens, tokens)
    numbers = list(range(1, len(texts) + 1))
    table(numbers, texts)
    return texts


def table(numbers: list[int], texts: list[str]) -> None:
    """The table of questions, the same on both sides."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"line": numbers, "source": texts, "target": texts, "group": [None] * len(texts)}
    pq.write_table(pa.table(columns), "data/questions.parquet")


def made(**sections) -> numericalize.Numericalized:
    tokens = {"workers": 1, "pieces": 60, **sections.pop("tokens", {})}
    return numericalize.of_questions(Params(profile="t", variants={"a": {}}, tokens=tokens, **sections))


def test_every_setting_trains_and_validates_on_the_same_pairs(corpus) -> None:
    rows = made()
    for tokens in (
        {"case": "lower"},
        {"case": "kept"},
        {"units": "subwords"},
        {"units": "characters", "case": "markers"},
    ):
        other = made(tokens=tokens)
        assert (other.pairs.row == rows.pairs.row).all() and (other.pairs.validation == rows.pairs.validation).all()
        assert other.measures.values["there_and_back"] == 1 and other.counts["unknown_share_source"] == 0


def test_units_of_each_language_are_its_own(corpus) -> None:
    mixed, whole = made(tokens={"units": {"en": "characters"}}), made(tokens={"units": "characters"})
    assert mixed.units["source"].as_the_lesson and mixed.units["target"] == whole.units["target"]
    assert mixed.vocabularies["target"].words == whole.vocabularies["target"].words
    assert mixed.vocabularies["source"].words == made().vocabularies["source"].words
    assert "length_ratio" in whole.measures.values and "length_ratio" not in mixed.measures.values
    assert (mixed.pairs.row == whole.pairs.row).all() and mixed.measures.values["there_and_back"] == 1


def test_pieces_know_nothing_of_validation_questions(corpus) -> None:
    before = made(tokens={"units": "subwords"})
    rows = before.pairs.row[before.pairs.validation_indices]
    assert len(rows)
    changed = [text if row not in rows else "Nothing of it" for row, text in enumerate(corpus)]
    table([0] * len(changed), changed)
    assert made(tokens={"units": "subwords"}).units == before.units


def test_words_of_training_pairs_alone_leave_new_ones_unknown(corpus) -> None:
    some = made(vocabulary={"words": "training"})
    sentences, validation = some.pairs.sentences("source"), set(some.pairs.validation_indices.tolist())
    assert all((UNK in sentence) == (row in validation) for row, sentence in enumerate(sentences))
    assert some.counts["unknown_in_validation_source"] > 0 == made().counts["unknown_in_validation_source"]


def test_lines_bring_words_for_the_source_alone(corpus, monkeypatch) -> None:
    seen = {}

    def of_raw(params, side, units, validation, vocabulary):
        seen[side] = (validation.tolist(), vocabulary)
        return [["newer", "new", "word"], ["new", "word"]]

    monkeypatch.setattr(numericalize.monolingual, "of_raw", of_raw)
    training, lines = made(vocabulary={"words": "training"}), made(vocabulary={"words": "lines"})
    known = training.vocabularies["source"].words
    assert lines.vocabularies["source"].words == (*known, "new", "newer")
    assert lines.vocabularies["target"].words == training.vocabularies["target"].words
    validation, vocabulary = seen.pop("source")
    assert not seen and vocabulary.words == known
    assert validation == lines.pairs.row[lines.pairs.validation_indices].tolist()


def test_more_words_come_last_and_the_size_is_kept() -> None:
    words = Vocabulary.from_sentences([["a", "b", "b"]], 3, ["b", "c", "d"]).words
    assert words == (*SPECIALS, "b", "a", "c")


def test_chosen_training_is_of_the_rows_that_train() -> None:
    sentences = [[f"w{number}"] for number in range(30)]
    chosen = choose(sentences, sentences, VocabularyParams(), SplitParams(seed=1))
    assert chosen.training(sentences) == [sentences[row] for row in np.flatnonzero(~chosen.validation)]
