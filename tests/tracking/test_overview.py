"""What MLflow shows first: parent runs, descriptions and views."""

from __future__ import annotations

import json
from statistics import fmean, stdev

import pytest

from quoi.records import devise_record, training
from quoi.records.results import load
from quoi.report import progression
from quoi.tracking import backfill, listing, overview, record, serving, store
from tests.record import history_rows, write_record
from tests.report.gallery_repository import record as made_up


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """No models and no pictures: both have tests of their own."""
    monkeypatch.setattr(serving, "log_model", lambda client, run_id, folder, name="translator": "models:/m-1")
    monkeypatch.setattr(record.Record, "draw", lambda done, folder: folder.mkdir())


@pytest.fixture
def brought(root):
    """Two variants of two seeds each, imported."""
    write_record(root, "baseline", {1: 3.5, 2: 3.6})
    write_record(root, "all", {1: 3.0, 2: 3.2})
    backfill.bring()
    return root


def found(experiment: str = store.EXPERIMENT, parents: bool = True):
    """Runs by name: those of variants, or those of trainings."""
    client = store.connect()
    runs = client.search_runs([store.experiment_id(client, experiment)])
    return {run.info.run_name: run for run in runs if (store.SEEDS_TAG in run.data.tags) == parents}


def tags(experiment: str = store.EXPERIMENT) -> dict[str, str]:
    return store.connect().get_experiment_by_name(experiment).tags


def test_every_experiment_is_one_of_training_and_says_what_it_is(root):
    store.connect(root, ("translation", "devise", "claims", "importance", "own"))
    for name in ("translation", "devise", "claims", "importance"):
        assert tags(name)["mlflow.experimentKind"] == "custom_model_development"
        assert tags(name)["mlflow.note.content"]
    assert "mlflow.note.content" not in tags("own")


def test_what_a_person_has_written_of_an_experiment_stays(root):
    client = store.connect(root, ("claims",))
    client.set_experiment_tag(store.experiment_id(client, "claims"), "mlflow.note.content", "mine")
    store.connect(root, ("claims",))
    assert tags("claims")["mlflow.note.content"] == "mine"


def test_a_parent_has_its_seeds_below_it_and_their_means_spread_and_interval(brought):
    parents, seeds = found(), found(parents=False)
    assert parents.keys() == {"baseline", "all"} and len(seeds) == 4
    parent = parents["all"]
    below = [run for run in seeds.values() if run.data.tags["mlflow.parentRunId"] == parent.info.run_id]
    assert {run.info.run_name for run in below} == {"all seed 1", "all seed 2"}
    metrics = parent.data.metrics
    assert metrics["lesson_loss"] == pytest.approx(fmean([3.0, 3.2]))
    assert metrics["sd/lesson_loss"] == pytest.approx(stdev([3.0, 3.2]))
    told = progression.as_json(load(["baseline", "all"]))["all"]["lesson_loss"]
    assert metrics["low_95/lesson_loss"] == pytest.approx(told["mean"] - told["half_width_95"])
    assert metrics["high_95/lesson_loss"] == pytest.approx(told["mean"] + told["half_width_95"])
    assert parent.data.params["variant"] == "all" and parent.data.params["translation.epochs"] == "3"
    assert parent.info.status == "FINISHED" and "95 %" in parent.data.tags["mlflow.note.content"]


def test_a_parents_curve_is_the_mean_of_its_seeds_curves(brought):
    client, parent = store.connect(), found()["all"].info.run_id
    histories = load(["all"])[0].history.values()
    drawn = client.get_metric_history(parent, "token_loss_free")
    for epoch in (1, 2):  # the last has the final score too
        mean = fmean(row["token_loss_free"] for rows in histories for row in rows if row["epoch"] == epoch)
        assert [point.value for point in drawn if point.step == epoch] == [pytest.approx(mean)]


def test_runs_have_the_colour_of_their_variant_in_the_plots(brought):
    from quoi.report.style import colours

    palette = colours(sorted(("baseline", "all")))  # no params.yaml says another order
    for run in (*found().values(), *found(parents=False).values()):
        assert run.data.tags["mlflow.runColor"] == palette[run.data.tags["quoi.variant"]]


def test_parents_are_no_trainings(brought):
    assert sorted(run.name for run in listing.listed(store.connect())) == ["all-1", "all-2", "baseline-1", "baseline-2"]


def test_a_second_import_writes_nothing_more(brought):
    before = {name: run.to_dictionary() for name, run in found().items()} | {"experiment": tags()}
    assert backfill.bring() == backfill.Brought()
    assert {name: run.to_dictionary() for name, run in found().items()} | {"experiment": tags()} == before


