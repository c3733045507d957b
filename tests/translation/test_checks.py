"""The look inside a training: attention that is everywhere, one sentence for all, stammering."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from quoi.corpus.vocabulary import UNK
from quoi.records.bounds import BOUNDS
from quoi.translation import checks
from quoi.translation.inputs import Data
from quoi.translation.scores import Evaluation
from tests.translation.conftest import TARGET_WORDS, TRANSFORMER, make_batch, make_model, make_sentences

REFERENCES = [f"Who is number {number}?" for number in range(100)]
LENGTHS = torch.tensor([8, 6]), torch.tensor([7, 9])


def evaluation(texts: list[str], ids: list[list[int]] | None = None) -> Evaluation:
    return Evaluation({}, texts, texts, ids or [[4, 5]] * len(texts), {})


def judged(values: dict[str, float]) -> dict[str, str]:
    return {key: BOUNDS[key].judge(value) for key, value in values.items()}


def even() -> torch.Tensor:
    weights = torch.zeros(2, 9, 8)
    for place, source in enumerate(LENGTHS[0].tolist()):
        weights[place, :, :source] = 1 / source
    return weights


def diagonal() -> torch.Tensor:
    weights = torch.zeros(2, 9, 8)
    for place, (source, target) in enumerate(zip(*(each.tolist() for each in LENGTHS), strict=True)):
        for word in range(9):
            weights[place, word, round(min(word, target - 1) * (source - 1) / (target - 1))] = 1
    return weights


def test_even_attention_is_broken() -> None:
    values = checks.of_attention(even(), *LENGTHS)
    assert values["attention_entropy"] == pytest.approx(1) and values["attention_diagonal"] == pytest.approx(1)
    assert judged(values)["attention_entropy"] == "broken" and judged(values)["attention_diagonal"] == "look"


def test_attention_that_follows_the_sentence_is_sound() -> None:
    values = checks.of_attention(diagonal(), *LENGTHS)
    assert values["attention_entropy"] == pytest.approx(0)
    assert set(judged(values).values()) == {"ok"}
    distances = checks.by_distance(diagonal(), *LENGTHS)
    assert distances["0"] == pytest.approx(1) and sum(distances.values()) == pytest.approx(1)


def test_attention_to_the_end_marker_is_seen() -> None:
    weights = torch.zeros(2, 9, 8)
    weights[0, :, 7] = weights[1, :, 5] = 1
    values = checks.of_attention(weights, *LENGTHS)
    assert values["attention_end"] == pytest.approx(1) and judged(values)["attention_end"] == "look"


def test_padding_plays_no_part_in_attention() -> None:
    torch.manual_seed(0)
    weights = even() * torch.rand(2, 9, 8)
    weights /= weights.sum(2, keepdim=True)
    together = checks.of_attention(weights, *LENGTHS)
    parts = [
        checks.of_attention(weights[[place], : int(t), : int(s)], s.unsqueeze(0), t.unsqueeze(0))
        for place, (s, t) in enumerate(zip(*LENGTHS, strict=True))
    ]
    words = LENGTHS[1].double()
    expected = sum(p["attention_entropy"] * w.item() for p, w in zip(parts, words, strict=True)) / words.sum().item()
    assert together["attention_entropy"] == pytest.approx(expected)


def test_a_source_of_one_word_has_nowhere_else_to_look() -> None:
    assert checks.of_attention(torch.ones(1, 3, 1), torch.tensor([1]), torch.tensor([3])) == {}


@pytest.mark.parametrize("settings", [{"attention": True, "bidirectional": True}, TRANSFORMER])
def test_weights_are_those_of_the_model(settings: dict) -> None:
    model, batch = make_model(**settings), make_batch(4)
    weights = checks.attention(model, batch)
    assert weights.shape == (4, len(batch.target), len(batch.source))
    for row, length in enumerate(batch.source_lengths.tolist()):
        assert weights[row, :, :length].sum(1) == pytest.approx(torch.ones(len(batch.target)), abs=1e-5)
        assert not weights[row, :, length:].any()


def test_perfect_translations_are_sound() -> None:
    assert set(judged(checks.of_translations(evaluation(REFERENCES), REFERENCES, "en")).values()) == {"ok"}


@pytest.mark.parametrize(
    ("texts", "ids", "key", "state"),
    [
        (["What is the???"] * 100, None, "most_common", "look"),
        (["What is the???"] * 100, None, "doubled_marks", "look"),
        ([f"Who is is {number}?" for number in range(100)], None, "doubled_words", "look"),
        (REFERENCES, [[UNK, UNK, 5]] * 100, "unknown_words", "look"),
        (["Who?"] * 50 + REFERENCES[50:], None, "distinct", "look"),
        ([f"{number}" for number in range(100)], None, "translation_length", "look"),
    ],
)
def test_a_fault_of_translations_is_caught(texts: list[str], ids: list | None, key: str, state: str) -> None:
    assert judged(checks.of_translations(evaluation(texts, ids), REFERENCES, "en"))[key] == state


def test_a_decoder_that_says_one_sentence_is_caught_by_the_number_of_translations() -> None:
    references = [f"Who is {number}?" for number in range(100)]
    assert judged(checks.of_translations(evaluation(["Who?"] * 100), references, "en"))["distinct"] == "broken"


def test_the_middle_is_neither_best_nor_worst() -> None:
    texts = ["zzz"] * 20 + [f"Who is {number}" for number in range(20, 40)] + [f"{text}" for text in REFERENCES[:20]]
    references = [*REFERENCES[:20], *REFERENCES[20:40], *REFERENCES[:20]]
    told = checks.readable([f"Q{number}" for number in range(60)], references, evaluation(texts))
    assert len(told["translations of medium quality (by chrF)"]) == 10
    assert {int(source[1:]) // 20 for source in told["translations of medium quality (by chrF)"]} == {1}
    assert told["translations given most often"] == {"zzz": "20 times"}


def test_the_loss_before_the_first_step_is_that_of_even_outputs_where_they_are_even() -> None:
    sentences = make_sentences(6, TARGET_WORDS, 3)
    data = Data(sentences, sentences, np.arange(3), np.arange(3, 6))
    model = make_model(tied=False)
    with torch.no_grad():
        model.projection.weight.zero_(), model.projection.bias.zero_()
    assert checks.initial_loss(model, data) == pytest.approx(1, abs=1e-6)
    assert model.training
    with torch.no_grad():
        model.projection.bias[7] = 50
    assert judged({"initial_loss": checks.initial_loss(model, data)})["initial_loss"] == "look"


def test_all_measures_of_a_model_are_finite_and_known(kind: dict) -> None:
    sentences = make_sentences(12, TARGET_WORDS, 5)
    data = Data(sentences, sentences, np.arange(8), np.arange(8, 12))
    model = make_model(clip=1.0, **kind)
    scores = {"token_loss_free": 2.5, "token_loss_forced": 2.0}
    told = Evaluation(scores, ["a"] * 4, ["a b", "b c", "c", "d"], [[4, 5]] * 4, {})
    history = [{"clipped": 1.0}, {"clipped": 0.5}]
    measures = checks.measure(model, data, 1.1, history, told, ["q"] * 4, ["a b", "b c", "c", "d"], "en")
    assert set(measures.values) <= set(BOUNDS) and all(map(math.isfinite, measures.values.values()))
    assert measures.values["clipped"] == 0.75 and measures.values["exposure"] == 0.5
    assert ("attention_entropy" in measures.values) == bool(kind.get("attention"))
