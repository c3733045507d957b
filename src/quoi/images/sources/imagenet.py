"""ImageNet (ILSVRC 2012) as Kaggle packs it: training pictures in folders, validation pictures labelled by a table."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from quoi.images.pictures import SYNSET, LeaveOut, Picture, Source, tidy, told_apart
from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.params.images import Images

PICTURES = Path("ILSVRC/Data/CLS-LOC")
SYNSETS, VALIDATION = "LOC_synset_mapping.txt", "LOC_val_solution.csv"


def source(params: Images) -> Source:
    """The folder that holds `ILSVRC`, `LOC_synset_mapping.txt` and `LOC_val_solution.csv`.

    A label is the first of its synset's names. One of the two halves, train or val, may be absent.

    Raises:
        QuoiError: one of the files, or both halves, is absent; a table has another form.
    """
    root = Path(params.path or "")
    labels = _labels(root / SYNSETS)
    halves = [half for half in ("train", "val") if (root / PICTURES / half).is_dir()]
    if not halves:
        raise QuoiError(f"There is neither {root / PICTURES / 'train'} nor {root / PICTURES / 'val'}.")
    answers = _answers(root / VALIDATION) if "val" in halves else {}

    def pictures(leave_out: LeaveOut) -> Iterator[Picture]:
        if "train" in halves:
            yield from _train(root / PICTURES / "train", labels, leave_out)
        if "val" in halves:
            yield from _val(root / PICTURES / "val", labels, answers, leave_out)

    return Source(
        name="imagenet",
        description="ImageNet, the classification pictures of ILSVRC 2012, with their own validation pictures.",
        licence="for non-commercial research and education, by ImageNet's terms of access",
        attribution="Russakovsky et al.: ImageNet Large Scale Visual Recognition Challenge. IJCV, 2015.",
        url="https://www.image-net.org",
        pictures=pictures,
    )


def _train(folder: Path, labels: dict[str, str], leave_out: LeaveOut) -> Iterator[Picture]:
    for synset in _names(folder):
        if synset not in labels:
            leave_out(f"not in {SYNSETS}", f"train/{synset}")
            continue
        for name in _names(folder / synset):
            yield Picture(Path(name).stem, labels[synset], folder / synset / name, synset, split="train")


def _val(folder: Path, labels: dict[str, str], answers: dict[str, str], leave_out: LeaveOut) -> Iterator[Picture]:
    names = _names(folder)
    for name in names:
        stem = Path(name).stem
        if stem not in answers:
            leave_out(f"not in {VALIDATION}", f"val/{name}")
        elif answers[stem] not in labels:
            leave_out(f"not in {SYNSETS}", f"val/{name}")
        else:
            synset = answers[stem]
            yield Picture(stem, labels[synset], folder / name, synset, split="val")
    for stem in sorted(answers.keys() - {Path(name).stem for name in names}):
        leave_out("no such file", f"val/{stem}")


def _names(folder: Path) -> list[str]:
    with reading(folder, "a folder"):
        return sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))


def _labels(path: Path) -> dict[str, str]:
    """Label by synset."""
    found: list[Picture] = []
    with reading(path, "a text file"), path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            synset, _, names = line.strip().partition(" ")
            label = tidy(names.split(",")[0])
            if not (SYNSET.fullmatch(synset) and label):
                raise QuoiError(f"{path}, line {number:,} is not a synset and its names: {line.strip()[:80]!r}.")
            found.append(Picture(synset, label, b"", synset))
    return {picture.name: picture.label for picture in told_apart(found)}


def _answers(path: Path) -> dict[str, str]:
    """Synset by picture, of the validation half."""
    with reading(path, "a CSV"), path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.reader(file)
        try:
            header = next(rows, [])
            if header[:2] != ["ImageId", "PredictionString"]:
                raise QuoiError(f"{path} does not begin with the columns ImageId and PredictionString.")
            return {row[0]: (row[1].split() or [""])[0] for row in rows if len(row) > 1}
        except csv.Error as error:
            raise QuoiError(f"{path}, line {rows.line_num:,} cannot be read as CSV ({error}).") from None
