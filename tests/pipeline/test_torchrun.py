"""Several processes for one training, started as docs/models.md has it."""

from __future__ import annotations

import json
import math
import shutil

import pytest

from tests.workspace import Workspace

pytestmark = pytest.mark.pipeline

VARIANT = "baseline"


def statuses(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The status of the MLflow run of each of the variant's trainings."""
    from quoi.tracking import store

    with monkeypatch.context() as patch:
        patch.chdir(workspace.folder)
        client = store.connect()
        runs = client.search_runs([store.experiment_id(client)], f"tags.`quoi.variant` = '{VARIANT}'")
    return [run.info.status for run in runs if "quoi.seed" in run.data.tags]


def test_two_processes_train_one_model_and_one_of_them_writes(trained, monkeypatch):
    before = statuses(trained, monkeypatch)
    for name in (f"models/{VARIANT}", f"reports/translation/variants/{VARIANT}"):
        shutil.rmtree(trained.folder / name)
    trained.change("hardware.accelerator", "cpu")
    trained.change("hardware.devices", 2)
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    trained.run("torchrun", "--nproc_per_node", "2", "stages/train.py", VARIANT)
    metrics = trained.folder / f"reports/translation/variants/{VARIANT}/metrics.json"
    (record,) = json.loads(metrics.read_text(encoding="utf-8"))["record"]
    assert all(math.isfinite(scores["lesson_loss"]) for scores in record["seeds"].values())
    weights = {path.name for path in (trained.folder / f"models/{VARIANT}").glob("*.safetensors")}
    assert weights == {f"seed-{seed}.safetensors" for seed in record["seeds"]}
    after = statuses(trained, monkeypatch)
    assert len(after) == len(before) + len(record["seeds"]) and set(after) == {"FINISHED"}
