"""The small parts of an experiment: flattened settings, and the folder in which a training can go on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quoi.jobs import experiment
from quoi.params import Params
from quoi.params.decisive import translation as parameters
from quoi.params.settings import flat

SETTINGS = {"profile": "test", "variants": {"plain": {}, "wide": {"hidden": 99}}}


@pytest.fixture
def work(tmp_path, monkeypatch):
    """The name of the work folder for some settings, in a folder with inputs."""
    monkeypatch.chdir(tmp_path)
    for name in ("data/ids/pairs.safetensors", "data/vectors/target.safetensors", "data/text/target.safetensors"):
        Path(name).parent.mkdir(parents=True)
        Path(name).write_bytes(b"inputs")
    return lambda variant="plain", **changed: experiment._workplace(Params(**(SETTINGS | changed)), variant)


def test_flat_settings_have_dotted_keys():
    assert flat({"a": {"b": {"c": 1}, "d": [2]}, "e": None}) == {"a.b.c": 1, "a.d": [2], "e": None}


def test_parameters_are_the_variants_own_and_leave_out_what_changes_no_number():
    flattened = parameters(Params(**SETTINGS), "wide")
    assert flattened["translation.hidden"] == 99 and flattened["corpus.atlas.seed"] == 2018
    assert flattened["hardware.threads"] == 1  # the order of a sum, and so its last digits, depends on it
    assert not [key for key in flattened if key.startswith(("vectors.published", "vectors.languages"))]
    mixed = parameters(
        Params(**SETTINGS, vectors={"languages": {"en": {"source": "glove", "path": "glove.txt"}}}), "plain"
    )
    assert mixed["vectors.languages.en.path"] == "glove.txt" and not [key for key in mixed if ".fr." in key]
    left_out = ("variants", "seeds", "report", "facts", "hardware.devices", "hardware.accelerator", "corpus.files")
    assert not [key for key in flattened if key.startswith(left_out)]


def test_the_work_folder_is_found_again_by_the_same_settings_and_inputs(work):
    assert work() == work()
    assert work() == work(seeds=[1, 2], report={"samples": 3})


def test_other_settings_have_another_work_folder(work):
    folders = {
        work(),
        work("wide"),
        work(languages={"source": "en", "target": "fr"}),
        work(translation={"epochs": 3}),
        work(search={"beam": 2}),
    }
    assert len(folders) == 5


def test_other_inputs_have_another_work_folder(work):
    before = work()
    Path("data/ids/pairs.safetensors").write_bytes(b"others")
    assert work() != before


def test_checkpoints_of_other_settings_are_thrown_away(work):
    old = work()
    old.mkdir(parents=True)
    (old / "last.ckpt").write_bytes(b"old")
    assert work().joinpath("last.ckpt").exists()
    work(translation={"epochs": 3})
    assert not old.exists()
    shutil.rmtree(experiment.WORK)
