"""DVC's cache, checked against dvc.lock: is everything there, and is it still what its name says?

DVC takes a file that it once put into its cache for good: `dvc checkout` and `dvc repro` restore a damaged one without
a word, and train on it. So the objects are read here, and hashed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from quoi.io.errors import QuoiError
from quoi.io.files import read_note, replacing, write_json
from quoi.io.progress import bar
from quoi.repo import pipeline
from quoi.repo.digests import listed, of_file
from quoi.repo.pipeline import Output, Pipeline

CHECKED = Path(".quoi/cache-checked.json")
_FOLDER = ".dir"


@dataclass(frozen=True)
class Entry:
    """A file of an output, and the object in the cache that holds its content.

    Attributes:
        stage: which stage writes it.
        path: where it is in the workspace; that of a folder stands for the list of the folder's files.
        md5: the digest of the content, a folder's with `.dir` at its end.
        object: the object's path.
    """

    stage: str
    path: str
    md5: str
    object: Path

    def __str__(self) -> str:
        return f"{self.path} ({self.stage})"


@dataclass(frozen=True)
class Checked:
    """How many objects dvc.lock names, and the files whose object is missing or holds something else."""

    objects: int
    missing: list[Entry]
    damaged: list[Entry]


@dataclass(frozen=True)
class Repaired:
    """What was put back out of the workspace, and what was taken out of the cache and has to come from elsewhere."""

    restored: list[Entry]
    discarded: list[Entry]


def check(root: Path = Path(), *, new: bool = False, told: Pipeline | None = None) -> Checked:
    """Hash every object that dvc.lock names.

    Args:
        new: pass over the objects that were found whole earlier and have not been written to since.
        told: the pipeline, where it has been read already, which takes a second.

    Raises:
        QuoiError: as `pipeline.read`.
    """
    entries = list(tracked(told or pipeline.read(root)))
    here = {entry.md5: entry.object for entry in entries if entry.object.is_file()}
    known = read_note(root / CHECKED) if new else {}
    whole = {}
    with bar("Checking DVC's cache", sum(path.stat().st_size for path in here.values()), in_bytes=True) as advance:
        for digest, path in here.items():
            stamp = _stamp(path)
            if known.get(digest) == stamp:
                advance(path.stat().st_size)
            elif of_file(path, advance) != digest.removesuffix(_FOLDER):
                continue
            whole[digest] = stamp
    write_json(root / CHECKED, whole)
    return Checked(
        len({entry.md5 for entry in entries}),
        [entry for entry in entries if entry.md5 not in here],
        [entry for entry in entries if entry.md5 in here and entry.md5 not in whole],
    )


def missing(told: Pipeline) -> list[Entry]:
    """The files whose object is not in the cache; nothing is hashed."""
    return [entry for entry in tracked(told) if not entry.object.is_file()]


def repair(checked: Checked, root: Path = Path()) -> Repaired:
    """Take damaged objects out of the cache, and put in what the workspace still has whole.

    A file of the workspace with the content of a damaged object was restored from it and is removed too, for DVC
    would take it for the right one. Nothing else is touched.

    Raises:
        QuoiError: the cache or the workspace may not be written.
    """
    restored, discarded = [], []
    damaged = {entry.md5 for entry in checked.damaged}
    for digest in dict.fromkeys(entry.md5 for entry in (*checked.damaged, *checked.missing)):
        entries = [entry for entry in (*checked.damaged, *checked.missing) if entry.md5 == digest]
        found = {path: of_file(path) for entry in entries if (path := root / entry.path).is_file()}
        stored = entries[0].object
        if digest in damaged:
            wrong = of_file(stored)
            for path in (path for path, content in found.items() if content == wrong):
                path.unlink()
            stored.unlink()
        whole = next((path for path, content in found.items() if content == digest), None)
        if whole is not None:
            _put(whole, stored)
            restored += entries
        elif digest in damaged:
            discarded += entries
    return Repaired(restored, discarded)


def files(told: Pipeline, out: Output) -> dict[str, str] | None:
    """The files of an output with their digests, by their paths from the root; None: the cache has no list of them."""
    if out.md5 is None or not out.md5.endswith(_FOLDER):
        return {out.path: out.md5} if out.md5 else None
    try:
        inside = listed(told.object(out.md5).read_bytes())
        return {f"{out.path}/{name}": digest for name, digest in inside.items()}
    except (OSError, ValueError, TypeError, KeyError):
        return None


def refuse_damaged(checked: Checked) -> None:
    """Raise a QuoiError where an object is damaged."""
    if checked.damaged:
        raise QuoiError(
            f"Damaged in DVC's cache: {shown(checked.damaged)}: `quoi cache --repair` takes it out, and then "
            f"`dvc pull` fetches it or `dvc repro` computes it again."
        )


def sentences(checked: Checked, repaired: Repaired | None = None) -> list[str]:
    """What is missing, and what a repair has done; nothing where all is well."""
    restored, discarded = (repaired.restored, repaired.discarded) if repaired else ([], [])
    missing = [entry for entry in checked.missing if entry not in restored]
    told = []
    if restored:
        told.append(f"Put into DVC's cache from the workspace: {shown(restored)}. `dvc checkout` restores the others.")
    if discarded:
        told.append(f"Taken out of DVC's cache: {shown(discarded)}.")
    if missing:
        told.append(f"Not in DVC's cache, of {checked.objects:,} objects that dvc.lock names: {shown(missing)}.")
    if missing or discarded:
        told.append("`dvc pull` fetches what was shared; `dvc repro` computes what is still missing then.")
    return told


def shown(entries: Sequence[Entry], most: int = 3) -> str:
    """The first of the files, and how many there are beside them."""
    more = len(entries) - most
    return ", ".join(map(str, entries[:most])) + (f" and {more} more" if more > 0 else "")


def tracked(told: Pipeline) -> Iterator[Entry]:
    """Every file that the cache ought to have; of a folder whose list is gone or damaged, only that list."""
    for stage, out in told.outputs():
        if out.cached:
            named = files(told, out) or {}
            for path, digest in ({out.path: out.md5} | named).items():
                yield Entry(stage.name, path, digest, told.object(digest))


def _put(content: Path, stored: Path) -> None:
    try:
        with replacing(stored) as partial:
            partial.write_bytes(content.read_bytes())
            # As DVC does, so that nobody writes into it through a link.
            os.chmod(partial, 0o444)
    except OSError as error:
        raise QuoiError(f"{stored} cannot be written: {error.strerror or error}.") from error


def _stamp(path: Path) -> list[int]:
    told = path.stat()
    return [told.st_size, told.st_mtime_ns, told.st_ino]