def test_a_deleted_parent_is_restored_not_doubled(brought):
    one = found()["all"].info.run_id
    store.connect().delete_run(one)
    backfill.bring()
    assert found()["all"].info.run_id == one


def test_other_results_have_another_parent_and_the_earlier_one_is_marked(brought):
    old, other = found()["all"], found()["baseline"].data.metrics
    write_record(brought, "all", {1: 2.0, 2: 2.8})
    backfill.bring()
    client = store.connect()
    present = client.search_runs([old.info.experiment_id], "tags.`quoi.present` = 'true'")
    assert len(present) == 6 and old.info.run_id not in {run.info.run_id for run in present}
    assert client.get_run(old.info.run_id).data.tags["quoi.present"] == "false"
    now = found()["baseline"].data.metrics
    assert now["lesson_loss"] == other["lesson_loss"]
    assert now["high_95/lesson_loss"] > other["high_95/lesson_loss"]  # the spread in common has grown
    assert "2.400" in tags()["mlflow.note.content"] and "3.100" not in tags()["mlflow.note.content"]


def test_a_seed_that_is_still_trained_has_no_parent_yet(root):
    write_record(root, "all", {1: 3.0, 2: 3.2})
    client = store.connect()
    done = record.read_record(root / "reports/translation/variants/all")
    live = {seed: record.start(client, "all", seed, each.parameters) for seed, each in done.items()}
    for seed, each in done.items():
        assert not found()
        for row in history_rows(seed, each.scores["lesson_loss"], epochs=3):
            live[seed].log_epoch(row, step=row["epoch"])
        record.complete({seed: live[seed]}, done)
    assert list(found()) == ["all"]


def test_the_description_has_table_pictures_and_links_to_what_the_parent_keeps(brought):
    from PIL import Image

    Image.new("RGB", (1600, 400)).save(brought / "reports/translation/progression.png")
    (brought / "reports/translation/README.md").write_text("# Report")
    backfill.bring()
    text, holder = tags()["mlflow.note.content"], found()["baseline"].info.run_id
    assert "3.100" in text and f"get-artifact?path=report/progression.png&run_uuid={holder}" in text
    client = store.connect()
    kept = {entry.path for entry in client.list_artifacts(holder, "report")}
    assert kept == {"report/progression.png", "report/README.md"} and "artifacts/report/README.md" in text
    with Image.open(client.download_artifacts(holder, "report/progression.png")) as shown:
        assert shown.width < 1600 and shown.width / shown.height == 4


def test_views_are_in_the_form_in_which_mlflow_keeps_them(brought):
    views = {key: json.loads(value) for key, value in tags().items() if key.startswith("mlflow.sharedViewState.")}
    assert len(views) == 2
    states = [json.loads(view["state"]) for view in views.values()]
    assert all(view["name"] and view["createdAt"] >= 0 for view in views.values())
    metrics = {f"metrics.`{name}`" for name in found()["all"].data.metrics}
    (columns,) = (state["selectedColumns"] for state in states if "selectedColumns" in state)
    assert {column for column in columns if column.startswith("metrics")} <= metrics
    client = store.connect()
    counts = {len(client.search_runs([store.experiment_id(client)], state["searchFilter"])) for state in states}
    assert counts == {2, 6}  # parents alone, and parents with seeds
    (charts,) = (state["compareRunCharts"] for state in states if "compareRunCharts" in state)
    assert {f"metrics.`{chart['metricKey']}`" for chart in charts} <= metrics


def test_devise_has_one_parent(root):
    history = {seed: [{"epoch": epoch, "dev_loss": 0.5 / epoch} for epoch in (1, 2)] for seed in (1, 2)}
    training.write(root / devise_record.RECORD, {}, made_up(unseen=(0.5, 0.6))["record"][0], history)
    backfill.bring()
    parent = found("devise")["devise"]
    assert parent.data.metrics["unseen_hit_at_5"] == pytest.approx(0.55)
    assert parent.data.metrics["sd/unseen_hit_at_5"] == pytest.approx(stdev([0.5, 0.6]))
    assert "55.0" in tags("devise")["mlflow.note.content"]


def test_the_address_opens_the_view_of_scores(brought):
    address = overview.address(5001)
    key = address.split("viewStateShareKey=")[1].split("&")[0]
    assert address.startswith("http://127.0.0.1:5001/#/experiments/") and f"{overview.VIEW_TAG}{key}" in tags()
