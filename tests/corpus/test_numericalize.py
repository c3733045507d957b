"""Tokens to ids, by hand, and the file of pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from quoi.corpus.numericalize import checks, choose, numericalize
from quoi.corpus.pairs import Pairs
from quoi.corpus.vocabulary import EOS, SPECIALS, UNK
from quoi.io.errors import QuoiError
from quoi.params import SplitParams, VocabularyParams
from quoi.params.languages import SIDES
from quoi.records.bounds import BOUNDS

EN = [[f"w{place}" for place in range(length)] for length in (1, 2, 3, 4, 9, 3, 2, 1, 4, 4)]
FR = [[f"m{place}{row}" for place in range(length)] for row, length in enumerate((2, 2, 2, 2, 9, 8, 1, 1, 1, 1))]


def run(settings: VocabularyParams, split: SplitParams | None = None):
    chosen = choose(FR, EN, settings, split or SplitParams(seed=1, validation=0.3, deduplicate=False))
    return numericalize(FR, EN, chosen, settings)


def test_lengths_cuts_and_ids_by_hand() -> None:
    fr, en, pairs, counts = run(VocabularyParams(size=3, fewer_than=9, cut_target=70.0, cut_source=50.0))
    # Kept: English lengths with end marker 2 3 4 5 4 3 2 5 5; sorted 2 2 3 3 4 4 5 5 5, the 70th percentile is 4.6.
    assert (counts["pairs"], counts["too_long"], counts["cut_target"], counts["cut_source"]) == (9, 1, 4, 3)
    assert en.words == (*SPECIALS, "w0", "w1", "w2")
    assert [ids.tolist() for ids in pairs.sentences("target")][:4] == [
        [4, EOS],
        [4, 5, EOS],
        [4, 5, 6, EOS],
        [4, 5, 6, UNK],
    ]
    assert counts["cut_off_target"] == 3
    assert fr.words == (*SPECIALS, "m00", "m10", "m01")
    assert pairs.row.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert counts["unknown_share_target"] == round(3 / 24, 6)
    # Lengths for people are of all pairs and without end marker: 1 1 2 2 3 3 4 4 4 9.
    assert counts["length_target"] == {"p50": 3.0, "p90": 4.5, "p95": 6.75, "p97": 7.65, "p99": 8.55, "max": 9}


def test_split_and_what_is_on_both_sides() -> None:
    _, _, pairs, counts = run(VocabularyParams(fewer_than=100))
    expected = ~(np.random.RandomState(1).rand(10) > 0.3)
    assert (pairs.validation == expected).all() and expected.any()
    assert counts["training"] + counts["validation"] == counts["pairs"] == 10
    assert (pairs.training == np.flatnonzero(~expected)).all()
    assert (pairs.validation_indices == np.flatnonzero(expected)).all()
    seen = {tuple(EN[row]) for row in pairs.training}
    assert counts["validation_also_in_training"] == {
        "pair": 0,
        "source": 0,
        "target": sum(tuple(EN[row]) in seen for row in pairs.validation_indices),
    }
    assert counts["validation_also_in_training"]["target"] > 0
    _, _, _, counts = run(VocabularyParams(fewer_than=100), SplitParams(seed=1, validation=0.3, deduplicate=True))
    assert counts["validation_also_in_training"] == {"pair": 0, "source": 0, "target": 0}


def test_nothing_left_is_said() -> None:
    with pytest.raises(QuoiError, match="None of the 1 pairs has fewer than 2 target tokens"):
        choose([["c"]], [["a", "b"]], VocabularyParams(fewer_than=2), SplitParams())
    with pytest.raises(QuoiError, match="The split puts all 1 pairs on one side"):
        choose([["a"]], [["c"]], VocabularyParams(), SplitParams())


@pytest.fixture
def pairs() -> Pairs:
    return run(VocabularyParams())[2]


def test_pairs_survive_the_file_and_are_the_same_bytes(tmp_path: Path, pairs: Pairs) -> None:
    pairs.save(tmp_path / "a.safetensors")
    pairs.save(tmp_path / "b.safetensors")
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()
    loaded = Pairs.load(tmp_path / "a.safetensors")
    assert len(loaded) == len(pairs) == 10
    for side in ("source", "target"):
        both = zip(loaded.sentences(side), pairs.sentences(side), strict=True)
        assert all(one.dtype == np.int32 and (one == other).all() for one, other in both)
    assert (loaded.validation == pairs.validation).all() and (loaded.row == pairs.row).all()


def test_empty_sentences_keep_their_place() -> None:
    pairs = Pairs.of([[], [5], []], [[1], [], []], np.arange(3), np.zeros(3))
    assert [ids.tolist() for ids in pairs.sentences("source")] == [[], [5], []]
    assert [ids.tolist() for ids in pairs.sentences("target")] == [[1], [], []]
    assert Pairs.of([], [], np.empty(0), np.empty(0)).sentences("source") == []


def test_damaged_files_are_said(tmp_path: Path, pairs: Pairs) -> None:
    path = tmp_path / "pairs.safetensors"
    with pytest.raises(QuoiError, match=r"pairs\.safetensors does not exist yet"):
        Pairs.load(path)
    pairs.save(path)
    whole = path.read_bytes()
    for content in (b"", b"rubbish", whole[:-100], whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(QuoiError, match=r"pairs\.safetensors is damaged"):
            Pairs.load(path)


def judged(source, target, **settings) -> dict[str, str]:
    asked = VocabularyParams(fewer_than=100, **settings)
    *both, pairs, counts = numericalize(source, target, choose(source, target, asked, SplitParams(seed=1)), asked)
    measures = checks(pairs, dict(zip(SIDES, both, strict=True)), {"source": source, "target": target}, counts)
    return {key: BOUNDS[key].judge(value) for key, value in measures.values.items()}


def aligned(number: int = 200) -> tuple[list[list[str]], list[list[str]]]:
    lengths = np.random.default_rng(0).integers(3, 12, number)
    return (
        [[f"w{row}", *(f"e{place}" for place in range(length))] for row, length in enumerate(lengths)],
        [[f"m{row}", *(f"f{place}" for place in range(length))] for row, length in enumerate(lengths)],
    )


def test_sound_ids_pass_every_check() -> None:
    assert set(judged(*aligned(), cut_source=100.0, cut_target=100.0).values()) == {"ok"}


def test_faults_of_ids_are_caught() -> None:
    source, target = aligned()
    assert judged(source, target[7:] + target[:7])["length_correlation"] == "look"
    assert judged([words * 3 for words in source], target)["length_ratio"] == "look"
    assert judged(source, target, size=5)["unknown_source"] == "look"
    assert judged(source, target, cut_source=50.0)["cut_share"] == "look"
    assert judged([[], *source[1:]], target)["empty"] == "look"


def test_ids_of_other_words_are_broken() -> None:
    source, target = aligned()
    asked = VocabularyParams(fewer_than=100)
    *both, pairs, counts = numericalize(source, target, choose(source, target, asked, SplitParams(seed=1)), asked)
    tokens = {"source": source[1:] + source[:1], "target": target}
    values = checks(pairs, dict(zip(SIDES, both, strict=True)), tokens, counts).values
    assert BOUNDS["ids_and_back"].judge(values["ids_and_back"]) == "broken"


@pytest.mark.parametrize("deduplicate", [True, False])
def test_pairs_taken_from_the_same_are_on_one_side_whatever_else_they_share(deduplicate: bool) -> None:
    texts = [[f"w{row}", "?"] for row in range(60)]
    verses = [f"1.1.{row // 4}" for row in range(60)]
    split = SplitParams(seed=3, validation=0.3, deduplicate=deduplicate)
    validation = choose(texts, texts, VocabularyParams(), split, verses).validation
    assert validation.any() and not validation.all()
    assert all(len(set(validation[start : start + 4].tolist())) == 1 for start in range(0, 60, 4))


@pytest.mark.parametrize("deduplicate", [True, False])
def test_without_names_the_split_is_what_it_was(deduplicate: bool) -> None:
    split = SplitParams(seed=1, validation=0.3, deduplicate=deduplicate)
    plain = choose(EN, FR, VocabularyParams(), split)
    named = choose(EN, FR, VocabularyParams(), split, [None] * len(EN))
    assert (plain.validation == named.validation).all() and plain.counts == named.counts
