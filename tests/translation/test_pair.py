"""Two models that translate together: candidates of both, the best mean score, and reading order at the end."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from quoi.corpus.batches import pad
from quoi.corpus.units import Units
from quoi.corpus.vocabulary import BOS, EOS, Vocabulary
from quoi.io.errors import QuoiError
from quoi.jobs import experiment, seeds
from quoi.params import Params, Search
from quoi.translation import inputs, pair, scores, search, train
from quoi.translation.inputs import Data, Inputs
from quoi.translation.pair import Writer
from tests.translation.conftest import MODELS, SOURCE_WORDS, TARGET_WORDS, make_model, make_sentences
from tests.translation.test_search import LONGEST, trained
from tests.translation.test_train import vectors

SENTENCES = make_sentences(5, SOURCE_WORDS, 3)
WORDS = st.lists(st.integers(4, 30), max_size=8)


def plain_score(model, sentence: np.ndarray, ids: list[int], exponent: float) -> float:
    """One translation of one sentence, word by word."""
    source, lengths = pad([sentence])
    state, memory = model.encode(source, lengths)
    total = 0.0
    for word, following in zip([BOS, *ids], ids, strict=False):
        logits, state, _ = model.step(source.new_tensor([word]), state, memory)
        logits[:, search.NEVER] = -math.inf
        total += torch.log_softmax(logits, dim=1)[0, following].item()
    return total / len(ids) ** exponent


@pytest.fixture(scope="module", params=["baseline", "transformer"])
def models(request):
    """Two of a kind."""
    return [trained(seed=seed, **MODELS[request.param]) for seed in (0, 1)]


@pytest.mark.parametrize(("backward", "exponent"), [(False, 1.0), (True, 1.0), (True, 0.0)])
@torch.no_grad()
def test_the_best_mean_score_of_all_candidates_is_taken(models, backward, exponent):
    first, second = models
    turn = pair.turned if backward else list
    expected = []
    for sentence in SENTENCES:
        source, lengths = pad([sentence])
        (own,), (other,) = (search.n_best(model, source, lengths, LONGEST, 3, exponent) for model in (first, second))
        means = {}
        for ids in [*own, *map(turn, other)]:
            both = plain_score(first, sentence, ids, exponent), plain_score(second, sentence, turn(ids), exponent)
            means[tuple(ids)] = sum(both) / 2
        expected.append(list(max(means, key=means.get)))
    writers = [Writer(first), Writer(second, backward)]
    assert pair.beam(writers, *pad(SENTENCES), LONGEST, 3, exponent) == expected
    assert expected != search.beam(first, *pad(SENTENCES), LONGEST, 3, exponent)


@pytest.mark.parametrize("size", [1, 4])
def test_two_equal_models_agree_on_what_one_finds(models, size):
    model = models[0]
    alone = search.beam(model, *pad(SENTENCES), LONGEST, size)
    assert pair.beam([Writer(model), Writer(model)], *pad(SENTENCES), LONGEST, size) == alone


@torch.no_grad()
def test_candidates_are_all_different_and_the_best_is_first(models):
    (found,) = search.n_best(models[0], *pad(SENTENCES[:1]), LONGEST, 5)
    scores = [plain_score(models[0], SENTENCES[0], ids, 1.0) for ids in found]
    assert len({tuple(ids) for ids in found}) == len(found) == 5
    assert scores == sorted(scores, reverse=True)


@given(WORDS, st.booleans())
def test_turning_twice_is_the_sentence_and_the_end_marker_stays_last(words, ended):
    ids = words + [EOS] * ended
    assert pair.turned(ids) == words[::-1] + [EOS] * ended
    assert pair.turned(pair.turned(ids)) == ids


@given(st.lists(WORDS, min_size=1))
def test_only_the_targets_are_turned(sentences):
    targets = [np.array([*words, EOS], np.int32) for words in sentences]
    data = Data(targets, targets, np.arange(len(targets)), np.arange(0))
    back = pair.backwards(data)
    assert back.sources is targets
    assert [target.tolist() for target in back.targets] == [[*words[::-1], EOS] for words in sentences]
    assert {target.dtype for target in back.targets} == {np.dtype(np.int32)}


def test_a_partner_changes_the_beam_alone():
    one, other = make_model(0).eval(), make_model(1).eval()
    targets = make_sentences(5, TARGET_WORDS, 4)
    texts = [[" ".join(map(str, target))] for target in targets]

    def evaluate(partner):
        to_text = lambda ids: " ".join(map(str, ids))  # noqa: E731
        return scores.evaluate(one, SENTENCES, targets, texts, "en", to_text, 6, 3, Search(beam=2), partner=partner)

    alone, both = evaluate(None), evaluate(Writer(other, backward=True))
    assert both.greedy == alone.greedy and both.beam != alone.beam
    assert both.scores["token_loss_free"] == alone.scores["token_loss_free"]


PARAMS = {
    "profile": "test",
    "translation": {"hidden": 10, "layers": 1, "batch_size": 8, "epochs": 3, "learning_rate": 0.02},
    "search": {"beam": 2},
    "report": {"samples": 1},
    "hardware": {"accelerator": "cpu", "devices": 1},
    "variants": {"alone": {}, "with": {"partner": "backward"}, "control": {"partner": "forward"}},
}


class Killed(Exception):
    """Stands for a signal that ends the process."""


@pytest.fixture
def trainings(monkeypatch):
    """Every training's folder, targets and events, on a few random sentences; `kill` ends one in its second epoch."""
    sources, targets = make_sentences(40, SOURCE_WORDS, 1), make_sentences(40, TARGET_WORDS, 2)
    data = Data(sources, targets, np.arange(32), np.arange(32, 40))
    text = {side: ["a question"] * 40 for side in ("source", "target")}
    words = {size: vocabulary(size) for size in (SOURCE_WORDS, TARGET_WORDS)}
    tables = [vectors(size) for size in words]
    monkeypatch.setattr(
        inputs, "read", lambda params: Inputs(data, *words.values(), Units("fr"), Units("en"), *tables, text, 10, 10)
    )
    made, fit = {}, train.fit

    def watched(model, data, seed, hardware, folder, report=lambda event: None):
        events = made.setdefault(folder.name, {"targets": data.targets, "seed": seed, "events": []})["events"]

        def tell(event):
            events.append((event["kind"], event["epoch"]))
            if folder.name == made.get("kill") and event["kind"] == "epoch" and event["epoch"] == 2:
                raise Killed
            report(event)

        return fit(model, data, seed, hardware, folder, tell)

    monkeypatch.setattr(train, "fit", watched)
    return made


