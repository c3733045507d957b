"""Your own pictures: a folder for each label, a table of path and label, or files named SYNSET_name.jpg."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from quoi.images.pictures import SYNSET, LeaveOut, Picture, Source, Split, distinct, listed, named, shown, tidy
from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.params.images import ImageParams

NEEDED, KNOWN = ("path", "label"), ("path", "label", "synset", "split")
SPLITS: tuple[Split, ...] = ("train", "val")
_SPLIT_FOLDERS: dict[str, Split] = {"train": "train", "training": "train"} | dict.fromkeys(
    ("val", "valid", "validation", "dev", "test", "testing"), "val"
)
_NUMBERED = re.compile(r"\d+[._ -]+(?=\D)")
"""What `001.Black_footed_Albatross` has before its label."""


def source(params: ImageParams) -> Source:
    """What `images.path` names; which of the three forms it has is seen from it.

    Raises:
        QuoiError: while it is read: it does not exist, or a table has no column path or label, or a bad row.
    """
    path = Path(params.path or "")
    read = _folder if path.is_dir() else _table
    return Source(
        name="folder",
        description="Pictures of your own.",
        licence=params.licence,
        attribution=params.attribution,
        pictures=lambda leave_out: distinct(_spelled_alike(read(path, leave_out))),
    )


def _spelled_alike(pictures: Iterable[Picture]) -> Iterator[Picture]:
    """The same pictures; of labels that differ in case alone, the spelling that comes first is everyone's."""
    first: dict[str, str] = {}
    for picture in pictures:
        yield replace(picture, label=first.setdefault(picture.label.casefold(), picture.label))


def _folder(path: Path, leave_out: LeaveOut) -> Iterator[Picture]:
    folders, files = _folders_and_files(path)
    for file in files:
        synset, label = (None, "") if folders else named(file.stem)
        if synset is None:
            leave_out("no label", file.name)
        else:
            yield Picture(file.stem, label, file, synset)
    if {folder.name.lower() for folder in folders} <= set(_SPLIT_FOLDERS):
        for folder in folders:
            inner, files = _folders_and_files(folder)
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


def _folders_and_files(path: Path) -> tuple[list[Path], list[Path]]:
    entries = listed(path)
    return [entry for entry in entries if entry.is_dir()], [entry for entry in entries if not entry.is_dir()]


def _files_below(folder: Path, leave_out: LeaveOut) -> Iterator[Path]:
    for path, folders, files in os.walk(folder, onerror=lambda error: leave_out("no permission to read", str(folder))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(path) / name for name in sorted(files) if not name.startswith("."))


def _table(path: Path, leave_out: LeaveOut) -> Iterator[Picture]:
    with reading(path, "a CSV"), path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = csv.DictReader(file)
            columns = rows.fieldnames = [name.strip() for name in rows.fieldnames or []]
            if not set(NEEDED) <= set(columns):
                raise QuoiError(
                    f"{path} has the columns {shown(', '.join(columns))[:200] or '(none)'}: path and label are needed, "
                    f"synset and split are known."
                )
            for row in rows:
                where = f"{path}, line {rows.line_num:,}"
                if None in row:
                    raise QuoiError(f"{where} has more cells than the {len(columns)} columns of the first line.")
                cells = {name: (row.get(name) or "").strip() for name in KNOWN}
                label = tidy(cells["label"])
                if cells["path"] and label:
                    yield _row(path.parent, label, cells, where)
                else:
                    leave_out("no label" if cells["path"] else "no path", where)
        except UnicodeDecodeError:
            raise QuoiError(f"{path} is not a table in UTF-8: a CSV with columns path and label is needed.") from None
        except csv.Error as error:
            raise QuoiError(f"{path}, line {rows.line_num:,} cannot be read as CSV ({error}).") from None


def _row(folder: Path, label: str, cells: dict[str, str], where: str) -> Picture:
    synset, split = cells["synset"] or None, cells["split"] or None
    if synset is not None and not SYNSET.fullmatch(synset):
        raise QuoiError(f"{where} has the synset {synset[:99]!r}: n and eight digits are needed, or nothing.")
    if split not in (None, *SPLITS):
        raise QuoiError(f"{where} has the split {split[:99]!r}: {' and '.join(SPLITS)} are allowed, or nothing.")
    file = folder / cells["path"]
    return Picture(file.stem, label, file, synset, split=split)
