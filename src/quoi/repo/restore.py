"""A run brought back into a folder of its own: code, parameters, data and model, and the proof that they are the run's.

The code is a Git worktree, and the data come from DVC's cache or remote by the lock that the run's lineage holds.
Nothing of the user's is touched: the folder must be new or empty, and outside the repository.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import chdir, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.repo import dvc, git, settings
from quoi.repo.cache import Cache
from quoi.repo.digests import of_commit, of_path, of_value
from quoi.repo.lineage import Lineage, least, recorded
from quoi.repo.worktree import configure, place


@dataclass(frozen=True)
class Proof:
    """One digest: of `kind` (parameter, data, output or code), as the run had it and as it is in the folder.

    `found` is None where the folder lacks it.
    """

    kind: str
    name: str
    wanted: str
    found: str | None

    @property
    def same(self) -> bool:
        """Whether they are equal."""
        return self.wanted == self.found


@dataclass(frozen=True)
class Restored:
    """What `restore` has made.

    Attributes:
        folder: where; in a worktree of a larger repository, the folder in it that is this one.
        commit: that of its code.
        proofs: every digest beside the run's.
        lacking: outputs that neither DVC's cache nor its remote has.
    """

    folder: Path
    commit: str
    proofs: list[Proof]
    lacking: list[str]

    @property
    def differing(self) -> list[Proof]:
        """The digests that are not the run's."""
        return [proof for proof in self.proofs if not proof.same]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "folder": str(self.folder),
            "commit": self.commit,
            "compared": [asdict(proof) | {"same": proof.same} for proof in self.proofs],
            "lacking": self.lacking,
            "differing": len(self.differing),
        }


def restore(
    lineage: Lineage, made_at: str | None, folder: Path, kept: Mapping[str, Path], root: Path | str = "."
) -> Restored:
    """Put a run's code, parameters, data and model into `folder`.

    What neither the commit nor the cache has is copied from the run's own files, the working tree or another commit,
    where it is found there by its digest.

    Args:
        lineage: the run's.
        made_at: the commit that the run was begun at.
        folder: new, or empty.
        kept: the run's own copies of files, by digest.
        root: the root of the repository.

    Raises:
        QuoiError: the folder is not empty, or inside the repository; there is no Git here, or no commit to take the
            code from; or DVC cannot bring the data for another reason than that they are missing. The folder is then
            as before.
    """
    root, folder = Path(root).resolve(), Path(folder).resolve()
    top = git.top(root) or root
    if folder.is_relative_to(top):
        raise QuoiError(
            f"{folder} is inside this repository: name a folder elsewhere, so that nothing of yours changes."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise QuoiError(f"{folder} is there already and not an empty folder: name another, so that nothing is lost.")
    commits = likely_commits(root, made_at, lineage)
    commit = nearest_commit(root, commits, lineage)
    quiet = ("-c", f"core.hooksPath={os.devnull}")  # a hook of the user's is not meant for this
    refusal = git.refused(root, *quiet, "worktree", "add", "--quiet", "--detach", str(folder), commit)
    if refusal is not None:
        raise QuoiError(f"Git cannot make a worktree of commit {commit[:10]} in {folder}: {refusal}.")
    worktree, folder = folder, folder / root.relative_to(top)
    try:
        _write_lock(folder, lineage)
        for file, values in lineage.parameters.items():
            if _is_in(folder, file):
                settings.set_values(folder / file, values)
        lacking = _checkout(root, folder, lineage)
        for path, digest in {**lineage.outs, **lineage.code}.items():
            # What a stage reads from elsewhere is compared, not written.
            lacks = _is_in(folder, path) and of_path(folder / path) != digest
            if lacks and not place(folder / path, digest, (kept.get(digest, root / path), root / path)):
                extract(root, commits, path, digest, folder)
    except BaseException:
        git.refused(root, "worktree", "remove", "--force", str(worktree))
        raise
    proofs = list(_proofs(folder, lineage))
    differing = {proof.name for proof in proofs if not proof.same}
    return Restored(folder, commit, proofs, [path for path in lacking if path in differing])


def likely_commits(root: Path, made_at: str | None, lineage: Lineage) -> list[str]:
    """The commits that are likely to have a run's files, as far as this clone holds them.

    The one that the run was begun at, whose tree may have had changes; the one that recorded the run's lock, which has
    its reports too; and the present one.

    Raises:
        QuoiError: there is no Git here, or no commit.
    """
    head = git.ask(root, "rev-parse", "--verify", "HEAD")
    if head is None:
        raise QuoiError(f"The code of a run is taken from Git. {git.why_not(root)}")
    commits = dict.fromkeys((made_at, recorded(root, lineage.stage, lineage.entries[lineage.stage]), head))
    return [commit for commit in commits if commit and git.has(root, commit)]


def nearest_commit(root: Path, commits: list[str], lineage: Lineage) -> str:
    """The commit in which the fewest of a lineage's files of code differ.

    Where none of `commits` has them all, those that changed one of the files are looked at too, the latest first.
    """

    def differing(commit: str) -> int:
        return sum(of_commit(root, commit, path) != digest for path, digest in lineage.code.items())

    return least(_one_by_one(root, commits, list(lineage.code)), differing) or commits[0]


def extract(root: Path, commits: list[str], path: str, digest: str, folder: Path) -> None:
    """Write a file or folder into `folder` as the first of the commits has it in which it has this digest.

    Where none of `commits` has it, those that changed it are looked at too, the latest first.
    """
    commit = next((each for each in _one_by_one(root, commits, [path]) if of_commit(root, each, path) == digest), None)
    if commit is None:
        return
    shutil.rmtree(folder / path, ignore_errors=True)
    for name, blob in git.files(root, commit).items():
        if dvc.inside(name, path):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).unlink(missing_ok=True)  # a link into DVC's cache is not written through
            (folder / name).write_bytes(git.content(root, blob) or b"")


