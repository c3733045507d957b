"""Language models: their loss against a plain reference, what they may see, and where their weights go."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from quoi.corpus.batches import collate
from quoi.corpus.units import Units
from quoi.corpus.vocabulary import BOS, EOS, Vocabulary
from quoi.params import Hardware, Translation
from quoi.translation import kernels
from quoi.translation.attention import Memory
from quoi.translation.inputs import Data, Inputs
from quoi.translation.language_model import EarlierStates, of_source, of_target
from quoi.translation.language_training import alone, pretrain, text, unigram
from quoi.translation.train import build
from quoi.vectors.table import VectorTable
from tests.translation.conftest import SIZE, SOURCE_WORDS, TARGET_WORDS, make_model, make_sentences

CPU = Hardware(accelerator="cpu", devices=1)


@pytest.fixture(autouse=True)
def _one_thread(one_thread):
    pass


def batch_of(sentences):
    return collate([sentence[::-1] for sentence in sentences], sentences, range(len(sentences)))


def cell(layer: nn.RNNBase, width: slice) -> nn.RNNCellBase:
    """One step of a layer that is given only a part of its input."""
    kind = nn.GRUCell if isinstance(layer, nn.GRU) else nn.LSTMCell
    one = kind(width.stop - width.start, layer.hidden_size)
    with torch.no_grad():
        one.weight_ih.copy_(layer.weight_ih_l0[:, width])
        for name in ("weight_hh", "bias_ih", "bias_hh"):
            getattr(one, name).copy_(getattr(layer, f"{name}_l0"))
    return one


@torch.no_grad()
def plain(sentence, embedding, cells, projection, first=lambda word: word, last=lambda state: state) -> float:
    """Negative log-likelihood of one sentence, word by word."""
    states, total, previous = [None] * len(cells), 0.0, BOS
    for word in sentence.tolist():
        values = first(embedding.weight[previous]).unsqueeze(0)
        for number, one in enumerate(cells):
            states[number] = one(values, states[number])
            values = states[number] if isinstance(one, nn.GRUCell) else states[number][0]
        logits = last(values[0]) @ projection.weight.t() + projection.bias
        total -= torch.log_softmax(logits, dim=0)[word].item()
        previous = word
    return total


@pytest.mark.parametrize("kernel", [True, False])
@pytest.mark.parametrize("settings", [{}, {"cell": "lstm", "layers": 1}, {"attention": True}, {"tied": False}], ids=str)
def test_the_targets_loss_is_that_of_a_plain_decoder_whose_context_is_zero(settings, kernel):
    model = make_model(layers=settings.pop("layers", 2), **settings).eval()
    own = of_target(model, model.settings)
    sentences = make_sentences(7, TARGET_WORDS, 3)
    cells = [cell(layer, slice(0, SIZE)) for layer in model.decoder.layers]
    join = model.decoder.join

    def first(word):
        return word if join is None else join.weight[:, :SIZE] @ word + join.bias

    expected = [plain(sentence, model.embedding, cells, model.projection, first) for sentence in sentences]
    batch = batch_of(sentences)
    with kernels.switched(kernel):
        assert own.nats(batch)[0].tolist() == pytest.approx([expected[row] for row in batch.rows], rel=1e-5)
        assert own.loss(batch).item() == pytest.approx(sum(expected) / sum(map(len, sentences)), rel=1e-5)


@pytest.mark.parametrize("cell_name", ["gru", "lstm"])
@pytest.mark.parametrize(("both", "layers", "ways"), [(False, 2, 1), (True, 2, 2), ("first", 2, 2), (True, 1, 2)])
def test_the_sources_loss_is_that_of_a_plain_encoder_in_each_direction(cell_name, both, layers, ways):
    model = make_model(cell=cell_name, bidirectional=both, layers=layers).eval()
    own = of_source(model, model.settings)
    sentences = make_sentences(7, SOURCE_WORDS, 3)
    batch = batch_of(sentences)
    found = own.nats(batch)
    hidden = model.settings.hidden
    total = 0.0
    for way in range(ways):
        stack = [directions[way] for directions in model.encoder.layers if way < len(directions)]
        cells = [cell(stack[0], slice(0, SIZE))]
        cells += [cell(layer, slice(way * hidden, (way + 1) * hidden)) for layer in stack[1:]]
        map_ = own.readers[way].last
        words = model.encoder.embedding
        expected = [
            plain(s[::-1] if way else s, words, cells, own.projection, last=lambda state, map_=map_: map_(state))
            for s in sentences
        ]
        assert found[way].tolist() == pytest.approx([expected[row] for row in batch.rows], rel=1e-5)
        total += sum(expected)
    assert len(found) == ways
    assert own.loss(batch).item() == pytest.approx(total / ways / sum(map(len, sentences)), rel=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_attention_over_earlier_states_is_the_formula(activation):
    torch.manual_seed(1)
    module, states = EarlierStates(5, activation), torch.randn(6, 3, 5)
    inner = module.attention
    act = {"tanh": torch.tanh, "relu": torch.relu}[activation]
    for b in range(3):
        earlier = [torch.zeros(5), *states[:, b]]
        for t in range(6):
            scores = [act(h @ inner.w1 + inner.w2(states[t, b])) @ inner.v for h in earlier[: t + 1]]
            weights = torch.softmax(torch.stack(scores), dim=0)
            context = sum(weight * h for weight, h in zip(weights, earlier, strict=False))
            expected = torch.tanh(module.join(torch.cat((states[t, b], context))))
            torch.testing.assert_close(module(states)[t, b], expected)


@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize("cell_name", ["gru", "lstm"])
def test_no_word_is_predicted_from_itself_or_a_later_one(attention, cell_name):
    model = make_model(cell=cell_name, layers=2).eval()
    own = of_target(model, model.settings, attention)
    words = make_sentences(1, TARGET_WORDS, 5, 8, 8)[0]
    other = words.copy()
    other[4] = 4 + (other[4] - 3) % (TARGET_WORDS - 4)
    assert other[4] != words[4]
    (one, _), (two, _) = own.states(batch_of([words]))[0], own.states(batch_of([other]))[0]
    assert one[:5].equal(two[:5])
    assert not any(torch.allclose(a, b) for a, b in zip(one[5:], two[5:], strict=True))


@pytest.mark.parametrize("attention", [True, False])
def test_a_sentences_likelihood_does_not_depend_on_its_batch(attention):
    model = make_model(layers=2).eval()
    own = of_target(model, model.settings, attention)
    sentences = make_sentences(9, TARGET_WORDS, 5)
    batch = batch_of(sentences)
    lonely = [own.nats(batch_of([sentences[row]]))[0].item() for row in batch.rows]
    assert own.nats(batch)[0].tolist() == pytest.approx(lonely, rel=1e-6)


def test_an_attending_decoder_whose_context_is_zero_goes_on_as_its_language_model_does():
    model = make_model(attention=True, layers=2).eval()
    batch = batch_of(make_sentences(3, TARGET_WORDS, 5, 6, 6))
    states, words = of_target(model, model.settings).states(batch)[0]
    nothing = torch.zeros(3, 4, model.encoder.width)
    memory = Memory(nothing, torch.zeros(3, 4, SIZE), torch.zeros(3, 4))
    state, word = (torch.zeros(3, SIZE),) * 2, torch.full((3,), BOS)
    for expected, following in zip(states, words, strict=True):
        logits, state, _ = model.step(word, state, memory)
        torch.testing.assert_close(logits, model.projection(expected))
        word = following


def test_the_encoder_reads_as_its_language_models_do():
    model = make_model(bidirectional=True, cell="lstm").eval()
    model.encoder.layers = model.encoder.layers[:1]
    sentence = make_sentences(1, SOURCE_WORDS, 5, 7, 7)[0]
    words = torch.from_numpy(sentence).unsqueeze(1)
    outputs = model.encoder(words, torch.tensor([len(sentence)])).outputs[0]
    forwards, backwards = (reader.layers[0] for reader in of_source(model, model.settings).readers)
    there, _ = forwards(model.encoder.embedding(words))
    back, _ = backwards(model.encoder.embedding(words.flip(0)))
    torch.testing.assert_close(outputs, torch.cat((there[:, 0], back.flip(0)[:, 0]), dim=1))


def counting(count: int, words: int, seed: int) -> list[np.ndarray]:
    """Sentences that count up from anywhere, in a circle."""
    rng = np.random.default_rng(seed)
    starts, lengths = rng.integers(0, words - 4, count), rng.integers(3, 8, count)
    return [
        np.append(4 + (start + np.arange(length)) % (words - 4), EOS).astype(np.int32)
        for start, length in zip(starts, lengths, strict=True)
    ]


def table(words: int) -> VectorTable:
    rng = np.random.default_rng(9)
    return VectorTable(rng.standard_normal((words, SIZE), dtype=np.float32), rng.random(words) < 0.5)


def inputs() -> Inputs:
    sources, targets = counting(80, SOURCE_WORDS, 1), counting(80, TARGET_WORDS, 2)
    data = Data(sources, targets, np.arange(16, 80), np.arange(16))
    names = (
        Vocabulary(("_bos_", "_pad_", "_eos_", "_unk_", *map(str, range(n - 4)))) for n in (SOURCE_WORDS, TARGET_WORDS)
    )
    return Inputs(data, *names, Units("fr"), Units("en"), table(SOURCE_WORDS), table(TARGET_WORDS), {}, 8, 8)


LINES = counting(100, SOURCE_WORDS, 3), counting(100, TARGET_WORDS, 4)


def settings(**more) -> Translation:
    given = {"hidden": 10, "layers": 1, "batch_size": 8, "pretrain_epochs": 2, "learning_rate": 0.02, **more}
    return Translation.model_validate(given | {"dropout_output": 0.1, "dropout_embedding": 0.1})


def fresh(**more):
    own = settings(**more)
    return build(own, table(SOURCE_WORDS), table(TARGET_WORDS), 1)


@pytest.mark.parametrize(
    "more", [{}, {"bidirectional": True, "attention": True}, {"tied": False, "cell": "lstm"}], ids=str
)
def test_what_language_models_learn_is_in_the_translation_model_and_nothing_else_moves(more, tmp_path):
    model, before = fresh(**more), dict(fresh(**more).named_parameters())
    learned = pretrain(model, inputs(), LINES, 1, CPU, tmp_path)
    after = dict(model.named_parameters())
    moved = {name for name, value in after.items() if not value.equal(before[name])}
    stay = ("encoder.bridges", "decoder.attention")
    assert moved == {name for name in after if not name.startswith(stay)}
    if more.get("attention"):  # what weighs the context waits for one
        weight, started = after["decoder.join.weight"], before["decoder.join.weight"]
        assert weight[:, SIZE:].equal(started[:, SIZE:]) and not weight[:, :SIZE].equal(started[:, :SIZE])
    for side, own in (("source", of_source), ("target", of_target)):
        kept = torch.load(tmp_path / side / "last.ckpt", weights_only=True)["state_dict"]
        mine = own(model, model.settings).state_dict()
        shared = [name for name in mine if not name.startswith(("projection", "readers.0.last", "readers.1.last"))]
        assert len(shared) > 4 and all(mine[name].equal(kept[f"model.{name}"]) for name in shared)
    assert list(learned) == ["source", "target"]
    for history, control in learned.values():
        assert [row["epoch"] for row in history] == [1, 2]
        assert history[1]["token_loss"] < history[0]["token_loss"] < control + 0.5
    assert ("token_loss_backwards" in learned["source"].history[0]) == bool(more.get("bidirectional"))


def test_vectors_that_are_frozen_stay(tmp_path):
    model, before = fresh(freeze_vectors=True), fresh().embedding.weight
    pretrain(model, inputs(), LINES, 1, CPU, tmp_path)
    assert model.embedding.weight.equal(before)


class Killed(Exception):
    """Stands for a signal that ends the process."""


@pytest.mark.parametrize("when", [-4, -3, -2, -1])
def test_a_killed_pretraining_goes_on_and_ends_the_same(when, tmp_path):
    more = {"bidirectional": True, "attention": True, "variational": True, "dropout_weights": 0.2, "dropout_words": 0.1}
    whole, cut = fresh(**more), fresh(**more)
    told = []
    expected = pretrain(whole, inputs(), LINES, 1, CPU, tmp_path / "whole", lambda event: told.append(event["epoch"]))
    assert sorted(set(told)) == [-4, -3, -2, -1] and told == sorted(told)

    def kill(event):
        if event["epoch"] == when and event["step"] == 3:
            raise Killed

    with pytest.raises(Killed):
        pretrain(cut, inputs(), LINES, 1, CPU, tmp_path / "cut", kill)
    again = fresh(**more)
    assert pretrain(again, inputs(), LINES, 1, CPU, tmp_path / "cut") == expected
    assert all(a.equal(b) for a, b in zip(again.parameters(), whole.parameters(), strict=True))


@pytest.mark.parametrize(
    "more", [{}, {"lm_attention": True}, {"lm_attention": True, "cell": "lstm", "attention": True}], ids=str
)
def test_a_language_model_alone_learns_and_says_how_likely_each_sentence_is(more, tmp_path):
    own, given = settings(epochs=12, unfreeze_epochs=3, **more), inputs()
    nats, tokens, (history, control) = alone(own, given, LINES[1], 1, CPU, tmp_path)
    assert tokens.tolist() == [len(given.data.targets[row]) for row in given.data.validation]
    assert nats.sum() / tokens.sum() == pytest.approx(history[-1]["token_loss"], rel=1e-6)
    # A start that anyone must guess, and an end.
    assert len(history) == 12 and history[-1]["token_loss"] < 0.6 * control
    again = alone(own, given, LINES[1], 1, CPU, tmp_path / "again")
    assert again.nats.tolist() == nats.tolist() and again.learned.history == history


def test_likelihoods_are_in_the_order_of_the_validation_sentences(tmp_path):
    given = inputs()
    whole = alone(settings(epochs=2), given, LINES[1], 1, CPU, tmp_path)
    data = Data(given.data.sources, given.data.targets, given.data.training, given.data.validation[::-1])
    turned = alone(settings(epochs=2), replace(given, data=data), LINES[1], 1, CPU, tmp_path / "b")
    assert turned.nats.tolist() == pytest.approx(whole.nats[::-1].tolist(), rel=1e-6)


def test_text_is_cut_and_stands_backwards_beside_itself():
    sentences = [np.array([4, 5, EOS]), np.array([5, 6, 7, EOS])]
    data = text(sentences, Data(sentences, sentences, np.array([1]), np.array([0])), [np.arange(4, 11)])
    assert [list(sentence) for sentence in data.targets] == [[4, 5, EOS], [5, 6, 7, EOS], [4, 5, 6, 7]]
    assert [list(sentence) for sentence in data.sources] == [list(sentence)[::-1] for sentence in data.targets]
    assert data.training.tolist() == [1, 2] and data.validation.tolist() == [0]


def test_the_unigram_control_counts_the_training_text():
    sentences = [np.array([4, 4, EOS]), np.array([4, 5])]
    data = Data(sentences, sentences, np.array([0]), np.array([1]))
    assert unigram(data, 7) == pytest.approx(-(math.log(3 / 10) + math.log(1 / 10)) / 2)
