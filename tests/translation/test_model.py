"""The model against the plain port: losses, gradients, independence of batch mates, no look ahead, and learning."""

from __future__ import annotations

import math

import pytest
import torch

from quoi.corpus.batches import collate
from quoi.corpus.vocabulary import PAD
from tests import reference
from tests.translation.conftest import (
    SOURCE_WORDS,
    TARGET_WORDS,
    VARIANTS,
    make_batch,
    make_model,
    make_sentences,
)


def forcing_mask(batch, probability: float) -> torch.Tensor | None:
    if probability == 0:
        return None
    return torch.rand(batch.target.shape, generator=torch.Generator().manual_seed(3)) < probability


def assert_like_the_plain_port(model, batch, padding: bool, forced: torch.Tensor | None) -> None:
    """Loss and every parameter's gradient."""
    model.loss(batch, padding=padding, forced=forced).backward()
    ours = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()

    logits = reference.decode(model, batch.source, batch.source_lengths, 30, batch.target, forced)
    plain = (reference.lesson_loss if padding else reference.token_loss)(logits, batch.target)
    plain.backward()

    torch.testing.assert_close(model.loss(batch, padding=padding, forced=forced), plain, rtol=1e-5, atol=1e-6)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(ours[name], parameter.grad, rtol=1e-4, atol=1e-6, msg=name)


@pytest.mark.parametrize("probability", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("padding", [False, True])
def test_loss_and_gradients_are_those_of_the_plain_port(variant, padding, probability):
    batch = make_batch()
    assert_like_the_plain_port(make_model(**variant), batch, padding, forcing_mask(batch, probability))


@pytest.mark.parametrize(
    "settings",
    [{"activation": "relu"}, {"layers": 1}, {"tied": False}, {"cell": "lstm"}, {"bidirectional": "first", "layers": 3}],
)
@pytest.mark.parametrize("name", ["forcing", "all"])
def test_switches_leave_loss_and_gradients_those_of_the_plain_port(name, settings):
    batch = make_batch()
    assert_like_the_plain_port(make_model(**VARIANTS[name] | settings), batch, False, forcing_mask(batch, 0.5))


@pytest.mark.parametrize("name", ["baseline", "all"])
def test_gradients_in_bf16_are_close_to_those_in_full_precision(name):
    model, batch = make_model(**VARIANTS[name]), make_batch(count=20)
    forced = torch.ones(batch.target.shape, dtype=torch.bool)  # so that no rounding changes the words read
    model.loss(batch, padding=False, forced=forced).backward()
    full = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    with torch.autocast("cpu", torch.bfloat16):
        loss = model.loss(batch, padding=False, forced=forced)
    loss.backward()
    for name, parameter in model.named_parameters():
        off = (parameter.grad - full[name]).norm() / full[name].norm()
        assert off < 0.1, name


@pytest.mark.parametrize("settings", [{"cell": "lstm"}, {"activation": "relu"}, {"layers": 1}, {"tied": False}])
def test_every_switch_trains_all_parameters(settings):
    model = make_model(**VARIANTS["all"], **settings)
    model.loss(make_batch(), padding=False, forced=None).backward()
    without = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    assert without == []
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())


def test_frozen_vectors_stay_and_all_else_learns():
    model = make_model(**VARIANTS["all"], freeze_vectors=True)
    model.loss(make_batch(), padding=False).backward()
    frozen = [name for name, weight in model.named_parameters() if weight.grad is None]
    assert frozen == ["encoder.embedding.weight", "embedding.weight"]


def test_tied_weights_are_one_parameter():
    tied, free = make_model(tied=True), make_model(tied=False)
    assert tied.projection.weight is tied.embedding.weight
    assert free.projection.weight is not free.embedding.weight


