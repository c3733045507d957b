"""`quoi checks` after params.yaml has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from quoi.cli.checks import checks, of_other_settings
from quoi.io import yaml
from quoi.records.checks import Measures, settle
from tests.imports import ROOT


def change(folder: Path, **settings) -> None:
    """Write params.yaml as it is committed, but for some settings."""
    given = yaml.load((ROOT / "params.yaml").read_bytes())
    (folder / "params.yaml").write_text(json.dumps(given | settings))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    change(tmp_path, seeds=[1, 2], tokens={"straight_apostrophes": True})
    stages = {
        "tokenize": {
            "params": {"params.yaml": {"tokens.straight_apostrophes": True}},
            "outs": [{"path": "data/tokens.parquet", "md5": "a"}],
        },
        "numericalize": {
            "deps": [{"path": "data/tokens.parquet", "md5": "a"}],
            "outs": [{"path": "data/ids", "md5": "b.dir"}],
        },
        "fetch_images": {"params": {"params.yaml": {"seeds": [1, 2]}}},
    }
    (tmp_path / "dvc.lock").write_text(json.dumps({"schema": "2.0", "stages": stages}))
    for stage, key in (("tokenize", "longest"), ("numericalize", "empty"), ("fetch_images", "labels")):
        settle(stage, Measures({key: 0.0}), "warn")
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(checks, arguments)


def test_nothing_is_said_where_all_ran_with_these_settings(folder):
    assert of_other_settings() == set()
    done = run()
    assert done.stderr == "" and "numericalize" in done.stdout


def test_a_stage_of_other_settings_and_all_that_read_its_output_are_named(folder):
    change(folder, seeds=[1, 2], tokens={"straight_apostrophes": False})
    assert of_other_settings() == {"tokenize", "numericalize"}
    assert "until `dvc repro`: tokenize, numericalize." in run().stderr
    assert "tokenize" in run("tokenize").stderr and run("fetch_images").stderr == ""


def test_a_section_that_is_gone_is_other_settings(folder):
    change(folder, seeds=[1, 2], tokens=None)
    assert "tokenize" in of_other_settings()


def test_a_variant_that_params_yaml_lacks_is_not_shown(folder):
    settle("train@old", Measures({"gap": 0.0}), "warn")
    assert "train@old" not in run().stdout
    done = run("train@old")
    assert done.exit_code == 1 and "train@old has left no checks" in str(done.exception)
