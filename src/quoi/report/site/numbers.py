"""What the page knows of the progression: scores, losses by epoch, samples, and what each training was made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quoi.io.files import read_json
from quoi.records import training
from quoi.records.results import SWITCHES, VARIANTS, Result, smaller_is_better
from quoi.repo.digests import of_path
from quoi.report import progression, style

SCORES = {"lesson_loss": "the lesson's loss", **progression.LOSSES, **progression.QUALITY}
CURVES = {
    "lesson_loss": "the lesson's loss",
    "token_loss_free": "token loss, free-running",
    "token_loss_forced": "token loss, forced",
    "train_loss": "training loss",
}
"""Columns of history.csv that the page draws."""
DATA = {
    "data/raw": "raw corpus",
    "data/questions.parquet": "questions",
    "data/tokens.parquet": "tokens",
    "data/ids": "split, vocabularies and ids",
    "data/vectors/source.safetensors": "source word vectors",
    "data/vectors/target.safetensors": "target word vectors",
}
"""What every training has read, from the raw corpus on."""


def told(results: Sequence[Result], published: Mapping[str, float] | None, root: Path) -> dict[str, Any]:
    """The progression as the page's script reads it.

    Args:
        published: the lesson's own losses, if they are comparable (`progression.published_for`).

    Raises:
        QuoiError: data/raw/source.json or the report of the corpus is absent or damaged.
    """
    colours = style.colours(result.variant for result in results)
    summaries = progression.as_json(results)
    counts = read_json(root / "reports/corpus/numericalize.json")
    variants = []
    for result, verdict in zip(results, progression.verdicts(results), strict=True):
        name, record = result.variant, VARIANTS / result.variant
        left = {
            f"models/{name}": "trained models",
            str(record / training.METRICS): "scores and samples",
            str(record / training.HISTORY): "losses by epoch",
        }
        variants.append(
            {
                "name": name,
                "colour": colours[name],
                "ink": style.ink(colours[name]),
                "ideas": [result.has(switch) for switch in SWITCHES],
                "scores": {
                    score: {**summary, "seeds": dict(zip(result.seeds, result.values(score), strict=True))}
                    for score, summary in summaries[name].items()
                },
                "verdict": verdict,
                "published": (published or {}).get(name),
                "history": {
                    seed: [{key: round(row[key], 5) for key in ("epoch", *CURVES) if key in row} for row in rows]
                    for seed, rows in result.history.items()
                },
                "best_seed": result.best_seed,
                "settings": result.settings,
                "parameters": result.parameters,
                "made": _digests(root, left),
                "samples": result.samples,
            }
        )
    return {
        "variants": variants,
        "ideas": list(SWITCHES.values()),
        "scores": [
            {
                "key": key,
                "title": title,
                "digits": 3 if "loss" in key else 2 if "perplexity" in key else 1,
                "scale": 100 if key == "exact" else 1,
                "lower": smaller_is_better(key),
            }
            for key, title in SCORES.items()
        ],
        "curves": CURVES,
        "languages": results[0].language_names,
        "tags": list(results[0].languages.values()),
        "beam": results[0].beam,
        "training": counts["training"],
        "validation": counts["validation"],
        "source": read_json(root / "data/raw/source.json"),
        "read": _digests(root, DATA),
    }


def _digests(root: Path, paths: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Of what is there: what it is, and its digest."""
    return {path: {"what": what, "md5": digest} for path, what in paths.items() if (digest := of_path(root / path))}
