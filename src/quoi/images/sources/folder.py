"""Your own pictures: a folder for each label, a table of path and label, or files named SYNSET_name.jpg."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from quoi.images.pictures import SYNSET, LeaveOut, Picture, Source, Split, named, shown, spelled_alike, tidy, told_apart
from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.params.images import Images

NEEDED, KNOWN = ("path", "label"), ("path", "label", "synset", "split")
SPLITS: tuple[Split, ...] = ("train", "val")
_SPLIT_FOLDERS: dict[str, Split] = {"train": "train", "training": "train"} | dict.fromkeys(
    ("val", "valid", "validation", "dev", "test", "testing"), "val"
)
_NUMBERED = re.compile(r"\d+[._ -]+(?=\D)")
"""What `001.Black_footed_Albatross` has before its label."""
_LONGEST = 1 << 20
"""Characters in a line of a table; what is no table may have no line at all."""


def source(params: Images) -> Source:
    """What `images.path` names; which of the three forms it has is seen from it.

    Raises:
        QuoiError: it does not exist; while it is read: a table has no column path or label, or a bad row.
    """
    path = Path(params.path or "")
    with reading(f"{path}, which images.path names,", "a folder or a CSV"):
        table = not path.is_dir() and path.stat() is not None
    return Source(
        name="folder",
        description="Pictures of your own.",
        licence=params.licence,
        attribution=params.attribution,
        pictures=lambda leave_out: iter(
            told_apart(spelled_alike(_table(path, leave_out) if table else _folder(path, leave_out)))
        ),
    )


def _folder(path: Path, leave_out: LeaveOut) -> Iterator[Picture]:
    folders, files = _listed(path)
    if not folders:
        for file in files:
            synset, label = named(file.stem)
            if synset is None:
                leave_out("no label", file.name)
            else:
                yield Picture(file.stem, label, file, synset)
        return
    for file in files:
        leave_out("no label", file.name)
    if {folder.name.lower() for folder in folders} <= set(_SPLIT_FOLDERS):
        for folder in folders:
            inner, files = _listed(folder)
            for file in files:
                leave_out("no label", f"{folder.name}/{file.name}")
            yield from _labelled(inner, _SPLIT_FOLDERS[folder.name.lower()], leave_out)
    else:
        yield from _labelled(folders, None, leave_out)


def _labelled(folders: list[Path], split: Split | None, leave_out: LeaveOut) -> Iterator[Picture]:
    numbered = all(_NUMBERED.match(folder.name) for folder in folders)
    for folder in folders:
        synset, label = named(_NUMBERED.sub("", folder.name, count=1) if numbered else folder.name)
        for file in _files_below(folder, leave_out):
            yield Picture(file.stem, label, file, synset, split=split)


def _listed(path: Path) -> tuple[list[Path], list[Path]]:
    """Folders and files directly in a folder, sorted by name; hidden ones are passed over."""
    with reading(path, "a folder"):
        entries = sorted((entry.name, entry.is_dir()) for entry in os.scandir(path) if not entry.name.startswith("."))
    return [path / name for name, is_dir in entries if is_dir], [path / name for name, is_dir in entries if not is_dir]


def _files_below(folder: Path, leave_out: LeaveOut) -> Iterator[Path]:
    for path, folders, files in os.walk(folder, onerror=lambda error: leave_out("no permission to read", str(folder))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(path) / name for name in sorted(files) if not name.startswith("."))


def _table(path: Path, leave_out: LeaveOut) -> Iterator[Picture]:
    with reading(path, "a CSV"), path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(_lines(path, file))
        try:
            columns = [name.strip() for name in rows.fieldnames or []]
            if not set(NEEDED) <= set(columns) or len(set(columns)) < len(columns):
                raise QuoiError(
                    f"{path} has the columns {shown(', '.join(columns))[:200] or '(none)'}: path and label are needed, "
                    f"synset and split are known."
                )
            rows.fieldnames = columns
            for row in rows:
                where = f"{path}, line {rows.line_num:,}"
                if None in row:
                    raise QuoiError(f"{where} has more cells than the {len(columns)} columns of the first line.")
                cells = {name: (row.get(name) or "").strip() for name in KNOWN}
                label = tidy(cells["label"])
                if not (cells["path"] and label):
                    leave_out("no label" if cells["path"] else "no path", where)
                    continue
                yield _row(path.parent, label, cells, where)
        except UnicodeDecodeError:
            raise QuoiError(f"{path} is not a table in UTF-8: a CSV with columns path and label is needed.") from None
        except csv.Error as error:
            raise QuoiError(f"{path}, line {rows.line_num:,} cannot be read as CSV ({error}).") from None


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    number = 0
    while line := file.readline(_LONGEST):
        number += 1
        if len(line) == _LONGEST:
            raise QuoiError(f"{path}, line {number:,} is longer than any line of a table.")
        yield line


def _row(folder: Path, label: str, cells: dict[str, str], where: str) -> Picture:
    synset, split = cells["synset"] or None, cells["split"] or None
    if synset is not None and not SYNSET.fullmatch(synset):
        raise QuoiError(f"{where} has the synset {synset[:99]!r}: n and eight digits are needed, or nothing.")
    if split is not None and split not in SPLITS:
        raise QuoiError(f"{where} has the split {split[:99]!r}: {' and '.join(SPLITS)} are allowed, or nothing.")
    if "\0" in cells["path"]:
        raise QuoiError(f"{where} has a NUL character in its path.")
    if any(unicodedata.category(letter) == "Cc" for letter in label):  # a terminal would obey some of them
        raise QuoiError(f"{where} has a control character in its label: {label[:99]!r}.")
    file = folder / cells["path"]
    return Picture(file.stem, label, file, synset, split="val" if split == "val" else "train" if split else None)
