"""DVC's cache: what lies in it by digest, and whether all that dvc.lock names is there and still what its name says.

`dvc checkout` and `dvc repro` do not hash what is in the cache already, and restore a damaged file. So this does.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from quoi.io.errors import QuoiError, some
from quoi.io.files import read_note, replacing, write_json
from quoi.io.progress import bar
from quoi.repo.digests import of_file

if TYPE_CHECKING:
    from quoi.repo.dvc import Pipeline

CHECKED = Path(".quoi/cache-checked.json")
_FOLDER = ".dir"


@dataclass(frozen=True)
class Cache:
    """The folder in which files are named by the MD5 of their content."""

    folder: Path

    @classmethod
    def of(cls, root: Path) -> Cache:
        """The cache that the DVC repository at `root` is set to use.

        Raises:
            QuoiError: DVC cannot read its configuration.
        """
        from dvc.config import Config, ConfigError

        try:
            folder = Config(str(root / ".dvc")).get("cache", {}).get("dir")
        except ConfigError as error:
            raise QuoiError(f"DVC's configuration cannot be used: {error}.") from error
        return cls(Path(folder or root.resolve() / ".dvc/cache") / "files/md5")

    def object(self, digest: str) -> Path:
        """Where the content with this digest is, or would be."""
        return self.folder / digest[:2] / digest[2:]

    def files(self, path: str, digest: str) -> dict[str, str] | None:
        """An output's files by path, with their digests; None where a folder's list of them is missing or damaged."""
        if not digest.endswith(_FOLDER):
            return {path: digest}
        try:
            listing = json.loads(self.object(digest).read_bytes())
            return {f"{path}/{entry['relpath']}": entry["md5"] for entry in listing}
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def is_whole(self, digest: str) -> bool:
        """Whether a file, or a folder's list and all its files, are there; they are not read."""
        files = self.files("", digest)
        return files is not None and all(self.object(each).is_file() for each in (digest, *files.values()))


@dataclass(frozen=True)
class CachedFile:
    """A file that a stage writes, and the object in the cache that holds its content.

    Attributes:
        path: where it is in the workspace; that of a folder stands for the list of the folder's files.
        md5: of the content, a folder's with `.dir` at its end.
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
    missing: list[CachedFile]
    damaged: list[CachedFile]


@dataclass(frozen=True)
class Repaired:
    """What was copied from the workspace, and what was removed from the cache and has to come from elsewhere."""

    restored: list[CachedFile] = field(default_factory=list)
    discarded: list[CachedFile] = field(default_factory=list)


def check(pipeline: Pipeline, root: Path = Path(), *, new: bool = False) -> Checked:
    """Hash every object that dvc.lock names.

    Args:
        new: skip the objects that were found whole earlier and have not been written to since.
    """
    entries = list(tracked(pipeline))
    here = {entry.md5: entry.object for entry in entries if entry.object.is_file()}
    known = read_note(root / CHECKED) if new else {}
    whole = {}
    with bar("Checking DVC's cache", sum(path.stat().st_size for path in here.values()), in_bytes=True) as advance:
        for digest, path in here.items():
            stat = path.stat()
            stamp = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
            if known.get(digest) == stamp or of_file(path) == digest.removesuffix(_FOLDER):
                whole[digest] = stamp
            advance(stat.st_size)
    write_json(root / CHECKED, whole)
    return Checked(
        len({entry.md5 for entry in entries}),
        [entry for entry in entries if entry.md5 not in here],
        [entry for entry in entries if entry.md5 in here and entry.md5 not in whole],
    )


def repair(checked: Checked, root: Path = Path()) -> Repaired:
    """Remove damaged objects from the cache, and copy those that the workspace still has whole.

    A file of the workspace with the content of a damaged object was restored from it, and is removed too: DVC would
    take it for the right one. Nothing else is touched.

    Raises:
        QuoiError: the cache or the workspace may not be written.
    """
    repaired = Repaired()
    wrong = {entry.md5: of_file(entry.object) for entry in checked.damaged}
    entries = [*checked.damaged, *checked.missing]
    for digest in dict.fromkeys(entry.md5 for entry in entries):
        same = [entry for entry in entries if entry.md5 == digest]
        contents = {path: of_file(path) for entry in same if (path := root / entry.path).is_file()}
        for path in (path for path, content in contents.items() if content == wrong.get(digest)):
            path.unlink()
        stored = same[0].object
        stored.unlink(missing_ok=True)
        if digest in contents.values():
            with replacing(stored) as partial:
                shutil.copyfile(next(path for path, content in contents.items() if content == digest), partial)
                os.chmod(partial, 0o444)  # as DVC does, so that nobody writes into it through a link
            repaired.restored.extend(same)
        elif digest in wrong:
            repaired.discarded.extend(same)
    return repaired


def refuse_damaged(checked: Checked) -> None:
    """Raise a QuoiError where an object is damaged."""
    if checked.damaged:
        raise QuoiError(
            f"Damaged in DVC's cache: {some(checked.damaged)}: `quoi cache --repair` takes it out, and then "
            f"`dvc pull` fetches it or `dvc repro` computes it again."
        )


def sentences(checked: Checked, repaired: Repaired) -> list[str]:
    """What is missing, and what a repair has done; nothing where all is well."""
    lines = []
    if repaired.restored:
        shown = some(repaired.restored)
        lines.append(f"Put into DVC's cache from the workspace: {shown}. `dvc checkout` restores the others.")
    if repaired.discarded:
        lines.append(f"Taken out of DVC's cache: {some(repaired.discarded)}.")
    if missing := [entry for entry in checked.missing if entry not in repaired.restored]:
        lines.append(f"Not in DVC's cache, of {checked.objects:,} objects that dvc.lock names: {some(missing)}.")
    if missing or repaired.discarded:
        lines.append("`dvc pull` fetches what was shared; `dvc repro` computes what is still missing then.")
    return lines


def tracked(pipeline: Pipeline) -> Iterator[CachedFile]:
    """Every file that the cache ought to have; of a folder whose list is gone or damaged, only that list."""
    for stage, out, digest in pipeline.outputs():
        if out in stage.cached:
            files = pipeline.cache.files(out, digest) or {}
            for path, md5 in ({out: digest} | files).items():
                yield CachedFile(stage.name, path, md5, pipeline.cache.object(md5))
