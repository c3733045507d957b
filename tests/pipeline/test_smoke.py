"""The whole pipeline through the real commands, on the smallest settings with which every stage has work."""

from __future__ import annotations

import json
import re

import pytest

from quoi.records.bounds import BOUNDS
from tests.workspace import Workspace

pytestmark = pytest.mark.pipeline

VARIANTS = ["baseline", "bidir", "forcing", "attention", "all"]
SCORES = (
    "lesson_loss", "token_loss_free", "token_loss_forced", "exact",
    "bleu_greedy", "bleu_beam", "chrf_greedy", "chrf_beam",
)  # fmt: skip

DEVISE = [
    "fetch_images",
    "label_vectors",
    "image_features",
    "train_devise",
    "build_indexes",
    "search_gallery",
    "checks",
    "page",
]


def test_every_stage_runs_in_its_order(smoke):
    assert smoke.stages[:4] == ["fetch_corpus", "filter_questions", "tokenize", "numericalize"]
    assert smoke.stages[6:12] == [*(f"train@{variant}" for variant in VARIANTS), "compare"]
    assert smoke.stages[12:] == DEVISE


def test_everything_the_pipeline_declares_exists(smoke):
    outs = smoke.workspace.outs()
    assert [path for path in outs if not (smoke.workspace.folder / path).exists()] == []
    assert {f"models/{variant}" for variant in VARIANTS} <= set(outs)


def test_a_run_leaves_nothing_that_git_would_see_but_its_record(smoke):
    changed = {line[3:].split("/")[0] for line in smoke.workspace.git("status", "--porcelain").splitlines()}
    assert changed == {"dvc.lock", "reports"}


def test_a_second_run_has_nothing_to_do(smoke):
    assert smoke.workspace.repro() == []


def test_the_progression_has_every_score_of_every_variant(smoke):
    told = json.loads((smoke.workspace.folder / "reports/translation/progression.json").read_text(encoding="utf-8"))
    assert list(told) == VARIANTS
    for scores in told.values():
        for name in SCORES:
            assert scores[name]["n"] == 1 and scores[name]["sd"] is None and scores[name]["mean"] >= 0


def test_dvc_metrics_show_is_a_row_a_variant_and_fits_a_terminal(smoke):
    head, *rows = smoke.workspace.run("dvc", "metrics", "show").stdout.splitlines()
    assert head.split() == ["Path", "bleu_beam", "lesson_loss", "unseen_hit_at_5"]
    assert sorted(row.split("/")[3] for row in rows if "translation" in row) == sorted(VARIANTS)
    (devise,) = [row for row in rows if "translation" not in row]
    assert devise.split()[:3] == ["reports/devise/metrics.json", "-", "-"] and 0 <= float(devise.split()[3]) <= 1
    assert max(map(len, (head, *rows))) <= 100


def test_dvc_plots_show_draws_every_variants_losses(smoke, tmp_path):
    smoke.workspace.run("dvc", "plots", "show", "--out", str(tmp_path / "plots"))
    page = (tmp_path / "plots/index.html").read_text(encoding="utf-8")
    for plot in ("lesson_loss_by_epoch", "token_loss_free_by_epoch", "token_loss_forced_by_epoch"):
        # The name is put between apostrophes into a script, so one of its own would break the page.
        assert f"vegaEmbed('#{plot}', spec)" in page
    assert all(f'"variant": "{variant}"' in page for variant in VARIANTS)
    assert sorted(path.name for path in (tmp_path / "plots/static").iterdir()) == [
        "workspace_reports_devise_gallery_scores.png",
        "workspace_reports_translation_progression.png",
    ]


def test_dvc_draws_nothing_of_the_counts_that_it_is_told_are_plots(smoke):
    told = json.loads(smoke.workspace.run("dvc", "plots", "show", "--json").stdout)
    drawn = {path for path, plots in told["data"].items() if plots}
    assert "errors" not in told
    assert {path for path in drawn if path.startswith(("reports/corpus", "reports/vectors"))} <= {
        f"reports/vectors/missed.{side}.csv" for side in ("source", "target")
    }
    assert len([path for path in told["data"] if path.startswith("reports/vectors/") and path not in drawn]) >= 2


def test_dvc_exp_show_has_scores_and_parameters_as_columns(smoke):
    told = json.loads(smoke.workspace.run("dvc", "exp", "show", "--json").stdout)
    now = told[0]["data"]
    records = {f"reports/translation/variants/{variant}/metrics.json" for variant in VARIANTS}
    assert records | {"reports/devise/metrics.json"} == set(now["metrics"])
    assert now["params"]["params.yaml"]["data"]["translation"]["hidden"] == 16
    table = smoke.workspace.run("dvc", "exp", "show", "--csv").stdout.splitlines()
    assert "reports/translation/variants/all/metrics.json:bleu_beam" in table[0].split(",")


