"""A small made-up record of five trained variants, in the form that training leaves it."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

SWITCHES: dict[str, dict[str, Any]] = {
    "baseline": {},
    "bidir": {"bidirectional": True},
    "forcing": {"forcing": True},
    "attention": {"forcing": True, "attention": True},
    "all": {"bidirectional": True, "forcing": True, "attention": True},
}
HISTORY = (
    "seed",
    "epoch",
    "train_loss",
    "lesson_loss",
    "token_loss_free",
    "token_loss_forced",
    "learning_rate",
    "momentum",
    "forcing",
)
SENTENCES = (
    ("Où sommes-nous ?", "Where are we?", "où sommes - nous ?", "where are we ?"),
    ("Quelle est la capitale du Portugal ?", "What is the capital of Portugal?",
     "quelle est la capitale du portugal ?", "what is the capital of portugal ?"),
    ("Qui a écrit ce rapport | ce livre ?", "Who wrote this report | this book?",
     "qui a écrit ce rapport | ce livre ?", "who wrote this report ?"),
)  # fmt: skip


def write_record(
    root: Path,
    variant: str,
    lesson_losses: dict[int, float] | None = None,
    epochs: int = 3,
    parameters: dict[str, Any] | None = None,
    model: bool = True,
) -> Path:
    """Write what `train@VARIANT` leaves under `root`; returns the folder of the record.

    `lesson_losses` gives the final lesson's loss of each seed (default: seeds 1 and 2).
    """
    place = list(SWITCHES).index(variant) if variant in SWITCHES else len(SWITCHES)
    settings = {"bidirectional": False, "forcing": False, "attention": False, "epochs": epochs, "cell": "gru"}
    settings |= SWITCHES.get(variant, {})
    losses = lesson_losses or {1: 3.5 - 0.1 * place, 2: 3.52 - 0.1 * place}
    seeds = {str(seed): _scores(loss, place) for seed, loss in losses.items()}
    best = min(losses, key=losses.get)
    folder = root / "reports/translation/variants" / variant
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "variant": variant,
        "languages": {"source": "fr", "target": "en"},
        "settings": settings,
        "seeds": seeds,
        "signatures": {"bleu": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp", "chrf": "nrefs:1|nc:6|nw:0"},
        "parameters": {"profile": "demo", "languages.source": "fr", "translation.epochs": epochs, **(parameters or {})},
        "beam": 5,
        "best_seed": best,
    }
    sentences = [_sample(place, settings["attention"], *s) for s in SENTENCES]
    _write(folder / "metrics.json", {**_means(seeds), "record": [told], "sentences": sentences})
    with (folder / "history.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HISTORY, lineterminator="\n")
        writer.writeheader()
        for seed, loss in losses.items():
            writer.writerows(history_rows(seed, loss, epochs, settings["forcing"]))
    if model:
        write_model(root, variant, settings, [int(seed) for seed in seeds], best)
    return folder


def write_record_of_all(root: Path, **options: Any) -> list[str]:
    """Write all five variants, and the reports of the corpus and the vectors; returns the variants' names."""
    for variant in SWITCHES:
        write_record(root, variant, **options)
    write_corpus_reports(root)
    return list(SWITCHES)


def history_rows(seed: int, final_loss: float, epochs: int, forcing: bool = False) -> list[dict[str, Any]]:
    """Rows of history.csv whose last lesson's loss is `final_loss`."""
    return [
        {
            "seed": seed,
            "epoch": epoch,
            "train_loss": round(final_loss + 2.2 / epoch, 6),
            "lesson_loss": round(final_loss + 2 / epoch - 2 / epochs, 6),
            "token_loss_free": round(final_loss + 3 / epoch - 3 / epochs - 0.4, 6),
            "token_loss_forced": round(final_loss + 2.5 / epoch - 2.5 / epochs - 1, 6),
            "learning_rate": 0.003 / epoch,
            "momentum": 0.8,
            "forcing": max(0.0, round(1 - 0.1 * epoch, 6)) if forcing else "",
        }
        for epoch in range(1, epochs + 1)
    ]


