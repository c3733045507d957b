"""A small repository with Git, DVC and MLflow, whose stages take no time: a corpus, its words, two variants of it.

Its `train` does to MLflow and to the record what a training does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.workspace import Workspace

ROOT = Path(__file__).parents[2]

PIPELINE = """\
stages:
  fetch:
    cmd: python stages.py fetch
    deps: [stages.py]
    params: [corpus.atlas]
    outs: [data/raw]
  words:
    cmd: python stages.py words
    deps: [code, data/raw]
    params: [vocabulary]
    outs: [data/words.txt]
    plots:
      - reports/words.json:
          cache: false
  train:
    foreach: ${variants}
    do:
      cmd: python stages.py train ${key}
      deps: [stages.py, data/raw/source.json, data/words.txt]
      params: [seeds, "variants.${key}"]
      outs: ["models/${key}"]
      metrics:
        - reports/translation/variants/${key}/metrics.json:
            cache: false
      plots:
        - reports/translation/variants/${key}/history.csv:
            cache: false
"""
PARAMS = """\
# Parameters.
profile: workshop
corpus:
  atlas:
    questions: 60   # so many
vocabulary:
  size: 100
variants:
  baseline: {}
  all: {attention: true}
seeds: [1, 2]
"""
SCRIPT = """\
import sys

from tests.tracking import workshop

getattr(workshop, sys.argv[1])(*sys.argv[2:])
"""
IGNORED = "/data/\n/models/\n/mlflow.db*\n/mlartifacts/\n__pycache__/\n"
SOURCE = {"name": "made", "url": "https://example.org/made.gz", "licence": "CC0", "sha256": {"corpus.en": "00ff"}}


@dataclass(frozen=True)
class Done:
    """What a command has left: exit status and both outputs."""

    status: int
    out: str
    err: str


class Workshop(Workspace):
    """The repository in a folder."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}

    def copy(self, folder: Path) -> Workshop:
        """The same elsewhere, results and caches included."""
        return Workshop(super().copy(folder).folder)

    def clone(self, folder: Path) -> Workshop:
        """What Git gives of it."""
        self.git("clone", "--quiet", str(self.folder), str(folder))
        return Workshop(folder)

    def quoi(self, *arguments: str) -> Done:
        """The command in this process, which saves every test the seconds of its imports."""
        from quoi.cli import main as cli

        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            patch.setenv("COLUMNS", "200")
            patch.setattr(sys, "argv", ["quoi", *arguments])
            make_light(patch.setattr)
            with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
                cli.main()
        return Done(left.value.code, out.getvalue(), err.getvalue())


def lay_out(folder: Path) -> None:
    """Write the files that Git tracks."""
    files = {"dvc.yaml": PIPELINE, "params.yaml": PARAMS, "stages.py": SCRIPT, ".gitignore": IGNORED}
    for name, text in {**files, "code/words.py": "# splits\n", "code/more/letters.py": "# joins\n"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def fetch() -> None:
    """data/raw: a corpus and what is said of it."""
    count = _params()["corpus"]["atlas"]["questions"]
    _write("data/raw/corpus.en", "".join(f"What is {number}?\n" for number in range(count)))
    _write("data/raw/source.json", json.dumps(SOURCE))


def words() -> None:
    """data/words.txt and its number of lines."""
    tokens = Path("data/raw/corpus.en").read_text().split()
    _write("data/words.txt", "\n".join(sorted(set(tokens))) + "\n")
    _write("reports/words.json", json.dumps({"words": len(set(tokens))}))


def train(variant: str) -> None:
    """The record and the model, and an MLflow run a seed, in the order in which quoi.jobs.experiment makes them."""
    from quoi.tracking import record
    from tests.record import history_rows, write_record

    make_light()
    given = _params()
    questions = given["corpus"]["atlas"]["questions"]
    base = (3.0 if variant == "all" else 3.5) - questions / 100
    losses = {seed: base + seed / 10 for seed in given["seeds"]}
    settings = {
        "profile": "workshop",
        "languages.source": "fr",
        "translation.epochs": 3,
        "corpus.atlas.questions": questions,
    }
    with record.open_runs("translation", variant, f"train@{variant}", list(losses), settings) as live:
        for seed, loss in losses.items():
            for row in history_rows(seed, loss, 3, forcing=variant == "all"):
                live[seed].log_epoch({**row, "tokens_per_second": 1000.0}, step=row["epoch"])
        folder = write_record(Path(), variant, losses, parameters=settings)
        head = f"# {variant}, by [quoi](../../../README.md)\n\n| score |\n| -: |\n| 1 |"
        card = f"{head}\n\n## Limits\n\nMade up.\n\n## Settings\n"
        _write(f"reports/translation/cards/{variant}.md", card)
        _write(f"models/{variant}/weights", variant)
        record.complete(live, record.read_record(folder))


def make_light(replace: Callable[[Any, str, Any], None] = setattr) -> None:
    """No pictures, and models that MLflow only knows of: both have tests of their own, and take seconds."""
    from quoi.repo.digests import of_path
    from quoi.tracking import record, serving

    def log_model(client, run_id, folder, name="translator"):
        experiment = client.get_run(run_id).info.experiment_id
        made = client.create_logged_model(
            experiment, name=name, source_run_id=run_id, tags={"quoi.model_digest": of_path(Path(folder))}
        )
        client.finalize_logged_model(made.model_id, "READY")
        return f"models:/{made.model_id}"

    replace(serving, "log_model", log_model)
    replace(record.Record, "draw", lambda done, folder: folder.mkdir())


def _params() -> dict[str, Any]:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(Path("params.yaml").read_text(encoding="utf-8"))


def _write(name: str, text: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
