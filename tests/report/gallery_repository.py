"""A small repository after `build_indexes`: coloured pictures, made word vectors, and a model that is nearly right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from quoi.devise.space import Space
from quoi.images.fetch import fetch
from quoi.io.geometry import unit
from quoi.io.tables import read_columns
from quoi.nearest import build
from quoi.nearest.catalogue import Catalogue
from quoi.params.devise import Nearest
from quoi.params.images import ImageParams
from quoi.params.vectors import Labels as LabelParams
from quoi.records import devise_record, training
from quoi.vectors import label_vectors
from quoi.vectors.labels import LabelTables

LABELS = (
    "ship", "canoe", "motor boat", "apple", "banana", "cherry", "dog", "cat", "horse", "hammer", "saw", "piano",
    "zzyzx",
)  # fmt: skip
"""The last has no word vector."""
UNSEEN = ("canoe", "cherry", "horse")
NO_LABELS = ("boat", "engine", "beer", "party", "vessel", "fruit", "pony")
DIMENSIONS = 8


def make(folder: Path, labels: Sequence[str] = LABELS, words: Sequence[str] = NO_LABELS, several: int = 3) -> Path:
    """Write everything that the stage reads; the first label has `several` pictures, each of the others one.

    A word's vector is drawn by its name, `vessel`'s close to those of ships, `fruit`'s to those of fruit.
    """
    (folder / "reports/devise").mkdir(parents=True)
    for number, label in enumerate(labels):
        (folder / "mine" / label).mkdir(parents=True)
        for copy in range(several if number == 0 else 1):
            colour = (37 * number % 256, 90 * copy % 256, 255 - 20 * number % 256)
            Image.new("RGB", (30 + number, 30), colour).save(folder / f"mine/{label}/{label} {copy}.png")
    known = dict.fromkeys(word for name in (*labels, *words) for word in name.split() if word != "zzyzx")
    lines = [f"{word} {' '.join(f'{x:.5f}' for x in vector(word))}" for word in known]
    (folder / "glove.txt").write_text("\n".join(lines) + "\n")
    fetched = fetch(ImageParams(source="folder", path=str(folder / "mine")), folder / "data/images")
    counted = {"pictures": fetched.pictures, "labels": len(labels), "left_out": {"zero | bytes": 2}}
    (folder / "reports/devise/images.json").write_text(json.dumps(counted))
    of_pictures, synsets = read_columns(folder / "data/images/images.parquet", ["label", "synset"])
    settings = LabelParams.model_validate({"vectors": {"source": "glove", "path": str(folder / "glove.txt")}})
    counts = label_vectors.write(folder / "data/labels", of_pictures, synsets, settings)
    (folder / "reports/devise/labels.json").write_text(json.dumps(counts))
    _model(folder, of_pictures)
    return folder


def _model(folder: Path, of_pictures: Sequence[str]) -> None:
    """Write models/devise, the indexes and the record."""
    read = LabelTables.open(folder / "data/labels").labels
    models = folder / "models/devise"
    models.mkdir(parents=True)
    space = Space.of(read.vectors[read.found], 0.5)
    space.save(models / "space.safetensors")
    places = space.apply(read.vectors)[[read.names.index(label) for label in of_pictures]]
    drawn = np.random.default_rng(0).standard_normal(places.shape)
    np.save(models / "predictions.npy", unit(places + 0.1 * drawn))
    unseen = [name for name in UNSEEN if name in read.names]
    (models / "model.json").write_text(json.dumps({"unseen": unseen, "settings": {"kernel": {"weight": 2.0}}}))
    built = build.report(build.build_all(Nearest(), Catalogue(folder)))
    (folder / "reports/devise/indexes.json").write_text(json.dumps(built))
    history = {seed: [{"epoch": 1, "loss": 0.5}] for seed in (1, 2)}
    training.write(folder / devise_record.RECORD, {}, record()["record"][0], history)


def vector(word: str) -> np.ndarray:
    """Drawn by the word's letters; a kind of thing has a part in common."""
    kinds = (("ship", "canoe", "boat", "motor", "vessel"), ("apple", "banana", "cherry", "fruit"), ("horse", "pony"))
    own = np.random.default_rng(list(word.encode())).standard_normal(DIMENSIONS)
    kind = next((number for number, words in enumerate(kinds) if word in words), None)
    return 0.5 * own if kind is None else 0.15 * own + 2 * np.eye(DIMENSIONS)[kind]


def record(
    unseen: Sequence[float] = (0.5, 0.6), seen: float | None = 0.9, csls: int = 10, **methods: float
) -> dict[str, Any]:
    """metrics.json: hit@5 of DeViSE by seed, the same of every other method; hit@k grows with k."""
    others = methods or {"its head alone": 0.3, "ConSE": 0.1, "visual neighbours": 0.4, "random vectors": 0.05}

    def scores(five: float, pictures: int, labels: int) -> dict[str, float]:
        shares = {f"hit@{k}": min(1.0, five * k / 5) for k in (1, 2, 5, 10, 20)}
        chances = {f"chance@{k}": k / labels for k in (1, 2, 5, 10, 20)}
        return shares | chances | {"loss": 0.5, "pictures": pictures, "labels": labels}

    def sets(five: float) -> dict[str, dict[str, float]]:
        by_set = {"unseen": scores(five, 40, 40), "unseen among all": scores(five / 2, 40, 200)}
        return by_set | ({"seen": scores(seen, 160, 160)} if seen is not None else {})

    seeds = [
        {"seed": number, "stopped": 3, "scores": {"DeViSE": sets(five)} | {n: sets(each) for n, each in others.items()}}
        for number, five in enumerate(unseen, 1)
    ]
    return {"unseen_hit_at_5": 0.5, "record": [{"parameters": {"devise.csls": csls}, "seeds": seeds}]}
