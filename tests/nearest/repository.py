"""A small repository after `train_devise`: the real readers' files, and a model whose predictions are known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from quoi.devise.space import Space, WayBack
from quoi.images.fetch import fetch
from quoi.io.geometry import unit
from quoi.io.tables import read_columns
from quoi.params.images import ImageParams
from quoi.params.vectors import Labels as LabelParams
from quoi.vectors import label_vectors
from quoi.vectors.labels import LabelTables

LABELS = ["boat", "ship", "engine", "beer", "banana", "motor boat", "zzyzx"]
"""The last has no word vector."""
_VOCABULARY = ("boat", "ship", "engine", "beer", "banana", "motor", "king", "man", "woman", "dog", "apple", "sailing")
LOOKS = 3
"""Dimensions of the space beside those of words."""
_COLOURS = ("navy", "teal", "gray", "gold", "yellow", "maroon", "pink")


def make(folder: Path) -> Path:
    """Write what `train_devise` leaves: two pictures a label, predicted close to it; the boats are predicted alike."""
    (folder / "params.yaml").touch()
    for number, (label, colour) in enumerate(zip(LABELS, _COLOURS, strict=True)):
        (folder / "mine" / label).mkdir(parents=True)
        for each in range(2):
            Image.new("RGB", (40 + 10 * number, 40), colour).save(folder / f"mine/{label}/{label} {each}.png")
    random = np.random.default_rng(1)
    rows = [f"{word} {' '.join(f'{x:.5f}' for x in random.standard_normal(8) + 1)}" for word in _VOCABULARY]
    (folder / "glove.txt").write_text("\n".join(rows) + "\n")

    fetch(ImageParams(source="folder", path=str(folder / "mine")), folder / "data/images")
    labels, synsets = read_columns(folder / "data/images/images.parquet", ["label", "synset"])
    settings = LabelParams.model_validate({"vectors": {"source": "glove", "path": str(folder / "glove.txt")}})
    label_vectors.write(folder / "data/labels", labels, synsets, settings)

    model = folder / "models/devise"
    model.mkdir(parents=True)
    read = LabelTables.open(folder / "data/labels").labels
    words = Space.of(read.vectors[read.found], whitening=0.0)
    weights = random.standard_normal((int(read.found.sum()), LOOKS)).astype(np.float32)
    space = Space(words.centre, words.turn, WayBack(words.words(read.vectors[read.found]), weights, 0.5, 0.7))
    space.save(model / "space.safetensors")
    (model / "model.json").write_text('{"made": "for a test"}\n')
    places = space.apply(read.vectors)
    predictions = places[[read.names.index(label) for label in labels]]
    predictions += 0.05 * random.standard_normal(predictions.shape)
    one, other = (row for row, label in enumerate(labels) if label == "boat")
    predictions[other] = predictions[one]
    np.save(model / "predictions.npy", unit(predictions))
    return folder


def run(program: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, in which the model's side is stood in for."""
    lines = "import sys; from tests.nearest.model_side import stand_ins; sys.modules.update(stand_ins())"
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", f"{lines}\n{program}", *arguments]
    environment = {"PYTHONPATH": f"{root}/src:{root}", "PATH": "/usr/bin:/bin", "COLUMNS": "120"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