def _one_by_one(root: Path, commits: list[str], paths: list[str]) -> Iterator[str]:
    """The commits, and then, only if they are asked for, all others that changed one of the paths."""
    yield from commits
    for commit in (git.ask(root, "log", "--all", "--format=%H", "--", *paths) or "").split():
        if commit not in commits:
            yield commit


def _write_lock(folder: Path, lineage: Lineage) -> None:
    """Make dvc.lock say what the lineage says of its stages; the file stays as it is where it does already."""
    from ruamel.yaml import YAML

    here = dvc.read_lock(folder)
    if any(here.get(name) != entry for name, entry in lineage.entries.items()):
        with (folder / dvc.LOCK).open("w", encoding="utf-8") as file:
            YAML(typ="safe", pure=True).dump({"schema": "2.0", "stages": {**here, **lineage.entries}}, file)


def _checkout(root: Path, folder: Path, lineage: Lineage) -> list[str]:
    """Let DVC bring the outputs of the lineage's stages; the paths of those that neither cache nor remote has."""
    from dvc.config import Config
    from dvc.exceptions import DownloadError

    cache, config = Cache.of(root), Config(str(root / ".dvc"))
    configure(folder, cache={"dir": str(cache.folder.parents[1])})
    # Remotes and their secrets are lent by this repository, and not written into the folder.
    lent = {name: config[name] for name in ("remote", "core")}
    with chdir(folder), dvc.opened(folder, **lent) as repo:
        cached = {out.def_path for out in repo.index.outs if out.use_cache}
        wanted = [path for path in lineage.outs if path in cached]
        lacking = [path for path in wanted if not cache.is_whole(lineage.outs[path])]
        if lacking and config["core"].get("remote"):
            with suppress(DownloadError):  # what it brings counts, and what is lacking is said
                repo.fetch(lacking)
        repo.checkout(wanted, force=True, allow_missing=True)
    return [path for path in wanted if not cache.is_whole(lineage.outs[path])]


def _proofs(folder: Path, lineage: Lineage) -> Iterator[Proof]:
    """Every parameter, output, input and file of code of a lineage, beside what is in `folder`."""
    for file, values in lineage.parameters.items():
        here = settings.read(folder / file)
        for key, value in values.items():
            present = settings.value(here, key)
            yield Proof("parameter", key, of_value(value), None if present is settings.ABSENT else of_value(present))
    for path, digest in lineage.outs.items():
        kind = "output" if path in lineage.own.outs else "data"
        yield Proof(kind, path, digest, of_path(folder / path))
    for path, digest in lineage.code.items():
        yield Proof("code", path, digest, of_path(folder / path))


def _is_in(folder: Path, path: str) -> bool:
    """Whether a path of a lineage stays in the folder."""
    return (folder / path).resolve().is_relative_to(folder) and (folder / path).resolve() != folder
