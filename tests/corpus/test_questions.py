"""The streaming filter against a line-by-line reference, and with every kind of bad input."""

from __future__ import annotations

import errno
import gzip
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.corpus import questions, slices
from quoi.corpus.questions import EVERY, PATTERNS, Counts, LineSample, _start, filter_questions, patterns
from quoi.io.errors import QuoiError
from quoi.params import Questions
from quoi.params.languages import Languages

ENGLISH, FRENCH = PATTERNS["en"], PATTERNS["fr"]


@pytest.fixture
def corpus(tmp_path: Path):
    """Writes two sides given as bytes or lines and filters them; gives the rows and the counts."""

    def run(english, french, **options) -> tuple[list[tuple[int, str, str]], Counts]:
        paths = []
        for name, side in (("en", english), ("fr", french)):
            content = side if isinstance(side, bytes) else "".join(f"{line}\n" for line in side).encode()
            paths.append(tmp_path / f"corpus.{name}.gz")
            paths[-1].write_bytes(gzip.compress(content, 1))
        counts = filter_questions(*paths, tmp_path / "questions.parquet", **{"patterns": (ENGLISH, FRENCH), **options})
        table = pq.read_table(tmp_path / "questions.parquet")
        assert str(table.schema.types) == "[DataType(int64), DataType(string), DataType(string), DataType(string)]"
        assert set(table.column("group").to_pylist()) == {None}
        return list(zip(*table.drop_columns("group").to_pydict().values(), strict=True)), counts

    return run


def naive(english: list[str], french: list[str], patterns: tuple[str, str]) -> list[tuple[int, str, str]]:
    """What the filter must keep, said plainly."""
    rows = []
    for number, (one, other) in enumerate(zip(english, french, strict=True), 1):
        matches = re.search(patterns[0], one), re.search(patterns[1], other)
        kept = [match[1].strip() if match and match[1] else "" for match in matches]
        if all(kept):
            rows.append((number, *kept))
    return rows


def test_the_lessons_rules_by_hand(corpus) -> None:
    pairs = [
        ("What is this?", "Qu'est-ce ?", True),
        ("Who? Me? Never.", "Qui ? Moi ?", True),
        ("Wh?", "Quoi ?", False),  # at least one character after Wh
        ("Why not. Why?", "Pourquoi ?", False),  # a full stop comes first
        (" What is this?", "Quoi ?", False),  # not at the start
        ("what is this?", "Quoi ?", False),
        ("What is this?", "Voilà. Quoi ?", False),
        ("What is this?", "?", False),
        ("How is this?", "Comment ?", False),
        ("What is\u2028this? Yes.", "Quoi\x85donc ? Oui.", True),
        ("", "", False),
    ]
    rows, counts = corpus([english for english, _, _ in pairs], [french for _, french, _ in pairs])
    assert rows == [
        (1, "What is this?", "Qu'est-ce ?"),
        (2, "Who?", "Qui ?"),
        (10, "What is\u2028this?", "Quoi\x85donc ?"),
    ]
    assert (counts.lines, counts.kept, counts.not_matched) == (11, 3, 8)


_LINE = st.text(st.sampled_from("Whater é?.!\t  \u2028\x85"), max_size=12)
_PATTERNS = st.sampled_from(
    [
        (ENGLISH, FRENCH),
        (r"(h[^?]*)", r"(.)"),
        (r"^(W.*|e.*)$", r"^()"),
        (r"(?m)^(t.*)", r"\A(.+)\Z"),
        (r"(?i)(W)", r"( )$"),
        (r"^(a)|t", r"(.*)"),
        (r"^(Wh?a?)", r"(.*)"),
        (r"^Wh*(t|a)", r"(.*)"),
        (r"^é(t.*)", r"(.*)"),
        (r"^(é(?i:T)|W)", r"(.*)"),
    ]
)


