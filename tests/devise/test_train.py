"""The head and its training."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import save

from quoi.devise.head import Head, Standard
from quoi.devise.train import HISTORY, Batches, TrainingPictures, best_epoch, fit
from quoi.io.geometry import unit
from quoi.params import Hardware
from quoi.params.devise import Devise

CPU = Hardware(accelerator="cpu", devices=1)

pytestmark = pytest.mark.usefixtures("one_thread")


def examples(count: int = 48, labels: int = 12, views: int = 2, seed: int = 0, shift: float = 0.1) -> TrainingPictures:
    """Pictures that look like their label's word, through a map that is the same for all; views differ a little."""
    map_of = np.random.default_rng(99).standard_normal((6, 20))
    random = np.random.default_rng(seed)
    words = unit(random.standard_normal((labels, 6)))
    label_of = np.arange(count) % labels
    looks = (words[label_of] @ map_of)[:, None] + shift * random.standard_normal((count, views, 20))
    return TrainingPictures(unit(looks), label_of, words)


def devise(**settings) -> Devise:
    plain = {"hidden": 32, "batch_size": 16, "epochs": 4, "dropout_features": 0.0, "dropout_hidden": 0.0}
    return Devise.model_validate({**plain, **settings})


def weights(head: Head) -> bytes:
    return save(head.state_dict())


def test_features_are_standardized_and_every_layer_weighs_the_same():
    random = np.random.default_rng(0)
    features = (random.standard_normal((400, 9)) * np.arange(1, 10) + 7).astype(np.float32)
    standard = Standard.of(features, [6, 3])
    made = standard.apply(features)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    for row, given in zip(made[:5], features[:5], strict=True):
        plain = (given - features.mean(0)) / features.std(0)
        plain[:6] /= 6**0.5
        plain[6:] /= 3**0.5
        assert np.allclose(row, plain / np.linalg.norm(plain), atol=1e-4)
    assert (made[:, :6] ** 2).sum(1).mean() == pytest.approx(0.5, abs=0.05)


def test_a_feature_that_never_changes_does_no_harm():
    features = np.random.default_rng(0).standard_normal((10, 4)).astype(np.float32)
    features[:, 2] = 5
    made = Standard.of(features, [4]).apply(features)
    assert np.isfinite(made).all() and not made[:, 2].any()


def test_an_epoch_is_every_picture_once_but_what_is_left_over():
    given = examples(count=50, labels=50, views=3)
    batches = Batches(given, 16, torch.Generator().manual_seed(1))
    first, second = list(batches), list(batches)
    assert len(batches) == len(first) == 3
    numbers = torch.cat([labels for _, _, labels in first]).tolist()
    assert len(set(numbers)) == 48 and numbers != torch.cat([labels for _, _, labels in second]).tolist()
    seen = set()
    for features, targets, labels in first:
        assert (targets == torch.from_numpy(given.words)[labels]).all()
        for row, label in zip(features.numpy(), labels.tolist(), strict=True):
            (view,) = np.flatnonzero((given.features[label] == row).all(1))
            seen.add(int(view))
    assert seen == {0, 1, 2}


def test_few_pictures_are_one_batch():
    (batch,) = Batches(examples(count=5, labels=5), 16, torch.Generator())
    assert len(batch[0]) == 5


def test_it_learns_a_small_batch_by_heart():
    given = examples(count=16, labels=16, views=1)
    head, history = fit(given, None, 60, devise(epochs=60), CPU, 1)
    assert history[-1]["train_loss"] < 0.02
    assert ((head.predict(given.features[:, 0]) @ given.words.T).argmax(1) == given.label_of).all()


def test_without_a_hidden_layer_the_head_is_linear_and_learns():
    given = examples()
    head, history = fit(given, None, 8, devise(epochs=8, hidden=None), CPU, 1)
    head.eval()
    assert history[-1]["train_loss"] < 0.7 * history[0]["train_loss"]
    one, other = torch.from_numpy(given.features[:2, 0])
    with torch.inference_mode():
        ends, middle = head(torch.stack([one, other])), head((one + other)[None] / 2)
    assert torch.allclose(ends.mean(0), middle[0], atol=1e-5)


