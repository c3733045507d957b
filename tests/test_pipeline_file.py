"""dvc.yaml: every stage is described, and depends on exactly the code that it runs."""

from __future__ import annotations

import importlib
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from quoi.params import Params
from tests.imports import ROOT, SOURCE, reached


def stages() -> dict[str, dict[str, Any]]:
    """The stages of dvc.yaml; what a `foreach` repeats stands for all its repetitions."""
    told = YAML(typ="safe", pure=True).load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return {name: stage.get("do", stage) for name, stage in told.items()}


STAGES = stages()

# Read by many stages and deciding no output: how stages start, errors are said, files read and replaced, bars drawn,
# downloads made (their bytes are the server's), and how keys are checked (their values are parameters of the stages). A
# change to one of them runs nothing again.
PLUMBING = {"quoi/__init__.py"} | {
    f"quoi/io/{name}.py"
    for name in (
        "arrays", "download", "errors", "files", "fork_server", "http", "installed", "lightning", "processes",
        "progress", "stage", "torchvision_compat", "yaml",
    )
}  # fmt: skip

# Where a training tells what it has found: MLflow runs, their pictures and the words of the model card. They are made
# anew from the record at any time, so a change to them must not retrain a model.
SINKS = {"train": ("records", "report", "tracking"), "train_devise": ("records", "tracking")}
# Of these, what writes the record.
WRITERS = {"quoi/records/training.py"}


# Judges what the stages measure whenever that is read: only the pages that show it are made anew.
JUDGES = {"quoi/records/bounds.py", "quoi/records/checks.py"}


def script(stage: str) -> Path:
    return ROOT / "stages" / f"{stage}.py"


def modules(stage: str) -> set[str]:
    """Paths below src of what the stage imports and must depend on."""
    sinks = tuple(f"quoi/{package}/" for package in ("params", *SINKS.get(stage, ())))
    told_to = {path for package in SINKS.get(stage, ()) for path in (SOURCE / "quoi" / package).rglob("*.py")}
    found = reached(script(stage), frozenset(told_to - {SOURCE / name for name in WRITERS}))
    names = {str(path.relative_to(SOURCE)) for path in found if not is_empty(path)}
    written = names & WRITERS
    plumbing = PLUMBING if stage in ("checks", "page") else PLUMBING | JUDGES
    return written | {name for name in names if name not in plumbing and not name.startswith(sinks)}


def is_empty(path: Path) -> bool:
    """Whether a package's __init__.py holds nothing but its docstring."""
    return path.name == "__init__.py" and len(path.read_text(encoding="utf-8").strip().splitlines()) <= 1


def listed(stage: str) -> set[str]:
    """Entries of the stage's deps below src."""
    prefix = "src/"
    return {dep.removeprefix(prefix) for dep in STAGES[stage]["deps"] if dep.startswith(prefix)}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_described_and_runs_its_own_script(stage):
    told = STAGES[stage]
    assert told["desc"][0].isupper() and not told["desc"].endswith(".")
    assert told["cmd"].startswith(f"python -P stages/{stage}.py")
    assert f"stages/{stage}.py" in told["deps"]


def test_every_script_is_a_stage():
    assert {path.stem for path in (ROOT / "stages").glob("*.py")} == set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_the_code_a_stage_depends_on_exists(stage):
    for dep in STAGES[stage]["deps"]:
        if dep.startswith(("src/", "stages/")):
            assert (ROOT / dep).exists(), dep


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "check_params"])
def test_a_stage_depends_on_every_module_it_imports(stage):
    entries = listed(stage)
    missing = {name for name in modules(stage) if not any(f"{name}/".startswith(f"{entry}/") for entry in entries)}
    assert missing == set(), f"add to the deps of {stage}"


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "check_params"])
def test_a_stage_depends_on_no_module_it_does_not_import(stage):
    needed = modules(stage)
    unused = {entry for entry in listed(stage) if not any(f"{name}/".startswith(f"{entry}/") for name in needed)}
    assert unused == set(), f"take from the deps of {stage}"


def test_no_report_and_no_tracking_makes_a_training_run_again():
    assert not [entry for entry in listed("train") if entry.startswith(("quoi/report", "quoi/tracking"))]


@pytest.mark.parametrize("stage", STAGES)
def test_the_parameters_of_a_stage_exist(stage):
    for name in STAGES[stage].get("params", ()):
        section: Any = Params
        for part in name.split("."):
            if part == "${key}":
                continue
            assert part in section.model_fields, name
            section = section.model_fields[part].annotation


@pytest.mark.parametrize(
    "stage",
    [stage for stage in STAGES if stage not in ("check_params", "compare", "search_gallery", "checks", "page")],
)
def test_a_stage_can_be_restored_from_the_run_cache(stage):
    """DVC keeps no run cache for a stage with an output that is uncached and neither metrics nor plots.

    `check_params` runs each time; `compare`, `search_gallery`, `checks` and `page` write pages, which are neither.
    """
    outs = [next(iter(out.values())) for out in STAGES[stage]["outs"] if isinstance(out, dict)]
    assert all(options.get("cache", True) and not options.get("persist") for options in outs)


def test_what_stays_in_git_is_not_ignored_and_what_dvc_caches_is():
    kept, cached = [], []
    for stage in STAGES.values():
        for kind in ("outs", "metrics", "plots"):
            for out in stage.get(kind, ()):
                path, options = next(iter(out.items())) if isinstance(out, dict) else (out, {})
                (cached if options.get("cache", True) else kept).append(path)

    def ignored(path: str) -> bool:
        return subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT).returncode == 0

    assert [path for path in kept if ignored(path)] == []
    assert [path for path in cached if not ignored(path)] == []


def test_the_benchmark_of_the_pipeline_has_a_part_for_every_stage(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    pipeline = importlib.import_module("pipeline")
    assert set(pipeline.PART_OF) | {"train"} == set(STAGES)