@given(st.lists(st.tuples(_LINE, _LINE)), _PATTERNS, st.integers(1, 60))
@settings(max_examples=150, deadline=None)
def test_same_as_line_by_line(tmp_path_factory, pairs, patterns, size: int) -> None:
    english, french = [one for one, _ in pairs], [other for _, other in pairs]
    folder = tmp_path_factory.mktemp("filter")
    for name, side in (("en", english), ("fr", french)):
        (folder / name).write_text("".join(f"{line}\n" for line in side), encoding="utf-8", newline="")
    expected = naive(english, french, patterns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "BLOCK", size)
        patch.setattr(questions, "ROW_GROUP", 3)
        if not expected:
            with pytest.raises(QuoiError, match="no question"):
                filter_questions(folder / "en", folder / "fr", folder / "out", patterns)
            return
        counts = filter_questions(folder / "en", folder / "fr", folder / "out", patterns)
    assert list(zip(*pq.read_table(folder / "out").drop_columns("group").to_pydict().values(), strict=True)) == expected
    assert (counts.lines, counts.kept) == (len(pairs), len(expected))
    assert counts.not_matched == len(pairs) - len(expected)


@pytest.mark.parametrize(
    ("pattern", "start"),
    [
        (ENGLISH, "Wh"),
        (FRENCH, ""),
        ("^Où(.*)", "Où"),
        ("^(Wh?at)", "W"),
        ("^(Wh*at)", "W"),
        ("^(Wh{0,1}at)", "W"),
        ("^(W+hat)", "W"),
        ("^W(?i:h)(at)", "W"),
        ("^(What|Who)", ""),
        ("^(What)?", ""),
        ("^(W(?:h)?at)", ""),
        ("^(?:What)(.)", ""),
        ("^([Ww]hat)", ""),
        (r"^(\w+)", ""),
        ("(?i)^(What)", ""),
        ("(What)", ""),
    ],
)
def test_what_a_line_must_start_with_to_be_looked_at(pattern: str, start: str) -> None:
    assert _start(pattern) == start.encode()


@given(
    st.sampled_from(["^(Wh?a)", "^W{0}(h)", "^(W+h)", "^W(h)*a", "^(W|h)", "^(Wh)?a", "^(Wha)", "^éW?(h)"]),
    st.text("Whaé", max_size=5),
)
def test_no_line_that_matches_is_passed_over(pattern: str, line: str) -> None:
    if re.search(pattern, line):
        assert line.encode().startswith(_start(pattern))


def test_damaged_lines_are_left_out_and_counted_by_reason(corpus) -> None:
    english = b"\xef\xbb\xbfWhat is it?\r\nWho\xff is it?\nWhy is it\0?\nWhere is it?\nWhen is it?\nNo.\n"
    french = b"Quoi donc ?\nQui ?\nPourquoi ?\nO\xf9 ?\nQuand ?\r\nN\0n.\n"
    rows, counts = corpus(english, french)
    assert rows == [(1, "What is it?", "Quoi donc ?"), (5, "When is it?", "Quand ?")]
    assert counts.skipped == {"invalid_utf8": 2, "nul": 2, "too_long": 0}
    assert counts.repaired == {"byte_order_mark": 1, "windows_line_end": 2, "invisible_marks": 0, "not_composed": 0}
    assert counts.lines == counts.kept + counts.not_matched + sum(counts.skipped.values()) == 6


def test_questions_are_normalised_and_what_was_mended_is_counted(corpus) -> None:
    english = ["\u200bWhat is it?", "Who is Rene\u0301?", "It is me\u00ad.", "Why not?"]
    french = ["Qu\u2019est-ce\u202f?", "Qui est Rene\u0301\ufeff ?", "C'est moi.", "Pourquoi pas ?"]
    rows, counts = corpus(english, french)
    assert rows == [
        (1, "What is it?", "Qu\u2019est-ce\u202f?"),
        (2, "Who is René?", "Qui est René ?"),
        (4, "Why not?", "Pourquoi pas ?"),
    ]
    assert counts.repaired == {"byte_order_mark": 0, "windows_line_end": 0, "invisible_marks": 3, "not_composed": 2}
    rows, counts = corpus(english, french, normalised=False)
    assert rows[0] == (2, "Who is Rene\u0301?", "Qui est Rene\u0301\ufeff ?") and sum(counts.repaired.values()) == 0


