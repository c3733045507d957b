"""The Transformer against a plain one, sentence by sentence; what it shares with the others is tested with them."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F

from quoi.corpus.vocabulary import BOS
from quoi.params import Translation
from quoi.translation.schedules import forcing_mask
from tests import reference
from tests.translation.conftest import SIZE, TRANSFORMER, make_batch, make_model


def plain_decode(model, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Logits (T, V) of one sentence's target words (T,), of which each sees the true ones before it."""
    encoder, decoder = model.encoder, model.decoder
    known = plain_entrance(encoder.enter, encoder.embedding(source))
    for layer in encoder.layers:
        inner = layer.norm1(known)
        known = known + plain_attention(layer.self_attn, inner, [inner] * len(inner))
        known = known + plain_feed_forward(layer, layer.norm2(known))
    known = encoder.norm(known)
    words = torch.cat((torch.tensor([BOS]), target[:-1]))
    words = plain_entrance(decoder.enter, model.embedding(words))
    for layer in decoder.layers:
        inner = layer.norm1(words)
        words = words + plain_attention(layer.self_attn, inner, [inner[: t + 1] for t in range(len(inner))])
        words = words + plain_attention(layer.multihead_attn, layer.norm2(words), [known] * len(words))
        words = words + plain_feed_forward(layer, layer.norm3(words))
    outputs = decoder.leave(decoder.norm(words))
    return model.projection(outputs / math.sqrt(outputs.shape[1]) if model.settings.tied else outputs)


def plain_entrance(enter, vectors: torch.Tensor) -> torch.Tensor:
    inputs = enter.resize(vectors)
    half = inputs.shape[1] // 2
    places = [
        [f(t / 10_000 ** (2 * i / inputs.shape[1])) for f in (math.sin, math.cos) for i in range(half)]
        for t in range(len(inputs))
    ]
    return inputs + torch.tensor(places)


def plain_attention(attention, words: torch.Tensor, seen: list[torch.Tensor]) -> torch.Tensor:
    """What words (T, D) make of what each of them sees, (S_t, D): one word and one head at a time."""
    heads, size = attention.num_heads, words.shape[1]
    weights, biases = attention.in_proj_weight.view(3, heads, -1, size), attention.in_proj_bias.view(3, heads, -1)
    rows = []
    for word, others in zip(words, seen, strict=True):
        found = []
        for head in range(heads):
            query, keys, values = (
                F.linear(x, weights[n, head], biases[n, head]) for n, x in enumerate((word, others, others))
            )
            found.append(torch.softmax(keys @ query / math.sqrt(size // heads), dim=0) @ values)
        rows.append(attention.out_proj(torch.cat(found)))
    return torch.stack(rows)


def plain_feed_forward(layer, words: torch.Tensor) -> torch.Tensor:
    return layer.linear2(torch.relu(layer.linear1(words)))


def plain_logits(model, batch) -> torch.Tensor:
    """(T, B, V), each sentence without its source's padding."""
    columns = zip(batch.source.t(), batch.source_lengths, batch.target.t(), strict=True)
    return torch.stack([plain_decode(model, source[:length], target) for source, length, target in columns], dim=1)


def forced(batch) -> torch.Tensor:
    return torch.ones(batch.target.shape, dtype=torch.bool)


@pytest.mark.parametrize("settings", [{}, {"hidden": SIZE, "layers": 1}, {"tied": False, "heads": 2}])
@pytest.mark.parametrize("padding", [False, True])
def test_loss_and_gradients_are_those_of_a_plain_transformer(padding, settings):
    model, batch = make_model(**TRANSFORMER | settings), make_batch(4)
    loss = model.loss(batch, padding=padding, forced=forced(batch))
    loss.backward()
    ours = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    plain = (reference.lesson_loss if padding else reference.token_loss)(plain_logits(model, batch), batch.target)
    plain.backward()
    torch.testing.assert_close(loss, plain, rtol=1e-5, atol=1e-6)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(ours[name], parameter.grad, rtol=1e-4, atol=1e-6, msg=name)


@pytest.mark.parametrize("training", [True, False])  # torch has other code for each
def test_step_by_step_is_all_at_once(training):
    model, batch = make_model(**TRANSFORMER).train(training), make_batch()
    state, memory = model.encode(batch.source, batch.source_lengths)
    words = torch.cat((torch.full_like(batch.target[:1], BOS), batch.target[:-1]))
    together, _ = model.decoder.sequence(model.embedding(words), state, memory)
    steps = []
    for word in words:
        logits, state, _ = model.step(word, state, memory)
        steps.append(logits)
    torch.testing.assert_close(torch.stack(steps), model.projection(together), rtol=1e-4, atol=1e-5)


def test_validation_reads_the_true_words_and_its_own():
    model, batch = make_model(**TRANSFORMER).eval(), make_batch(4)
    losses = model.losses(batch)
    plain = reference.token_loss(plain_logits(model, batch), batch.target).item()
    assert losses.forced / losses.tokens == pytest.approx(plain, rel=1e-5)
    with torch.no_grad():
        assert losses.free / losses.tokens == pytest.approx(model.loss(batch, padding=False).item(), rel=1e-5)


def test_a_word_is_another_at_another_place():
    model = make_model(**TRANSFORMER).eval()
    (first, memory), word = model.encode(torch.tensor([[5], [6], [5]]), torch.tensor([3])), torch.tensor([5])
    once, state, _ = model.step(word, first, memory)
    twice, *_ = model.step(word, state, memory)
    assert not torch.allclose(memory.outputs[0, 0], memory.outputs[0, 2], atol=1e-3)
    assert not torch.allclose(once, twice, atol=1e-3)


def test_first_logits_are_near_even_where_word_vectors_are_the_outputs_weights():
    model, batch = make_model(**TRANSFORMER), make_batch()
    losses = model.losses(batch)
    assert losses.forced / losses.tokens == pytest.approx(math.log(model.projection.out_features), rel=0.5)


@pytest.mark.parametrize("epoch", [0, 50])
def test_every_step_of_its_training_reads_the_true_word(epoch):
    settings = Translation(**TRANSFORMER, forcing_start=0.1, forcing_epochs=2)
    assert forcing_mask(settings, epoch, (3, 4), torch.Generator()).all()