def test_validation_losses_are_those_of_the_plain_port(variant):
    model, batch = make_model(**variant).eval(), make_batch()
    losses = model.losses(batch)
    free = reference.decode(model, batch.source, batch.source_lengths, len(batch.target))
    forced = reference.decode(
        model, batch.source, batch.source_lengths, 30, batch.target, torch.ones(batch.target.shape, dtype=torch.bool)
    )
    assert losses.lesson / losses.positions == pytest.approx(reference.lesson_loss(free, batch.target).item(), rel=1e-5)
    assert losses.free / losses.tokens == pytest.approx(reference.token_loss(free, batch.target).item(), rel=1e-5)
    assert losses.forced / losses.tokens == pytest.approx(reference.token_loss(forced, batch.target).item(), rel=1e-5)


def test_a_batch_that_predicts_padding_ends_with_uniform_loss():
    model, batch = make_model(), make_batch()
    with torch.no_grad():
        model.projection.bias[PAD] = 50.0
    expected = reference.lesson_loss(reference.decode(model, batch.source, batch.source_lengths, 30), batch.target)
    assert len(reference.decode(model, batch.source, batch.source_lengths, 30)) == 1
    torch.testing.assert_close(model.loss(batch, padding=True), expected)
    losses = model.eval().losses(batch)
    assert losses.lesson / losses.positions == pytest.approx(expected.item(), rel=1e-5)
    # What real tokens cost does not depend on where the batch stopped.
    assert losses.free / losses.tokens > 10 * math.log(TARGET_WORDS)


def test_losses_of_real_tokens_do_not_depend_on_batch_mates(kind):
    model = make_model(**kind).eval()
    sources, targets = make_sentences(7, SOURCE_WORDS, 5), make_sentences(7, TARGET_WORDS, 6)
    together = model.losses(collate(sources, targets, range(7)))
    alone = [model.losses(collate(sources, targets, [row])) for row in range(7)]
    assert together.free == pytest.approx(sum(each.free for each in alone), rel=1e-5)
    assert together.forced == pytest.approx(sum(each.forced for each in alone), rel=1e-5)
    assert together.tokens == sum(each.tokens for each in alone)


def test_extra_padding_changes_nothing(kind):
    model, batch = make_model(**kind).eval(), make_batch()
    padded = torch.cat((batch.source, torch.full((4, len(batch)), PAD)))
    state, memory = model.encode(batch.source, batch.source_lengths)
    wider, wider_memory = model.encode(padded, batch.source_lengths)
    words = batch.target[0]
    torch.testing.assert_close(model.step(words, state, memory)[0], model.step(words, wider, wider_memory)[0])


def test_future_words_cannot_leak(kind):
    """The loss of a prefix stays the same whatever target words follow it."""
    model = make_model(**kind).eval()
    source = make_sentences(1, SOURCE_WORDS, 1)
    target = make_sentences(1, TARGET_WORDS, 2, shortest=6, longest=6)
    changed = target[0].copy()
    changed[-3:] = (changed[-3:] + 5) % (TARGET_WORDS - 4) + 4
    prefixes = []
    for words in (target[0], changed):
        batch = collate(source, [words], [0])
        first, memory = model.encode(batch.source, batch.source_lengths)
        prefixes.append(model._forced_losses(batch, first, memory)[:-3])
    torch.testing.assert_close(*prefixes, rtol=0, atol=0)


def test_every_variant_overfits_one_batch(kind):
    model, batch = make_model(**{"hidden": 32, **kind}), make_batch(4)
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    for _ in range(150):
        optimizer.zero_grad()
        loss = model.loss(batch, padding=True, forced=forcing_mask(batch, 0.5 if kind.get("forcing") else 0))
        loss.backward()
        optimizer.step()
    assert model.loss(batch, padding=True).item() < 0.1


def test_dropout_acts_in_training_only(kind):
    model, batch = make_model(**kind, dropout_output=0.5), make_batch()
    assert model.loss(batch, padding=False).item() != model.loss(batch, padding=False).item()
    model.eval()
    assert model.loss(batch, padding=False).item() == model.loss(batch, padding=False).item()
