"""ImageNet (ILSVRC 2012) as Kaggle packs it: training pictures in folders, validation pictures labelled by a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from quoi.images.pictures import SYNSET, LeaveOut, Picture, Source, distinct, listed, tidy
from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.params.images import ImageParams

PICTURES = Path("ILSVRC/Data/CLS-LOC")
SYNSETS, VALIDATION = "LOC_synset_mapping.txt", "LOC_val_solution.csv"


def source(params: ImageParams) -> Source:
    """The folder that holds `ILSVRC`, `LOC_synset_mapping.txt` and `LOC_val_solution.csv`.

    A label is the first of its synset's names. One of the two halves, train or val, may be absent.

    Raises:
        QuoiError: one of the files is absent, or a table has another form.
    """
    root = Path(params.path or "")
    train, val = root / PICTURES / "train", root / PICTURES / "val"
    labels = _labels(root / SYNSETS)
    answers = _answers(root / VALIDATION) if val.is_dir() else {}

    def pictures(leave_out: LeaveOut) -> Iterator[Picture]:
        if train.is_dir():
            yield from _train(train, labels, leave_out)
        if val.is_dir():
            yield from _val(val, labels, answers, leave_out)

    return Source(
        name="imagenet",
        description="ImageNet, the classification pictures of ILSVRC 2012, with their own validation pictures.",
        licence="for non-commercial research and education, by ImageNet's terms of access",
        attribution="Russakovsky et al.: ImageNet Large Scale Visual Recognition Challenge. IJCV, 2015.",
        url="https://www.image-net.org",
        pictures=pictures,
    )


def _train(folder: Path, labels: dict[str, str], leave_out: LeaveOut) -> Iterator[Picture]:
    for entry in listed(folder):
        synset = entry.name
        if synset in labels:
            for file in listed(entry):
                yield Picture(file.stem, labels[synset], file, synset, split="train")
        else:
            leave_out(f"not in {SYNSETS}", f"train/{synset}")


def _val(folder: Path, labels: dict[str, str], answers: dict[str, str], leave_out: LeaveOut) -> Iterator[Picture]:
    for file in listed(folder):
        synset = answers.get(file.stem)
        if synset is None:
            leave_out(f"not in {VALIDATION}", f"val/{file.name}")
        elif synset not in labels:
            leave_out(f"not in {SYNSETS}", f"val/{file.name}")
        else:
            yield Picture(file.stem, labels[synset], file, synset, split="val")


def _labels(path: Path) -> dict[str, str]:
    """Label by synset; one that several synsets share gets theirs added in brackets."""
    labels: dict[str, str] = {}
    with reading(path, "a text file"), path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            synset, _, names = line.strip().partition(" ")
            labels[synset] = tidy(names.split(",")[0])
            if not (SYNSET.fullmatch(synset) and labels[synset]):
                raise QuoiError(f"{path}, line {number:,} is not a synset and its names: {line.strip()[:80]!r}.")
    pictures = distinct(Picture(synset, label, b"", synset) for synset, label in labels.items())
    return {picture.name: picture.label for picture in pictures}


def _answers(path: Path) -> dict[str, str]:
    """Synset by picture, of the validation half."""
    with reading(path, "a CSV"), path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"ImageId", "PredictionString"} <= set(rows.fieldnames or ()):
            raise QuoiError(f"{path} has no columns ImageId and PredictionString.")
        return {row["ImageId"]: row["PredictionString"].split()[0] for row in rows}
