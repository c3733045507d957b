"""What word vectors are worth: the same variants and seeds with vectors trained here, and with vectors drawn by chance.

Run: python benchmarks/quality/word_vectors.py NAME [--profile lesson] [--pairs FILE] [--set KEY=VALUE ...]
Adds NAME to benchmarks/results/word_vectors.json: the scores of every seed, and the checks of the vectors. Everything
happens in a temporary folder, by the stages' own scripts. A training that was done for the same NAME and params.yaml is
not done again.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import click
from ruamel.yaml import YAML

from quoi import params
from quoi.io.files import read_json, write_json
from quoi.jobs import seeds as training
from quoi.params import profiles
from quoi.params.languages import SIDES
from quoi.params.settings import set_values
from quoi.records import checks

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks/results/word_vectors.json"
DATA = ("fetch_corpus", "filter_questions", "tokenize", "numericalize")
SCORES = ("lesson_loss", "token_loss_free", "token_loss_forced", "exact", "bleu_greedy", "bleu_beam", "chrf_beam")


@click.command()
@click.argument("name")
@click.option("--profile", default="demo", show_default=True, help="Which profile's settings.")
@click.option("--pairs", type=click.Path(exists=True, dir_okay=False, resolve_path=True), help="A table of own pairs.")
@click.option("--variants", default="baseline,all", show_default=True)
@click.option("--seeds", default="1,2,3", show_default=True)
@click.option("--sources", default="random,train", show_default=True)
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="A key of params.yaml, and its value.")
def main(
    name: str, profile: str, pairs: str | None, variants: str, seeds: str, sources: str, changes: tuple[str, ...]
) -> None:
    """Train, score, and print a row for each variant and source."""
    values = {"checks": "warn", "seeds": [int(seed) for seed in seeds.split(",")]}
    if pairs:
        values |= {"corpus.source": "files", "corpus.files.pairs": pairs}
    yaml = YAML(typ="safe", pure=True)
    values |= {key: yaml.load(value) for key, value in (change.split("=", 1) for change in changes)}
    known = read_json(RESULTS) if RESULTS.exists() else {}
    with tempfile.TemporaryDirectory(prefix="quoi-") as folder:
        os.chdir(folder)
        Path("params.yaml").write_text(profiles.text(profile, ROOT), encoding="utf-8")
        set_values(Path("params.yaml"), values)
        settings = {
            "profile": profile,
            "pairs": pairs and Path(pairs).name,
            "set": list(changes),
            "seeds": values["seeds"],
            "params": hashlib.sha256(repr(params.load()).encode()).hexdigest()[:16],
        }
        kept = known.get(name, {})
        rows = kept.get("rows", {}) if kept.get("settings") == settings else {}
        for stage in DATA:
            _stage(stage)
        for source in sources.split(","):
            set_values(Path("params.yaml"), {"vectors.source": source, "vectors.languages": {}})
            for side in SIDES:
                _stage("embed", side)
            vectors = {f"{c.key}_{side}": c.value for side in SIDES for c in checks.read(f"embed@{side}").checks}
            for variant in variants.split(","):
                place = f"{variant}, {source}"
                if place not in rows:
                    rows[place] = _train(variant, Path(folder) / source) | {"vectors": vectors}
                    write_json(RESULTS, known | {name: {"settings": settings, "rows": rows}})
                click.echo(f"{place:18} " + "  ".join(f"{score} {_told(rows[place][score])}" for score in SCORES))


def _train(variant: str, work: Path) -> dict[str, Any]:
    """Scores, doubled marks and losses of every seed; `work` is this source's alone, as checkpoints are taken up."""
    given = params.load()
    with training.started(given) as workers:
        trained = training.train_all(given, variant, work / variant, lambda seed, event: None, workers)
    told: dict[str, Any] = {score: [round(each.scores[score], 4) for each in trained] for score in SCORES}
    return told | {
        "doubled_marks": [round(each.measures.values["doubled_marks"], 4) for each in trained],
        "training_loss_by_epoch": [[round(row["train_loss"], 3) for row in each.history] for each in trained],
    }


def _told(values: list[float]) -> str:
    spread = f" ± {stdev(values):.3g}" if len(values) > 1 else ""
    return f"{fmean(values):.4g}{spread}"


def _stage(name: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-P", ROOT / f"stages/{name}.py", *arguments], check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    sys.exit(main())