def vocabulary(size: int) -> Vocabulary:
    return Vocabulary.from_sentences([[f"w{number}" for number in range(size - 4)]], size)


def run(variant: str, work):
    return seeds.train_one(Params.model_validate(PARAMS), variant, 1, work, lambda event: None)


def test_the_partner_is_another_training_that_writes_backwards(trainings, tmp_path):
    alone = run("alone", tmp_path / "a")
    together = run("with", tmp_path / "b")
    first, partner = trainings["seed-1"], trainings.pop("seed-1-partner")
    assert together.history == alone.history and together.translations["greedy"] == alone.translations["greedy"]
    assert together.translations["beam"] != alone.translations["beam"]
    assert partner["seed"] != first["seed"]
    turned = [pair.turned(target.tolist()) for target in first["targets"]]
    assert [target.tolist() for target in partner["targets"]] == turned
    run("control", tmp_path / "c")
    assert trainings["seed-1-partner"]["targets"] is first["targets"]


def test_a_killed_training_goes_on_in_the_second_model(trainings, tmp_path):
    whole = run("with", tmp_path / "whole")
    trainings["kill"] = "seed-1-partner"
    with pytest.raises(Killed):
        run("with", tmp_path / "cut")
    del trainings["kill"]
    for name in ("seed-1", "seed-1-partner"):
        trainings[name]["events"].clear()
    resumed = run("with", tmp_path / "cut")
    steps = {name: {epoch for kind, epoch in trainings[name]["events"] if kind == "step"} for name in trainings}
    assert steps == {"seed-1": set(), "seed-1-partner": {1, 2}}
    assert (resumed.scores, resumed.translations) == (whole.scores, whole.translations)


def test_what_cannot_be_served_is_refused():
    with pytest.raises(QuoiError, match=r"variants\.with has partner: backward, .* null is allowed"):
        experiment.run(Params.model_validate(PARAMS), "with")
