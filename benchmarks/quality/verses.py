"""Verses into English out of several languages: the profile `verses`, and what three lines of it change.

Run: pip install 'quoi[verses]'; python benchmarks/quality/verses.py [LANGUAGE ...] [--keep FOLDER]
Adds each language to benchmarks/results/verses.json: how many pairs and references there are, the scores of every
variant over its seeds, and as a control the BLEU of references dealt out at random, one to each sentence: the mean over
twenty deals.
"""

from __future__ import annotations

import os
import platform
import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import fmean
from typing import Any

import click

from quoi import params
from quoi.io.files import read_json, write_json
from quoi.params.settings import set_values
from quoi.translation import inputs
from quoi.translation.scores import corpus_scores

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.workspace import ROOT, Workspace

RESULTS = ROOT / "benchmarks/results/verses.json"
VERSIONS: dict[str, list[str] | None] = {"fr": None, "de": ["e"], "es": None, "ru": None}
"""The versions of the source: all that are known to be free, or those that must be named."""
DEALS = 20
SCORES = ("lesson_loss", "exact", "bleu_beam", "chrf_beam")


@click.command()
@click.argument("languages", nargs=-1, type=click.Choice(list(VERSIONS)))
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Run in this folder, or go on there.")
def main(languages: tuple[str, ...], keep: Path | None) -> None:
    """Run the pipeline for each LANGUAGE (all, unless told), and print a row for each of its variants."""
    with tempfile.TemporaryDirectory(prefix="quoi-") as temporary:
        for language in languages or VERSIONS:
            folder = (keep or Path(temporary)) / language
            new = not folder.exists()
            work = Workspace.fresh(folder, "verses") if new else Workspace(folder)
            if new:
                changed = {"languages.source": language, "corpus.verses.source": VERSIONS[language]}
                set_values(folder / "params.yaml", changed)
            started = time.perf_counter()
            work.run("quoi", "repro")
            seconds = round(time.perf_counter() - started)
            told = {"machine": f"{platform.machine()}, {os.cpu_count()} cores", "seconds": seconds} if new else {}
            told |= _results(folder)
            known = read_json(RESULTS) if RESULTS.exists() else {}
            write_json(RESULTS, known | {language: known.get(language, {}) | told})
            for variant, scores in told["variants"].items():
                bleu = scores["bleu_beam"]
                click.echo(f"{language}  {variant:10} BLEU {bleu['mean']:5.1f} ± {bleu['sd']:.1f}")
            click.echo(f"{language}  at random  BLEU {told['bleu_at_random']:5.1f}")


def _results(folder: Path) -> dict[str, Any]:
    read = inputs.read(params.load(folder / "params.yaml"), folder)
    scored = read.scored()
    first, rng = [right[0] for right in scored.references], random.Random(0)
    dealt = [rng.sample(first, len(first)) for _ in range(DEALS)]
    at_random = fmean(float(corpus_scores(deal, scored.references, "en")["bleu"]) for deal in dealt)
    progression = read_json(folder / "reports/translation/progression.json")
    return {
        "training_pairs": len(read.data.training),
        "validation_pairs": len(read.data.validation),
        "validation_sentences": len(scored.rows),
        "references_of_a_sentence": round(fmean(map(len, scored.references)), 2),
        "bleu_at_random": round(at_random, 2),
        "variants": {
            variant: {name: {key: scores[name][key] for key in ("mean", "sd", "n")} for name in SCORES}
            for variant, scores in progression.items()
        },
    }


if __name__ == "__main__":
    main()