@pytest.mark.parametrize("loss", ["cosine", "l1", "mse", "ranking"])
def test_every_loss_falls(loss):
    _, history = fit(examples(), None, 8, devise(epochs=8, loss=loss), CPU, 1)
    losses = [row["train_loss"] for row in history]
    assert losses[-1] < 0.7 * losses[0]


def test_same_seed_same_bytes_other_seed_other_bytes():
    held_out = examples(count=10, labels=5, seed=7)
    settings = devise(dropout_features=0.2, dropout_hidden=0.5)
    trained = [fit(examples(), held_out, 3, settings, CPU, seed) for seed in (1, 1, 2)]
    assert weights(trained[0][0]) == weights(trained[1][0]) != weights(trained[2][0])
    assert trained[0][1] == trained[1][1] != trained[2][1]
    # Looking at held-out pictures changes nothing of the training.
    assert weights(fit(examples(), None, 3, settings, CPU, 1)[0]) == weights(trained[0][0])


def test_the_history_has_losses_ranks_and_rates():
    held_out, reported = examples(count=10, labels=5, seed=7), []
    head, history = fit(examples(), held_out, 4, devise(early_stop=None), CPU, 1, reported.append)
    assert reported == history and [row["epoch"] for row in history] == [1, 2, 3, 4]
    assert all(tuple(row) == HISTORY for row in history)
    near = head.predict(held_out.features[:, 0]) @ held_out.words.T
    true = near[np.arange(10), held_out.label_of]
    ranks = [sum(cosine >= own for cosine in row) for row, own in zip(near, true, strict=True)]
    assert history[-1]["dev_mrr"] == pytest.approx(np.mean([1 / place for place in ranks]))
    assert history[-1]["dev_loss"] == pytest.approx(1 - true.mean(), abs=1e-5)
    assert max(row["learning_rate"] for row in history) <= 1e-2 > history[-1]["learning_rate"] * 100


def test_a_training_stops_when_held_out_labels_are_found_no_better():
    # Held-out pictures that say nothing: their labels are found by chance.
    noise = unit(np.random.default_rng(3).standard_normal((20, 1, 20)))
    held_out = TrainingPictures(noise, np.arange(20) % 10, examples(labels=10, seed=7).words)
    _, history = fit(examples(), held_out, 40, devise(epochs=40, early_stop=2), CPU, 1)
    assert len(history) < 40 and len(history) == best_epoch(history) + 2
    _, patient = fit(examples(), held_out, 40, devise(epochs=40, early_stop=None), CPU, 1)
    assert len(patient) == 40 and patient[: len(history)] == history


def test_fewer_epochs_are_the_first_of_more():
    settings = devise(epochs=6)
    _, whole = fit(examples(), None, 6, settings, CPU, 1)
    _, part = fit(examples(), None, 2, settings, CPU, 1)
    assert part == whole[:2]


def test_the_best_epoch_is_the_last_of_the_best():
    history = [{"epoch": epoch, "dev_mrr": value} for epoch, value in enumerate((0.1, 0.4, 0.4, 0.3), 1)]
    assert best_epoch(history) == 3
    assert best_epoch(history[:1]) == 1


def test_a_prediction_does_not_depend_on_the_others():
    given = examples(count=30)
    head, _ = fit(given, None, 2, devise(), CPU, 1)
    features = given.features[:, 0]
    whole = head.predict(features)
    alone = np.concatenate([head.predict(features[row : row + 1]) for row in range(30)])
    assert np.allclose(whole, alone, atol=1e-5) and np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)
    many = head.predict(np.tile(features, (300, 1)))
    assert np.allclose(many[-30:], whole, atol=1e-5)
    assert head.predict(features[:0]).shape == (0, 6)
