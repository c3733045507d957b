from __future__ import annotations

import json
import shutil
import sqlite3

import pytest

from quoi.io.errors import QuoiError
from quoi.records import devise_record, training
from quoi.repo.git import GitState, state
from quoi.tracking import backfill, record, serving, store
from tests.record import history_rows, write_record
from tests.report.gallery_repository import record as made_up


@pytest.fixture(autouse=True)
def logged(monkeypatch) -> list[str]:
    """Models are not made here (see test_serving): the folders that would have been."""
    folders: list[str] = []

    def log_model(client, run_id, folder, name="translator"):
        folders.append(str(folder))
        return f"models:/m-{len(folders)}"

    monkeypatch.setattr(serving, "log_model", log_model)
    return folders


def runs(deleted: bool = False):
    """The runs of trainings; those above them are left out."""
    from mlflow.entities import ViewType

    client = store.connect()
    view = ViewType.ALL if deleted else ViewType.ACTIVE_ONLY
    found = client.search_runs([store.experiment_id(client)], run_view_type=view)
    return [run for run in found if store.SEEDS_TAG not in run.data.tags]


def train_live(root, variant: str) -> None:
    """What the stage does: a run that is written as the epochs end, then the record, then the end of the run."""
    content = json.loads((root / f"reports/translation/variants/{variant}/metrics.json").read_text())["record"][0]
    client = store.connect()
    live = {}
    for seed in content["seeds"]:
        live[int(seed)] = record.start(client, variant, int(seed), content["parameters"], state(root))
        for row in history_rows(int(seed), 3.5, epochs=3):
            live[int(seed)].log_epoch({**row, "tokens_per_second": 1000.0}, step=row["epoch"])
    record.complete(live, record.read_record(root / "reports/translation/variants" / variant), root)


def test_import_makes_each_run_once(root):
    write_record(root, "baseline")
    write_record(root, "all")
    assert backfill.bring().runs == ["all seed 1", "all seed 2", "baseline seed 1", "baseline seed 2"]
    assert backfill.bring().runs == []
    assert len(runs(deleted=True)) == 4