def runs(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list:
    """The trainings' runs in the workspace's MLflow store; a variant's own run has no seed."""
    from quoi.tracking import store

    monkeypatch.chdir(workspace.folder)
    client = store.connect()
    found = client.search_runs([store.experiment_id(client)], order_by=["attributes.start_time ASC"])
    return [run for run in found if "quoi.seed" in run.data.tags]


def test_mlflow_holds_a_run_a_variant_and_seed(smoke, monkeypatch):
    from quoi.tracking import store

    found = runs(smoke.workspace, monkeypatch)
    assert [run.info.run_name for run in found] == [f"{variant} seed 1" for variant in VARIANTS]
    assert {run.info.status for run in found} == {"FINISHED"}
    commit = smoke.workspace.git("rev-parse", "HEAD").strip()
    client = store.connect()
    for run in found:
        params, metrics, tags = run.data.params, run.data.metrics, run.data.tags
        assert params["translation.hidden"] == "16" and params["corpus.atlas.questions"] == "300"
        assert params["seed"] == "1" and params["vectors.dimensions"] == "16" and params["profile"] == "smoke"
        assert tags["mlflow.source.git.commit"] == commit and tags["quoi.git_dirty"] == "false"
        clocks, parts = ("seconds", "cpu_seconds"), ("training", "validation", "scoring")
        spent = [f"{clock}_{part}" for clock in clocks for part in parts]
        for name in (*SCORES, "learning_rate", "momentum", "forcing", "tokens_per_second", "peak_memory_mb", *spent):
            assert name in metrics, name
        for name in ("train_loss", "lesson_loss", "learning_rate", "tokens_per_second", "peak_memory_mb"):
            assert {point.step for point in client.get_metric_history(run.info.run_id, name)} == {1, 2}, name
        artifacts = {artifact.path for artifact in client.list_artifacts(run.info.run_id)}
        assert {"metrics.json", "history.csv", "pictures"} <= artifacts
        assert tags["quoi.model"].startswith("models:/")
        assert "checks/final_loss" in metrics and "checks/distinct" in metrics
        assert ("checks/attention_entropy" in metrics) == (params["variant"] in ("attention", "all"))
        assert f"train@{params['variant']}.json" in artifacts and "look: " in tags["quoi.checks"]


def test_every_stage_that_makes_something_has_measured_it(smoke):
    told = json.loads(smoke.workspace.run("quoi", "checks", "--json").stdout)
    assert {each["stage"] for each in told} == {
        "filter_questions", "tokenize", "numericalize", "embed@source", "embed@target",
        *(f"train@{variant}" for variant in VARIANTS), *DEVISE[:5],
    }  # fmt: skip
    assert {each["key"] for each in told} == {key for key in BOUNDS if not key.startswith("language_model_")}
    assert {each["state"] for each in told if not each["stage"].startswith("train@")} <= {"ok", "look"}


def test_checks_are_shown_for_people(smoke):
    table = smoke.workspace.run("quoi", "checks").stdout
    assert "mean cosine of two words" in table and "train@all" in table
    one = smoke.workspace.run("quoi", "checks", "embed@source").stdout
    assert "nearest words" in one and "train@all" not in one
    odd = smoke.workspace.run("quoi", "checks", "--not-ok").stdout
    assert "train@all" in odd and len(odd) < len(table)
    assert "embed@source" in smoke.workspace.run("quoi", "checks", "embed@sorce", status=1).stderr
    page = (smoke.workspace.folder / "reports/checks/README.md").read_text(encoding="utf-8")
    pictures = re.findall(r"\]\((pictures/[^)]+)\)", page)
    assert len(pictures) >= 5 and all((smoke.workspace.folder / "reports/checks" / name).exists() for name in pictures)
    assert "nearest words" in page and "questions.source does not match" in page


def test_a_lost_mlflow_store_comes_back_from_the_record_exactly_once(trained, monkeypatch):
    trained.commit()
    (trained.folder / "mlflow.db").unlink()
    for _ in range(2):
        trained.run("quoi", "runs", "import")
    found = runs(trained, monkeypatch)
    assert sorted(run.info.run_name for run in found) == sorted(f"{variant} seed 1" for variant in VARIANTS)
    assert {run.data.tags["mlflow.source.git.commit"] for run in found} == {trained.git("rev-parse", "HEAD").strip()}
    assert all(run.data.metrics["lesson_loss"] > 0 and "bleu_beam" in run.data.metrics for run in found)
