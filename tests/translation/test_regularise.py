"""The regularisation of an AWD-LSTM: what falls, for how long, and what is added to the loss."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from quoi.params import Translation
from quoi.translation import regularise
from quoi.translation.regularise import Penalty, VariationalDropout, WeightDrop, WordDropout
from tests.translation.conftest import VARIANTS, make_batch, make_model

AWD = {
    "variational": True,
    "dropout_output": 0.4,
    "dropout_decoder": 0.3,
    "dropout_encoder": 0.3,
    "dropout_embedding": 0.3,
    "dropout_words": 0.2,
    "dropout_weights": 0.3,
    "activation_penalty": 2.0,
    "temporal_penalty": 1.0,
}


def test_variational_dropout_drops_the_same_values_of_a_sentence_at_every_word():
    torch.manual_seed(0)
    drop = VariationalDropout(0.5).train()
    steps = [drop(torch.ones(4, 50)) for _ in range(3)]
    assert all(torch.equal(step, steps[0]) for step in steps)
    assert not torch.equal(steps[0][0], steps[0][1])
    assert torch.equal(drop(torch.ones(2, 50)), steps[0][:2])  # the first sentences go on
    assert torch.equal(drop(torch.ones(7, 4, 50))[6], steps[0])
    assert torch.equal(drop(torch.ones(3, 50), torch.tensor([1, 1, 3])), steps[0][[1, 1, 3]])


@pytest.mark.parametrize("drop", [VariationalDropout(0.3), WeightDrop(0.3)])
def test_masks_keep_the_mean_and_are_off_in_evaluation(drop):
    torch.manual_seed(0)
    values = torch.ones(500, 400)
    dropped = drop.train()(values)
    assert dropped.mean() == pytest.approx(1, abs=0.01)
    assert (dropped == 0).float().mean() == pytest.approx(0.3, abs=0.01)
    assert torch.equal(drop.eval()(values), values)


def test_word_dropout_drops_a_word_wherever_it_stands():
    torch.manual_seed(0)
    drop, embedding = WordDropout(0.5).train(), nn.Embedding(40, 6)
    words = torch.arange(40).repeat(2, 1)
    vectors = drop(words, embedding)
    assert torch.equal(vectors[0], vectors[1])
    fallen = (vectors[0] == 0).all(dim=1)
    assert 8 < fallen.sum() < 32
    torch.testing.assert_close(vectors[0][~fallen], 2 * embedding.weight[~fallen])


def test_a_new_batch_has_new_masks():
    model = make_model(**VARIANTS["all"], **AWD).train()
    masks = []
    for _ in range(2):
        model.loss(make_batch(), padding=False)
        masks.append(model.decoder.drop_output.mask.clone())
    assert not torch.equal(*masks)


def test_dropped_weights_are_the_same_at_every_step_of_a_batch_and_learn():
    model = make_model(dropout_weights=0.5, layers=1).train()
    regularise.begin(model)
    layer = model.decoder.layers[0]
    first, second = layer.weight_hh_l0.clone(), layer.weight_hh_l0.clone()
    assert torch.equal(first, second)
    assert 0.2 < (first == 0).float().mean() < 0.8
    model.loss(make_batch(), padding=False).backward()
    gradient = layer.parametrizations.weight_hh_l0.original.grad
    dropped = layer.parametrizations.weight_hh_l0[0].mask == 0
    assert (gradient[dropped] == 0).all()
    assert (gradient[~dropped] != 0).any()


def test_the_recurrent_layer_computes_with_the_weights_that_are_left():
    """The broken case: torch's recurrent layers keep a list of their weights, and could go on with the whole ones."""
    model = make_model(dropout_weights=0.9, layers=1)
    layer, inputs = model.decoder.layers[0], torch.randn(3, 2, 12)
    whole = layer.eval()(inputs)[0]
    dropped = layer.train()(inputs)[0]
    assert not torch.allclose(whole[1:], dropped[1:])
    plain = nn.GRU(12, 12)
    plain.load_state_dict({name: getattr(layer, name) for name in plain.state_dict()})
    torch.testing.assert_close(plain(inputs)[0], dropped)


def test_the_penalty_is_that_of_the_paper():
    settings = Translation(activation_penalty=2.0, temporal_penalty=3.0)
    outputs, hidden = torch.randn(4, 5, 6), torch.randn(4, 5, 6)
    penalty = Penalty(settings)
    for output, state in zip(outputs, hidden, strict=True):
        penalty.see(output, state)
    expected = 2 * outputs.square().mean() + 3 * (hidden[:-1] - hidden[1:]).square().mean()
    torch.testing.assert_close(penalty.total(), expected)


@pytest.mark.parametrize("forced", [None, True])
@pytest.mark.parametrize("name", ["forcing", "all"])
def test_the_penalty_is_added_to_the_loss_of_a_batch(name, forced):
    batch = make_batch()
    forced = forced and torch.ones(batch.target.shape, dtype=torch.bool)
    without, with_it = make_model(**VARIANTS[name]), make_model(**VARIANTS[name], activation_penalty=2.0)
    added = with_it.loss(batch, padding=False, forced=forced) - without.loss(batch, padding=False, forced=forced)
    assert added > 1e-4


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("name", ["forcing", "all"])
def test_a_model_with_all_of_it_trains_every_parameter(name, cell):
    model = make_model(**VARIANTS[name], **AWD, cell=cell).train()
    model.loss(make_batch(), padding=False).backward()
    assert [name for name, weight in model.named_parameters() if weight.grad is None] == []


def test_in_evaluation_a_model_with_all_of_it_is_the_one_without():
    with_it, without = make_model(**VARIANTS["all"], **AWD), make_model(**VARIANTS["all"])
    state = {name.replace("parametrizations.", "").replace(".original", ""): value
             for name, value in with_it.state_dict().items()}  # fmt: skip
    without.load_state_dict(state)
    assert with_it.eval().losses(make_batch()) == without.eval().losses(make_batch())
