"""Training through Lightning: repeatable to the byte, resumable, and able to learn to reverse a sequence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from safetensors.torch import save

from quoi.corpus.vocabulary import EOS
from quoi.io.errors import QuoiError
from quoi.params import Hardware, Search, Translation
from quoi.translation import scores
from quoi.translation.inputs import Data
from quoi.translation.train import HISTORY, build, filled, final_losses, fit, training_batches
from quoi.vectors.table import VectorTable
from tests.translation.conftest import SOURCE_WORDS, TARGET_WORDS, TRANSFORMER, VARIANTS, make_sentences

CPU = Hardware(accelerator="cpu", devices=1)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def data() -> Data:
    sources, targets = make_sentences(80, SOURCE_WORDS, 1), make_sentences(80, TARGET_WORDS, 2)
    return Data(sources, targets, np.arange(64), np.arange(64, 80))


def vectors(words: int, size: int = 12, found: float = 0.5) -> VectorTable:
    rng = np.random.default_rng(9)
    return VectorTable(rng.standard_normal((words, size), dtype=np.float32), rng.random(words) < found)


def fresh(seed: int = 1, **settings):
    settings = {"hidden": 10, "batch_size": 8, "epochs": 4, **VARIANTS["all"], **settings}
    return build(Translation.model_validate(settings), vectors(SOURCE_WORDS), vectors(TARGET_WORDS), seed)


def weights(model) -> bytes:
    return save({name: value.detach() for name, value in model.named_parameters()})


def test_missing_vectors_are_drawn_and_found_ones_kept():
    table = vectors(500, size=40)
    matrix = filled(table, torch.Generator().manual_seed(1)).numpy()
    assert (matrix[table.found] == table.vectors[table.found]).all()
    assert matrix[~table.found].std() == pytest.approx(1, abs=0.05)
    assert fresh(1).embedding.weight.ne(fresh(2).embedding.weight).any()


def test_same_seed_same_bytes_other_seed_other_bytes(data, tmp_path):
    results = []
    for run, seed in enumerate((1, 1, 2)):
        model = fresh(seed)
        history = fit(model, data, seed, CPU, tmp_path / str(run))
        results.append((weights(model), history))
    assert results[0] == results[1]
    assert results[0][0] != results[2][0]
    assert [row["epoch"] for row in results[0][1]] == [1, 2, 3, 4]
    assert set(results[0][1][0]) == set(HISTORY)


@pytest.mark.parametrize("batches", ["sortish", "shuffled"])
def test_an_epoch_has_every_training_row_once(data, batches):
    settings = Translation(batch_size=10, batches=batches)
    one, same, other = (training_batches(data, settings, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert sorted(np.concatenate(one)) == list(data.training)
    assert all(map(np.array_equal, one, same))
    assert not all(map(np.array_equal, one, other))


class Killed(Exception):
    """Stands for a signal that ends the process."""


@pytest.mark.parametrize("settings", [{}, TRANSFORMER])
@pytest.mark.parametrize("when", [("step", 3), ("epoch", 2)])
def test_a_killed_training_resumes_to_the_same_result(data, tmp_path, when, settings):
    whole = fresh(**settings)
    undisturbed = fit(whole, data, 1, CPU, tmp_path / "whole")

    def kill(event):
        kind, epoch = when
        if event["kind"] == kind and event["epoch"] == epoch and event.get("step", 2) == 2:
            raise Killed

    cut = fresh(**settings)
    with pytest.raises(Killed):
        fit(cut, data, 1, CPU, tmp_path / "cut", kill)
    seen = []
    resumed = fresh(**settings)
    history = fit(resumed, data, 1, CPU, tmp_path / "cut", seen.append)
    assert history == undisturbed
    assert weights(resumed) == weights(whole)
    assert [event["epoch"] for event in seen if event["kind"] == "epoch"] == [1, 2, 3, 4]


def test_a_finished_training_is_not_repeated(data, tmp_path):
    first = fresh()
    history = fit(first, data, 1, CPU, tmp_path)
    steps = []
    again = fresh()
    assert fit(again, data, 1, CPU, tmp_path, lambda event: steps.append(event["kind"])) == history
    assert "step" not in steps
    assert weights(again) == weights(first)


@pytest.mark.parametrize("early_stop", [None, 1])
def test_the_weights_that_stay_are_the_best_epochs_with_early_stopping_and_else_the_lasts(data, tmp_path, early_stop):
    model = fresh(early_stop=early_stop, epochs=30 if early_stop else 3, learning_rate=0.05)
    history = fit(model, data, 1, CPU, tmp_path)
    assert len(history) < 30
    found = scores.losses(model, scores.sorted_loader(*data.pairs(data.validation), 8))
    assert final_losses(model.settings, history) == pytest.approx(found, rel=1e-6)
    if early_stop:
        assert found["lesson_loss"] == pytest.approx(min(row["lesson_loss"] for row in history), rel=1e-6)


def test_gradual_unfreezing_moves_what_is_new_then_layers_then_words(data, tmp_path):
    """Two epochs a step; with attention, its join is new too."""
    model = fresh(unfreeze_epochs=2, epochs=6, weight_decay=0.01)
    states = [{name: value.detach().clone() for name, value in model.named_parameters()}]

    def keep(event):
        if event["kind"] == "epoch":
            states.append({name: value.detach().clone() for name, value in model.named_parameters()})

    fit(model, data, 1, CPU, tmp_path, keep)
    moved = [{name for name in before if not before[name].equal(after[name])} for before, after in pairwise(states)]
    words = {"embedding.weight", "encoder.embedding.weight", "projection.bias"}
    layers = {name for name in states[0] if ".layers." in name}
    new = {name for name in states[0] if name.startswith(("encoder.bridges", "decoder.attention", "decoder.join"))}
    assert new | layers | words == set(states[0]) and layers
    assert moved == [new] * 2 + [new | layers] * 2 + [new | layers | words] * 2


def test_adam_counts_the_steps_of_a_parameter_from_when_it_moves(data, tmp_path):
    model = fresh(unfreeze_epochs=1, epochs=3)
    fit(model, data, 1, CPU, tmp_path)
    state = torch.load(tmp_path / "last.ckpt", weights_only=True)["optimizer_states"][0]["state"]
    names = [name for name, _ in model.named_parameters()]
    steps = {names[number]: int(of["step"]) for number, of in state.items()}
    assert (steps["decoder.join.weight"], steps["decoder.layers.0.weight_ih_l0"], steps["embedding.weight"]) == (
        24, 16, 8,
    )  # fmt: skip


def test_a_training_that_rests_is_resumed_to_the_same_result(data, tmp_path):
    whole, cut, resumed = (fresh(unfreeze_epochs=1, epochs=3) for _ in range(3))
    undisturbed = fit(whole, data, 1, CPU, tmp_path / "whole")

    def kill(event):
        if event["kind"] == "step" and (event["epoch"], event["step"]) == (1, 3):
            raise Killed

    with pytest.raises(Killed):
        fit(cut, data, 1, CPU, tmp_path / "cut", kill)
    assert fit(resumed, data, 1, CPU, tmp_path / "cut") == undisturbed
    assert weights(resumed) == weights(whole)


def test_clipping_and_momentum_reach_the_optimizer(data, tmp_path):
    clipped, free = fresh(clip=1e-6), fresh()
    history = fit(clipped, data, 1, CPU, tmp_path / "a")
    fit(free, data, 1, CPU, tmp_path / "b")
    assert weights(clipped) != weights(free)
    assert {row["momentum"] for row in history} == {0.8}


@pytest.mark.parametrize("settings", [{"clip": None}, {"clip": 1.0}, TRANSFORMER])
def test_mixed_precision_trains(data, tmp_path, settings):
    model = fresh(**settings)
    history = fit(model, data, 1, Hardware(accelerator="cpu", devices=1, precision="bf16-mixed"), tmp_path)
    assert all(np.isfinite(row["train_loss"]) for row in history)
    assert history[-1]["train_loss"] < history[0]["train_loss"]


def test_too_many_processes_are_refused(data):
    from quoi.translation.train import Training

    training = Training(fresh(batch_size=64), data, 1)

    class Trainer:
        current_epoch, global_rank, world_size = 0, 0, 2

    training._trainer = Trainer()
    with pytest.raises(QuoiError, match="2 processes cannot share 1 batches"):
        training.train_dataloader()


def test_it_learns_to_reverse_a_sequence(tmp_path):
    """The whole of training, search and scoring on a task that needs order, words and length."""
    rng = np.random.default_rng(0)
    sources = [rng.integers(4, 14, rng.integers(2, 7)) for _ in range(1300)]
    pairs = [(np.append(s, EOS), np.append(s[::-1], EOS)) for s in sources]
    data = Data([s for s, _ in pairs], [t for _, t in pairs], np.arange(1200), np.arange(1200, 1300))
    settings = Translation(
        hidden=48, batch_size=32, epochs=12, learning_rate=8e-3, forcing_epochs=8, loss="tokens",
        dropout_embedding=0.0, dropout_encoder=0.0, dropout_decoder=0.0, dropout_output=0.0, **VARIANTS["all"],
    )  # fmt: skip
    table = VectorTable(np.zeros((14, 32), np.float32), np.zeros(14, bool))
    model = build(settings, table, table, 1)
    fit(model, data, 1, CPU, tmp_path)
    found = scores.translate(model, [data.sources[r] for r in data.validation], 8, 50, Search(beam=3))
    right = [ids == data.targets[row].tolist() for row, ids in zip(data.validation, found, strict=True)]
    assert np.mean(right) > 0.9