def write_model(root: Path, variant: str, settings: dict[str, Any], seeds: list[int], best_seed: int) -> Path:
    """Write a folder models/VARIANT whose weights are empty."""
    folder = root / "models" / variant
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "variant": variant,
        "source_language": "fr",
        "target_language": "en",
        "settings": settings,
        "seeds": seeds,
        "best_seed": best_seed,
    }
    _write(folder / "model.json", told)
    for seed in seeds:
        (folder / f"seed-{seed}.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    for name in ("source.txt", "target.txt"):
        (folder / name).write_text("_bos_\n_pad_\n_eos_\n_unk_\n", encoding="utf-8")
    return folder


def write_corpus_reports(root: Path) -> None:
    """Write source.json and what numericalize and embed report."""
    _write(
        root / "data/raw/source.json",
        {"name": "atlas", "description": "generated questions", "url": None, "licence": "MIT", "lines": 1000},
    )
    _write(
        root / "reports/corpus/numericalize.json",
        {"pairs": 100, "training": 90, "validation": 10, "vocabulary_source": 60, "vocabulary_target": 50,
         "validation_also_in_training": {"pair": 1, "source": 2, "target": 3}},
    )  # fmt: skip
    for side, words in {"source": ["ornithorynque"], "target": ["quokka", "Aix|en"]}.items():
        folder = root / "reports/vectors"
        trained = {"name": "train", "words_read": 800, "epochs": 8, "learning_rate": 0.2, "window": 2}
        counted = {"words": 50, "found": 50 - len(words), "by_subwords": 0, "missed": len(words)}
        _write(folder / f"{side}.json", counted | {"missed_with_subwords": len(words), "source": trained})
        rows = "".join(f"{word},{10 - place}\n" for place, word in enumerate(words))
        (folder / f"missed.{side}.csv").write_text("word,count\n" + rows, encoding="utf-8")


def _scores(loss: float, place: int) -> dict[str, float]:
    return {
        "lesson_loss": loss,
        "token_loss_free": loss - 0.4,
        "token_loss_forced": loss - 1,
        "perplexity_free": 12.5,
        "perplexity_forced": 6.25,
        "exact": 0.1 + 0.05 * place,
        "bleu_greedy": 20.0 + 3 * place - loss,
        "bleu_beam": 21.0 + 3 * place - loss,
        "chrf_greedy": 40.0 + 3 * place - loss,
        "chrf_beam": 41.0 + 3 * place - loss,
    }


def _means(seeds: dict[str, dict[str, float]]) -> dict[str, float]:
    rows = list(seeds.values())
    return {score: sum(row[score] for row in rows) / len(rows) for score in rows[0]}


def _sample(place: int, attention: bool, source: str, reference: str, tokens: str, output: str) -> dict[str, Any]:
    source_tokens, target_tokens = [*tokens.split(), "_eos_"], [*output.split(), "_eos_"]
    draw = random.Random(len(source))
    weights = []
    for row in range(len(target_tokens)):
        raw = [draw.random() ** 4 + 3 * (column == row) for column in range(len(source_tokens))]
        weights.append([round(weight / sum(raw), 4) for weight in raw])
    return {
        "source": source,
        "reference": reference,
        "greedy": output,
        "beam": reference if place > 1 else output,
        "source_tokens": source_tokens,
        "target_tokens": target_tokens,
        "attention": weights if attention else None,
    }


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def write_trained(root: Path) -> Path:
    """Write the record of variant `all` with a real, untrained model of a few words; returns the record's folder."""
    import torch

    from quoi.corpus.vocabulary import Vocabulary
    from quoi.params import Translation
    from quoi.translation import saved
    from quoi.translation.model import Seq2Seq

    settings = Translation(hidden=8, layers=1, **SWITCHES["all"])
    record = write_record(root, "all", {1: 3.0, 2: 3.1}, model=False)
    told = json.loads((record / "metrics.json").read_text(encoding="utf-8"))
    told["record"][0]["settings"] = settings.model_dump()
    _write(record / "metrics.json", told)
    source = Vocabulary.from_sentences([["où", "sommes", "-", "nous", "?"]], 100)
    target = Vocabulary.from_sentences([["where", "are", "we", "?"]], 100)
    torch.manual_seed(0)
    model = Seq2Seq(settings, torch.randn(len(source), 6), torch.randn(len(target), 6))
    folder = root / "models/all"
    description = saved.Description("all", "fr", "en", settings.model_dump(), [1, 2], 1, 6, 6, 10, 10, False)
    saved.save(folder, description, source, target)
    for seed in (1, 2):
        saved.save_weights(folder / f"seed-{seed}.safetensors", model)
    return record