def test_imported_run_holds_what_the_record_tells(root):
    folder = write_record(root, "all", {1: 3.25, 2: 3.5})
    backfill.bring()
    run = next(run for run in runs() if run.info.run_name == "all seed 1")
    assert run.data.params["translation.epochs"] == "3"
    assert (run.data.params["variant"], run.data.params["seed"]) == ("all", "1")
    assert run.data.metrics["lesson_loss"] == 3.25
    assert run.data.metrics["chrf_beam"] == pytest.approx(41 + 12 - 3.25)
    assert run.data.tags["quoi.record"] == record.read_record(folder)[1].digest
    assert run.data.tags["quoi.stage"] == "train@all"
    assert run.data.tags["quoi.imported"] == "true"
    client = store.connect()
    assert [point.step for point in client.get_metric_history(run.info.run_id, "lesson_loss")] == [1, 2, 3]
    pictures = {entry.path for entry in client.list_artifacts(run.info.run_id, "pictures")}
    assert pictures == {"pictures/training.png", "pictures/attention.png"}
    kept = {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert kept >= {"metrics.json", "history.csv"}


def test_live_run_is_not_imported_again(root):
    write_record(root, "baseline")
    train_live(root, "baseline")
    assert backfill.bring().runs == []
    assert len(runs()) == 2
    assert "quoi.imported" not in runs()[0].data.tags


def test_run_cut_short_is_made_again(root):
    write_record(root, "baseline")
    client = store.connect()
    record.start(client, "baseline", 1, {}, state(root)).finish(status="KILLED")
    assert backfill.bring().runs == ["baseline seed 1", "baseline seed 2"]


def test_other_results_are_other_runs(root):
    write_record(root, "baseline", {1: 3.5})
    backfill.bring()
    write_record(root, "baseline", {1: 3.4})
    assert backfill.bring().runs == ["baseline seed 1"]
    assert len(runs()) == 2


def test_deleted_run_is_restored_not_doubled(root):
    write_record(root, "baseline")
    backfill.bring()
    store.connect().delete_run(runs()[0].info.run_id)
    assert len(backfill.bring().runs) == 1
    assert len(runs()) == len(runs(deleted=True)) == 2


def test_model_of_the_best_seed_alone_and_later_if_it_comes_later(root, logged):
    write_record(root, "baseline", {1: 3.5, 2: 3.4})
    shutil.move(root / "models", root / "elsewhere")
    backfill.bring()
    assert logged == []
    shutil.move(root / "elsewhere", root / "models")
    assert backfill.bring().runs == []
    assert logged == ["models/baseline"]
    backfill.bring()
    assert logged == ["models/baseline"]
    assert [run.info.run_name for run in runs() if "quoi.model" in run.data.tags] == ["baseline seed 2"]


def test_model_of_other_settings_is_not_taken(root, logged):
    write_record(root, "baseline")
    path = root / "models/baseline/model.json"
    path.write_text(path.read_text().replace('"cell": "gru"', '"cell": "lstm"'))
    backfill.bring()
    assert logged == []


def test_an_import_that_fails_leaves_no_run_behind(root):
    write_record(root, "baseline")
    path = root / "reports/translation/variants/baseline/metrics.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"sentences": []}))
    backfill.bring()
    assert len(runs()) == 2
    (root / "reports/translation/variants/all").mkdir()
    write_record(root, "all")
    (root / "reports/translation/variants/all/history.csv").write_text("seed,epoch,lesson_loss\n1,1,x\n")
    with pytest.raises(QuoiError, match=r"history\.csv is damaged"):
        backfill.bring()
    assert len(runs()) == 2


def test_a_lock_during_an_import_is_one_sentence(root, monkeypatch):
    write_record(root, "baseline")

    def locked(*_, **__):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(record.Record, "draw", locked)
    with pytest.raises(QuoiError, match="database is locked"):
        backfill.bring()
    assert runs() == []


def test_nothing_to_import_opens_no_store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert backfill.bring().runs == []
    assert list(tmp_path.iterdir()) == []


def test_digest_does_not_depend_on_the_place(tmp_path):
    first = record.read_record(write_record(tmp_path / "a", "bidir"))
    second = record.read_record(write_record(tmp_path / "b", "bidir"))
    assert {seed: each.digest for seed, each in first.items()} == {seed: each.digest for seed, each in second.items()}
    assert first[1].digest != first[2].digest


def test_a_run_is_tagged_with_stage_variant_seed_profile_and_commit(root):
    run = record.start(store.connect(), "all", 2, {"profile": "demo"}, GitState("abc", "true"))
    tags = store.connect().get_run(run.run_id).data.tags
    assert tags["quoi.stage"] == "train@all"
    assert tags["mlflow.source.git.commit"] == "abc"
    assert (tags["quoi.variant"], tags["quoi.seed"], tags["quoi.profile"], tags["quoi.git_dirty"]) == (
        "all", "2", "demo", "true",
    )  # fmt: skip


def test_a_seed_of_devise_is_a_record_of_its_own(root):
    assert record.of_devise(root) == {}
    history = {seed: [{"epoch": epoch, "loss": 0.5 / epoch} for epoch in (1, 2)] for seed in (1, 2)}
    training.write(root / devise_record.RECORD, {}, made_up(unseen=(0.5, 0.6))["record"][0], history)
    one, other = record.of_devise(root).values()
    assert (one.name, one.experiment, one.stage, one.model) == ("devise seed 1", "devise", "train_devise", None)
    assert one.scores["unseen_among_all_hit_at_5"] == 0.25 and one.scores["ConSE.unseen_hit_at_5"] == 0.1
    assert one.digest != other.digest and one == record.of_devise(root)[1]
    assert backfill.bring().runs == ["devise seed 1", "devise seed 2"] and backfill.bring().runs == []