@pytest.mark.parametrize(
    ("english", "french", "said"),
    [
        (b"Who?\nWh\xff?\n", b"Qui ?\nQuoi ?\n", r"corpus\.en\.gz, line 2 is not valid UTF-8"),
        (b"Who?\nWhat?\n\xff\n", b"Qui ?\nQ\0oi ?\nx\n", r"corpus\.fr\.gz, line 2 holds a NUL character"),
    ],
)
def test_fail_names_file_and_line_of_the_first(corpus, tmp_path: Path, english, french, said: str) -> None:
    with pytest.raises(QuoiError, match=said):
        corpus(english, french, on_bad_line="fail")
    assert not (tmp_path / "questions.parquet").exists()


def test_differing_line_counts(corpus) -> None:
    with pytest.raises(QuoiError, match=r"corpus\.fr\.gz ends after line 2, but .*corpus\.en\.gz has 4 lines"):
        corpus(["Who is it?"] * 4, ["Qui est-ce ?"] * 2)


def test_truncated_gzip_leaves_the_earlier_table(corpus, tmp_path: Path) -> None:
    corpus(["Who is it?"], ["Qui est-ce ?"])
    before = (tmp_path / "questions.parquet").read_bytes()
    cut = gzip.compress(b"Who is it?\n" * 5000)[:60]
    (tmp_path / "cut.gz").write_bytes(cut)
    with pytest.raises(QuoiError, match=r"cut\.gz is a damaged or truncated gzip file"):
        filter_questions(
            tmp_path / "cut.gz", tmp_path / "corpus.fr.gz", tmp_path / "questions.parquet", (ENGLISH, FRENCH)
        )
    assert (tmp_path / "questions.parquet").read_bytes() == before
    assert not list(tmp_path.glob("*.partial"))


def test_no_question_says_what_each_pattern_matched(corpus) -> None:
    with pytest.raises(QuoiError, match=r"questions\.source .* matched 0 lines, and questions\.target "):
        corpus(["No.", "Yes."], ["Non.", "Oui ?"])
    with pytest.raises(QuoiError, match=r"matched 2 lines, and questions\.target .* none of those beside"):
        corpus(["Who is it?", "Why not?"], ["Non.", "Oui."])
    with pytest.raises(QuoiError, match=r"in the 0 lines"):
        corpus(b"", b"")
    with pytest.raises(QuoiError, match=r"in the 1 lines of .*, 1 of them damaged"):
        corpus(b"Wh\xff?\n", b"Quoi ?\n")


def test_full_disk_is_one_sentence(corpus, tmp_path: Path, monkeypatch) -> None:
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    corpus(["Who is it?"], ["Qui est-ce ?"])
    before = (tmp_path / "questions.parquet").read_bytes()
    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(QuoiError, match=r"questions\.parquet cannot be written: the disk is full\."):
        corpus(["Why is it?"], ["Pourquoi ?"])
    assert (tmp_path / "questions.parquet").read_bytes() == before


def test_same_input_same_bytes(corpus, tmp_path: Path) -> None:
    corpus(["Who is it?"] * 9, ["Qui est-ce ?"] * 9)
    first = (tmp_path / "questions.parquet").read_bytes()
    corpus(["Who is it?"] * 9, ["Qui est-ce ?"] * 9)
    assert (tmp_path / "questions.parquet").read_bytes() == first


def shown(corpus, english, french, most: int = 20, **options) -> dict[str, dict[int, str]]:
    """What is shown of the lines that were kept and rejected, by their numbers."""
    sample = LineSample(most)
    corpus(english, french, sample=sample, **options)
    return {
        name: {int(line.removeprefix("line ").replace(",", "")): text for line, text in texts.items()}
        for name, texts in sample.texts.items()
    }


def test_a_sample_tells_what_became_of_lines_and_by_which_rule(corpus) -> None:
    english = b"Who is it?\nIt is me.\nWhat?\xff now?\nWhere is it?\nWhat is that?\n"
    french = b"Qui est-ce ?\nC'est moi ?\nQuoi ?\nIci.\nQu'est-ce ?\n"
    assert shown(corpus, english, french) == {
        "kept": {1: "Who is it? | Qui est-ce ?", 5: "What is that? | Qu'est-ce ?"},
        "rejected": {
            2: "It is me. | C'est moi ?: questions.source does not match",
            3: " | Quoi ?: the source line is not valid UTF-8",
            4: "Where is it? | Ici.: questions.target does not match",
        },
    }


