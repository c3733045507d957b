"""What `quoi repro` costs, part by part: the whole pipeline in an empty copy of the repository, and once more.

Run: python benchmarks/pipeline.py [--profile smoke] [--code FOLDER]
Writes benchmarks/results/pipeline.json. `--code` runs another checkout's code by `dvc repro`, to compare two in turn:
it may be one without `quoi repro`, and only the whole is told. Seconds are those of the wall; CPU seconds are those of
all processes together, also of those that outlive the one that started them. The product is that of two matrices of
2,000 x 2,000 float32 on one thread, timed before and after: CPU seconds divided by its time are what two machines can
be compared by.

Stages tell what they have cost, from the start of their work: what is left of the whole is their processes' start, the
libraries' import, DVC, and what `quoi repro` does before and after. As the pipeline's branches run side by side, the
seconds of all parts add up to more than the whole. What training, validation and scoring are in a training comes from
the measures that it leaves in MLflow.
"""

from __future__ import annotations

import ctypes
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
from pathlib import Path

import click
import psutil

from quoi.io.files import write_json
from quoi.io.processes import COSTS
from quoi.params import profiles

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.workspace import ROOT, Workspace

RESULTS = ROOT / "benchmarks/results/pipeline.json"
PARTS = {
    "data": ("check_params", "fetch_corpus", "filter_questions", "tokenize", "numericalize", "fetch_images"),
    "word vectors": ("embed", "label_vectors"),
    "features": ("image_features",),
    "DeViSE": ("train_devise",),
    "indexes": ("build_indexes",),
    "reports": ("compare", "search_gallery", "checks", "page"),
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
    """Run, print a row for each part, and keep the rows."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="quoi-") as folder:
        work = _workspace(keep or Path(folder) / "quoi", profile, code)
        costs = Path(folder) / "costs"
        product = [_product()]
        if code is None:
            whole = _timed(work, costs, "quoi", "repro")
            rows = _parts(work, costs)
            rows["the rest"] = (whole[0], whole[1] - sum(cpu for _, cpu in rows.values()))
            rows["whole"] = whole
            rows["nothing changed"] = _timed(work, costs, "quoi", "repro")
        else:
            rows = {"whole": _timed(work, costs, "dvc", "repro")}
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
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    write_json(RESULTS, kept | {profile if code is None else f"{profile}, {_commit(code)}": told})


def _workspace(folder: Path, profile: str, code: Path | None) -> Workspace:
    if code is None:
        return Workspace.fresh(folder, profile)
    shutil.copytree(code, folder, ignore=shutil.ignore_patterns(".venv", "reports", "dvc.lock", "data", "models"))
    (folder / "params.yaml").write_text(profiles.text(profile, folder), encoding="utf-8")
    return Workspace(folder)


def _commit(code: Path) -> str:
    return subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=code, text=True).strip()


def _parts(work: Workspace, costs: Path) -> dict[str, Spent]:
    """The stages' costs added up by part, and the trainings' taken apart."""
    rows: dict[str, Spent] = {}
    for line in costs.read_text().splitlines():
        stage = json.loads(line)
        kind, _, variant = stage["stage"].partition("@")
        spent = (stage["seconds"], stage["cpu_seconds"])
        if kind == "train":
            inside = _of_training(work, variant)
            for part, each in inside.items():
                rows[part] = _more(rows.get(part, (0, 0)), each)
                spent = _less(spent, each)
        part = "trainings' start and end" if kind == "train" else PART_OF[kind]
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


def _timed(work: Workspace, costs: Path, *command: str) -> Spent:
    before, started = _used(), time.perf_counter()
    done = subprocess.run(command, cwd=work.folder, env=work.environment() | {COSTS: str(costs)}, capture_output=True)
    if done.returncode:
        raise click.ClickException(f"{' '.join(command)} has failed: {done.stdout.decode()}{done.stderr.decode()}")
    wall = time.perf_counter() - started
    for orphan in psutil.Process().children():
        os.waitpid(orphan.pid, 0)  # it ends as soon as it sees that it is one
    return wall, _used() - before


def _used() -> float:
    """CPU seconds of all processes that have been waited for."""
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime


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
