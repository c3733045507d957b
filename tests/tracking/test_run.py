from __future__ import annotations

import hashlib
import sqlite3

import pytest

from quoi.io.errors import QuoiError
from quoi.repo.git import GitState
from quoi.tracking import record, store
from quoi.tracking.run import LONGEST_VALUE, Run, shortened


@pytest.fixture
def client(root):
    return store.connect(root)


def begin(client, **params) -> Run:
    return record.start(client, "baseline", 1, params, GitState("unknown", "unknown"))


def test_parameters_tags_and_name(client):
    run = begin(client, **{"translation.epochs": 3, "corpus.source": "atlas"})
    kept = client.get_run(run.run_id)
    assert kept.data.params == {"translation.epochs": "3", "corpus.source": "atlas", "variant": "baseline", "seed": "1"}
    assert kept.data.tags["quoi.variant"] == "baseline"
    assert (kept.info.run_name, kept.info.status) == ("baseline seed 1", "RUNNING")


def test_more_parameters_than_a_batch_holds(client):
    run = begin(client, **{f"key{n}": n for n in range(250)})
    assert len(client.get_run(run.run_id).data.params) == 250 + len(("variant", "seed"))


def test_long_value_is_cut_and_keeps_its_digest(client):
    value = "x" * 7000
    run = begin(client, long=value)
    kept = client.get_run(run.run_id).data.params["long"]
    assert len(kept) == LONGEST_VALUE
    assert kept.endswith(hashlib.sha256(value.encode()).hexdigest())
    assert shortened("y" * LONGEST_VALUE) == "y" * LONGEST_VALUE


def test_epoch_metrics_have_steps(client):
    run = begin(client)
    for epoch in (1, 2, 3):
        run.log_epoch(
            {"kind": "epoch", "seed": 1, "epoch": epoch, "lesson_loss": 4 / epoch, "forcing": None}, step=epoch
        )
    points = client.get_metric_history(run.run_id, "lesson_loss")
    assert [(point.step, point.value) for point in points] == [(1, 4.0), (2, 2.0), (3, pytest.approx(4 / 3))]
    assert set(client.get_run(run.run_id).data.metrics) == {"lesson_loss"}


def test_scores_are_the_last_values_and_repeat_no_epoch(client):
    run = begin(client)
    run.log_epoch({"lesson_loss": 3.0, "token_loss_free": 2.5}, step=4)
    run.finish({"lesson_loss": 3.0, "token_loss_free": 2.25, "bleu_beam": 30.0})
    metrics = client.get_run(run.run_id).data.metrics
    assert metrics == {"lesson_loss": 3.0, "token_loss_free": 2.25, "bleu_beam": 30.0}
    assert len(client.get_metric_history(run.run_id, "lesson_loss")) == 1
    assert [point.step for point in client.get_metric_history(run.run_id, "bleu_beam")] == [4]
    assert client.get_run(run.run_id).info.status == "FINISHED"


def test_files_and_folders_are_kept(client, root):
    (root / "pictures").mkdir()
    (root / "pictures/a.txt").write_text("a")
    (root / "scores.json").write_text("{}")
    run = begin(client)
    run.finish(artifacts=["scores.json", "pictures"])
    assert {entry.path for entry in client.list_artifacts(run.run_id)} == {"scores.json", "pictures"}
    assert [entry.path for entry in client.list_artifacts(run.run_id, "pictures")] == ["pictures/a.txt"]


@pytest.mark.parametrize(("error", "status"), [(ValueError, "FAILED"), (KeyboardInterrupt, "KILLED")])
def test_a_block_that_fails_ends_the_run(client, error, status):
    run = begin(client)
    with pytest.raises(error), run:
        raise error
    assert client.get_run(run.run_id).info.status == status


def test_a_lock_during_an_epoch_loses_nothing(client, root, monkeypatch):
    run = begin(client)
    log_batch = client.log_batch

    def locked(*_, **__):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(client, "log_batch", locked)
    run.log_epoch({"lesson_loss": 3.0}, step=1)
    monkeypatch.setattr(client, "log_batch", log_batch)
    run.log_epoch({"lesson_loss": 2.0}, step=2)
    assert [point.step for point in client.get_metric_history(run.run_id, "lesson_loss")] == [1, 2]
    monkeypatch.setattr(client, "log_batch", locked)
    with pytest.raises(QuoiError, match="locked"):
        run.finish({"exact": 0.5})