def test_a_sample_is_drawn_from_all_lines_whatever_the_blocks(corpus, monkeypatch) -> None:
    english = [f"{'Who is' if number % 3 else 'This is'} number {number}?" for number in range(3000)]
    french = [f"Qui {number} ?" for number in range(3000)]
    for size in (slices.BLOCK, 4096):
        monkeypatch.setattr(slices, "BLOCK", size)
        for texts in shown(corpus, english, french).values():
            assert len(texts) == 20 and list(texts) == sorted(texts)
            assert min(texts) < 1000 and max(texts) > 2000
            assert all(f"number {line - 1}?" in text for line, text in texts.items())


def test_checks_of_the_filter(corpus) -> None:
    sample = LineSample()
    _, counts = corpus(["Who is it?", "It is me."], ["Qui ?", "Moi."], sample=sample)
    measures = questions.checks(counts, sample)
    assert measures.values == {"kept_share": 0.5, "damaged_share": 0}
    assert measures.texts == {
        "kept": {"line 1": "Who is it? | Qui ?"},
        "rejected": {"line 2": "It is me. | Moi.: questions.source does not match"},
    }


def test_whichever_side_has_a_plain_start_is_looked_at_first_and_the_table_is_the_same(corpus) -> None:
    english, french = ["Who is it?", "Why not.", "No?", "What is that?"], ["Qui est-ce ?", "Non ?", "Non ?", "Ici."]
    rows, counts = corpus(english, french)
    back, other = corpus(french, english, patterns=(FRENCH, ENGLISH))
    assert [(number, source, target) for number, target, source in back] == rows != [] and counts == other
    with pytest.raises(QuoiError, match=r"questions\.target .* matched 1 lines, and questions\.source "):
        corpus(["Non."], ["Why not?"], patterns=(FRENCH, ENGLISH))


def test_every_pair_with_text_on_both_sides_is_kept_on_demand(corpus) -> None:
    both = Languages(source="ar", target="yo")
    assert patterns(None, both) == (EVERY, EVERY)
    rows, _ = corpus([" a. ", "", "c\u2028d"], ["x", "y", "z"], patterns=patterns(None, both))
    assert rows == [(1, "a.", "x"), (3, "c\u2028d", "z")]


def test_expressions_are_the_languages_own_unless_they_are_given() -> None:
    assert patterns(Questions(), Languages(source="fr", target="en")) == (FRENCH, ENGLISH)
    assert patterns(Questions(target="(a)"), Languages(source="en", target="ru")) == (ENGLISH, "(a)")
    with pytest.raises(
        QuoiError, match=r"questions\.target is null, and how Russian asks .*en, fr, de.*`questions: null`"
    ):
        patterns(Questions(), Languages(source="en", target="ru"))


@pytest.mark.parametrize(
    ("code", "asked", "others"),
    [
        ("de", ["Wo ist er?", "Mit wem?", "Womit? Ja.", "Welchen Weg?"], ["Kommst du?", "Wohnst du hier?", "Wo."]),
        ("es", ["¿Qué es?", "¿De dónde eres?", "¿Cuántas?"], ["Qué es?", "¿Vienes?", "¿Queso?"]),
        ("it", ["Dov'è?", "Di chi è?", "Cos’è?", "Perché no?"], ["Vieni?", "Chiara viene?"]),
        ("nl", ["Waar is het?", "Waarom?", "Hoeveel?", "Met wie?"], ["Kom je?", "Waarde vriend?"]),
        ("pt", ["O que é?", "Por que não?", "Quais são?"], ["Vem?", "Quero?"]),
    ],
)
def test_questions_of_other_languages(code: str, asked: list[str], others: list[str]) -> None:
    find = re.compile(PATTERNS[code]).search
    assert re.compile(PATTERNS[code]).groups == 1
    assert [text for text in asked if not find(text)] == [] and [text for text in others if find(text)] == []
    assert find(asked[0])[1] == asked[0]
