"""A model folder: what is saved comes back, and what is damaged or foreign is one sentence."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from quoi.corpus.vocabulary import Vocabulary
from quoi.io.errors import QuoiError
from quoi.translation import saved
from tests.translation.conftest import SIZE, SOURCE_WORDS, TARGET_WORDS, TRANSFORMER, make_batch, make_model

SOURCE = Vocabulary.from_sentences([[f"mot{n}" for n in range(SOURCE_WORDS - 4)]], 1000)
TARGET = Vocabulary.from_sentences([[f"word{n}" for n in range(TARGET_WORDS - 4)]], 1000)


def description(model, seeds=(1, 2), best_seed=2) -> saved.Description:
    settings = model.settings.model_dump()
    return saved.Description("mine", "fr", "en", settings, list(seeds), best_seed, SIZE, SIZE, 9, 9, False)


@pytest.fixture
def models(variant) -> dict:
    """Two trainings of the variant."""
    return {seed: make_model(seed, **variant) for seed in (1, 2)}


@pytest.fixture
def folder(models, tmp_path):
    """A model folder of two seeds, the second the best."""
    saved.save(tmp_path, description(models[1]), SOURCE, TARGET)
    for seed, model in models.items():
        saved.save_weights(tmp_path / f"seed-{seed}.safetensors", model)
    return tmp_path


@pytest.fixture
def variant():
    """One variant is enough but where a test says otherwise."""
    return {"bidirectional": True, "attention": True, "forcing": True}


@pytest.mark.parametrize(
    "variant",
    [{}, {"bidirectional": True}, {"attention": True}, {"cell": "lstm"}, {"tied": False, "layers": 1}, TRANSFORMER],
)
def test_a_model_comes_back_with_its_losses(folder, models, variant):
    loaded, told, source, target = saved.load(folder)
    assert told == description(models[1]) and (source.words, target.words) == (SOURCE.words, TARGET.words)
    assert not loaded.training
    batch = make_batch()
    assert loaded.losses(batch) == models[2].eval().losses(batch)
    assert saved.load(folder, 1)[0].losses(batch) == models[1].eval().losses(batch)


def test_the_folder_is_text_and_weights_without_code(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "model.json", "seed-1.safetensors", "seed-2.safetensors", "source.txt", "target.txt"
    ]  # fmt: skip


def test_a_shared_weight_is_saved_once(folder, models):
    kept = load_file(folder / "seed-1.safetensors")
    assert len({tensor.data_ptr() for tensor in models[1].parameters()}) == len(kept)


def test_the_same_model_is_the_same_bytes(folder, models, tmp_path):
    saved.save_weights(tmp_path / "again.safetensors", models[1])
    assert (tmp_path / "again.safetensors").read_bytes() == (folder / "seed-1.safetensors").read_bytes()


def refused(folder, *parts: str, seed: int | None = None) -> None:
    with pytest.raises(QuoiError) as raised:
        saved.load(folder, seed)
    assert [part for part in parts if part not in str(raised.value)] == [], raised.value
    assert "\n" not in str(raised.value)


def test_a_folder_without_a_model(tmp_path):
    refused(tmp_path / "bidir", "holds no trained model: `dvc repro train@bidir` trains it, `dvc pull` fetches it")


def test_a_seed_that_was_not_trained(folder):
    refused(folder, "mine was not trained with seed 3; its seeds are 1, 2", seed=3)


@pytest.mark.parametrize("kept", [0, 7, 100, -1])
def test_truncated_weights(folder, kept):
    weights = folder / "seed-2.safetensors"
    weights.write_bytes(weights.read_bytes()[:kept])
    refused(folder, "seed-2.safetensors is damaged or not a safetensors file")


def test_weights_of_another_shape_or_with_other_names(folder):
    weights = load_file(folder / "seed-2.safetensors")
    name = sorted(weights)[0]
    save_file({**weights, name: torch.zeros(1)}, folder / "seed-2.safetensors")
    refused(folder, "holds the weights of another model", name)
    save_file({"other": torch.zeros(1)}, folder / "seed-2.safetensors")
    refused(folder, "holds the weights of another model")


def test_a_vocabulary_of_another_size(folder):
    Vocabulary.from_sentences([["un", "mot"]], 9).save(folder / "source.txt")
    refused(folder, "holds the weights of another model")


def test_missing_weights(folder):
    (folder / "seed-2.safetensors").unlink()
    refused(folder, "seed-2.safetensors is missing: `dvc pull` or `dvc repro train@")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"settings": {"hiden": 3}}, "describes no model"),
        ({"settings": {"hidden": "many"}}, "describes no model"),
        ({"settings": None}, "is not what this version of quoi writes: settings: "),
        ({"settings": {"layers": 1000}}, "holds the weights of another model"),
        ({"source_dimensions": "many"}, "is not what this version of quoi writes: source_dimensions: "),
        ({"source_dimensions": -3}, "greater than or equal to 1"),
        ({"max_target": 10**9}, "less than or equal to 10000"),
        ({"seeds": "12"}, "is not what this version of quoi writes: seeds: "),
        ({"source_language": "qq"}, "is not what this version of quoi writes: source_language: "),
        ({"added": 1}, "is not what this version of quoi writes: added: "),
    ],
)
def test_a_description_of_something_else(folder, models, change, sentence):
    told = asdict(replace(description(models[1]))) | change
    (folder / "model.json").write_text(json.dumps(told))
    refused(folder, "model.json", sentence)
