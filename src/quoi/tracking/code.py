"""The code of a run in Git: which commit has it, and single files out of others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from quoi.io.errors import QuoiError
from quoi.repo import git, lockfile
from quoi.repo.ancestry import Lineage
from quoi.repo.digests import of_commit
from quoi.tracking.listing import Known


def candidates(root: Path, run: Known, lineage: Lineage) -> list[str]:
    """The commits that are likely to have a run's files, as far as this clone holds them.

    The one that the run was begun at, whose tree may have had changes; the one that recorded the run's lock, which has
    its reports too; and the present one.

    Raises:
        QuoiError: there is no Git here, or no commit.
    """
    head = git.ask(root, "rev-parse", "--verify", "HEAD")
    if head is None:
        raise QuoiError(f"The code of a run is taken from Git. {git.why_not(root)}")
    recorded = lockfile.recorded(root, lineage.stage, lineage.entries[lineage.stage])
    named = dict.fromkeys((run.tags.get("mlflow.source.git.commit"), recorded, head))
    return [each for each in named if each and git.ask(root, "cat-file", "-e", f"{each}^{{commit}}") is not None]


def nearest(root: Path, commits: list[str], lineage: Lineage) -> str:
    """The commit in which the fewest of a lineage's files of code differ.

    Where none of `commits` has them all, those that changed one of the files are looked at too, the latest first.
    """
    code = lineage.code
    known: dict[str, bytes] = {}
    best, least = commits[0], len(code) + 1
    with git.contents(root) as content:

        def remembered(blob: str) -> bytes:
            if blob not in known:
                known[blob] = content(blob)
            return known[blob]

        def differing(commit: str) -> int:
            blobs = git.files(root, commit) or {}
            return sum(of_commit(blobs, path, remembered) != digest for path, digest in code.items())

        for commit in _one_by_one(root, commits, list(code)):
            if (count := differing(commit)) < least:
                best, least = commit, count
            if not least:
                break
    return best


def extract(root: Path, commits: list[str], path: str, digest: str, folder: Path) -> None:
    """Write a file or folder into `folder` as the first of the commits has it in which it has this digest.

    Where none of `commits` has it, those that changed it are looked at too, the latest first.
    """
    with git.contents(root) as content:
        for commit in _one_by_one(root, commits, [path]):
            blobs = git.files(root, commit) or {}
            if of_commit(blobs, path, content) != digest:
                continue
            if (folder / path).is_dir():
                shutil.rmtree(folder / path)
            for name, blob in blobs.items():
                if lockfile.inside(name, path):
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes(content(blob))
            return


def _one_by_one(root: Path, commits: list[str], paths: list[str]) -> Iterator[str]:
    """The commits, and then, only if they are asked for, all others that changed one of the paths."""
    yield from commits
    for commit in (git.ask(root, "log", "--all", "--format=%H", "--", *paths) or "").split():
        if commit not in commits:
            yield commit
