"""What the pipeline costs, part by part: the whole of it in an empty copy of the repository, and once more.

Run: python benchmarks/pipeline.py [--profile smoke] [--code FOLDER]
Writes benchmarks/results/pipeline.json. `--code` takes another checkout's code in place of this one's, to compare two
in turn. Seconds are those of the wall; CPU seconds are those of all processes together, also of those that outlive the
one that started them. The product is that of two matrices of 2,000 x 2,000 float32 on one thread, timed before and
after: CPU seconds divided by its time are what two machines can be compared by.

A stage is charged with what DVC does for it. What start-up, training, validation and scoring are in a training comes
from the measures that it leaves in MLflow.
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import platform
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import click
import psutil

from quoi.files import write_json

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.workspace import ROOT, Workspace

RESULTS = ROOT / "benchmarks/results/pipeline.json"
PARTS = {
    "data": ("check_params", "fetch_corpus", "filter_questions", "tokenize", "numericalize", "fetch_images"),
    "word vectors": ("embed", "label_vectors"),
    "features": ("image_features",),
    "DeViSE": ("train_devise",),
    "indexes": ("build_indexes",),
    "reports": ("compare", "search_gallery", "checks"),
}
PART_OF = {kind: part for part, kinds in PARTS.items() for kind in kinds}
TRAINING = ("training", "validation", "scoring")
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of prctl(2): orphans become this process's children
SIZE = 2000

Spent = tuple[float, float]
"""Seconds, and CPU seconds."""


@click.command()
@click.option("--profile", default="demo", show_default=True)
@click.option("--code", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another checkout.")
@click.option("--keep", type=click.Path(exists=False, path_type=Path), help="Run in this new folder, and leave it.")
def main(profile: str, code: Path | None, keep: Path | None) -> None:
    """Run, print a row for each part, and keep the rows of this checkout."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="quoi-") as folder:
        work = _workspace(keep or Path(folder) / "quoi", profile, code)
        product = [_product()]
        rows = _parts(work, _whole(work))
        rows["whole"] = functools.reduce(_more, rows.values())
        if code is None:
            rows["after the run: cache, MLflow"] = _timed(work, "quoi", "repro")
            rows["nothing changed"] = _timed(work, "quoi", "repro")
        product.append(_product())
    unit = statistics.median(product)
    told = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "product_seconds": [round(each, 4) for each in product],
        "parts": {
            name: {"seconds": round(wall, 1), "cpu_seconds": round(cpu, 1), "products": round(cpu / unit)}
            for name, (wall, cpu) in rows.items()
        },
    }
    for name, row in told["parts"].items():
        click.echo(f"{name:30} {row['seconds']:7.1f} s {row['cpu_seconds']:8.1f} CPU s {row['products']:7,} products")
    if code is None:
        kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        write_json(RESULTS, kept | {profile: told})


def _workspace(folder: Path, profile: str, code: Path | None) -> Workspace:
    if code is None:
        return Workspace.fresh(folder, profile)
    shutil.copytree(code, folder, ignore=shutil.ignore_patterns(".venv", "reports", "dvc.lock", "data", "models"))
    shutil.copy(folder / f"profiles/{profile}.yaml", folder / "params.yaml")
    return Workspace(folder)


def _whole(work: Workspace) -> dict[str, Spent]:
    """`dvc repro`, by stage; what comes before the first is DVC's own start."""
    names, marks = ["start"], []
    with subprocess.Popen(
        ["dvc", "repro"], cwd=work.folder, env=work.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        dvc = psutil.Process(process.pid)
        marks.append(_now(dvc))
        said = b""
        for said in process.stdout:
            if said.startswith(b"Running stage"):
                names.append(said.decode().split("'")[1])
                marks.append(_now(dvc))
        marks.append(_now(dvc))
    if process.returncode:
        raise click.ClickException(f"`dvc repro` has failed: {said.decode()}")
    return {name: _less(after, before) for name, (before, after) in zip(names, pairwise(marks), strict=True)}


def _now(process: psutil.Process) -> Spent:
    """The clock, and the CPU seconds of a process, of all that it has waited for, and of orphans that have ended."""
    for orphan in psutil.Process().children():
        if orphan.pid != process.pid:  # it ends as soon as it sees that it is one
            os.waitpid(orphan.pid, 0)
    orphans = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter(), sum(process.cpu_times()[:4]) + orphans.ru_utime + orphans.ru_stime


def _parts(work: Workspace, stages: dict[str, Spent]) -> dict[str, Spent]:
    """The stages' costs added up by part, and the trainings' taken apart."""
    rows: dict[str, Spent] = {}
    for name, spent in stages.items():
        kind, _, variant = name.partition("@")
        if kind == "train":
            inside = _of_training(work, variant)
            for part, each in inside.items():
                rows[part] = _more(rows.get(part, (0, 0)), each)
                spent = _less(spent, each)
        part = "start-up of trainings" if kind == "train" else PART_OF.get(kind, "DVC")
        rows[part] = _more(rows.get(part, (0, 0)), spent)
    return rows


def _more(one: Spent, other: Spent) -> Spent:
    return one[0] + other[0], one[1] + other[1]


def _less(one: Spent, other: Spent) -> Spent:
    return one[0] - other[0], one[1] - other[1]


def _of_training(work: Workspace, variant: str) -> dict[str, Spent]:
    """Of a variant's seeds, which train side by side: the mean of their seconds, the sum of their CPU seconds."""
    asked = (
        "select key, sum(value), count(distinct run_uuid) from metrics join runs using (run_uuid) "
        "where runs.name like ? and key like '%seconds%' group by key"
    )
    with sqlite3.connect(work.folder / "mlflow.db") as store:
        found = {key: (total, runs) for key, total, runs in store.execute(asked, (f"{variant} seed %",))}
    told = {}
    for part in TRAINING if found else ():
        (wall, runs), (cpu, _) = found[f"seconds_{part}"], found[f"cpu_seconds_{part}"]
        told[part] = (wall / runs, cpu)
    return told


def _timed(work: Workspace, *command: str) -> Spent:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    work.run(*command)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _product() -> float:
    """Seconds of one product on one thread: the median of nine, in a process of its own."""
    code = (
        f"import time, statistics, torch; torch.set_num_threads(1); a = torch.ones({SIZE}, {SIZE}); times = []\n"
        "for _ in range(9):\n"
        "    then = time.perf_counter(); a @ a; times.append(time.perf_counter() - then)\n"
        "print(statistics.median(times))"
    )
    return float(subprocess.check_output([sys.executable, "-c", code], text=True))


if __name__ == "__main__":
    sys.exit(main())
