"""A run brought back into a folder of its own: code, parameters, data and model, and the proof that they are the run's.

The code is a Git worktree, and the data come from DVC's cache or remote by the lock that the run's lineage holds.
Nothing of the user's is touched: the folder must be new or empty, and outside the repository.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import chdir, suppress
from dataclasses import dataclass
from pathlib import Path

from quoi.io.errors import QuoiError
from quoi.params import settings
from quoi.repo import dvc, git
from quoi.repo.cache import Cache
from quoi.repo.digests import of_commit, of_path, of_value
from quoi.repo.lineage import Lineage, recorded
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
    """A restored folder, the commit of its code, every digest beside the run's, and the outputs that are nowhere."""

    folder: Path
    commit: str
    compared: list[Proof]
    lacking: list[str]

    @property
    def differing(self) -> list[Proof]:
        """The digests that are not the run's."""
        return [proof for proof in self.compared if not proof.same]


def restore(lineage: Lineage, made_at: str | None, folder: Path, kept: Mapping[str, Path]) -> Restored:
    """Put a run's code, parameters, data and model into `folder`.

    What neither the commit nor the cache has is copied from the run's own files, the working tree or another commit,
    where it is found there by its digest.

    Args:
        made_at: the commit that the run was begun at.
        folder: new, or empty.
        kept: the run's own copies of files, by digest.

    Raises:
        QuoiError: the folder is not empty, or inside the repository; there is no Git here, or no commit to take the
            code from; or DVC fails. The folder is then as before.
    """
    root, folder = Path.cwd(), folder.resolve()
    top = git.top(root) or root
    if folder.is_relative_to(top):
        raise QuoiError(
            f"{folder} is inside this repository: name a folder elsewhere, so that nothing of yours changes."
        )
    commit, *others = commits_of(root, made_at, lineage)
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
                has = next((commit for commit in others if of_commit(root, commit, path) == digest), None)
                if has:
                    git.refused(folder, *quiet, "checkout", "--no-overlay", has, "--", path)
    except BaseException:
        git.refused(root, "worktree", "remove", "--force", str(worktree))
        raise
    proofs = list(_proofs(folder, lineage))
    differing = {proof.name for proof in proofs if not proof.same}
    return Restored(folder, commit, proofs, [path for path in lacking if path in differing])


def commits_of(root: Path, made_at: str | None, lineage: Lineage) -> list[str]:
    """The commits that may have a run's files, as far as this clone holds them; first the one with most of its code.

    The one that the run was begun at, whose tree may have had changes; the one that recorded the run's lock, which has
    its reports too; and the present one.

    Raises:
        QuoiError: there is no Git here, or no commit.
    """
    head = git.ask(root, "rev-parse", "--verify", "HEAD")
    if head is None:
        raise QuoiError(f"The code of a run is taken from Git. {git.why_not(root)}")

    def differing(commit: str) -> int:
        return sum(of_commit(root, commit, path) != digest for path, digest in lineage.code.items())

    commits = dict.fromkeys((made_at, recorded(root, lineage.stage, lineage.entries[lineage.stage]), head))
    return sorted((commit for commit in commits if commit and git.has(root, commit)), key=differing)


def _write_lock(folder: Path, lineage: Lineage) -> None:
    """Make dvc.lock say what the lineage says of its stages; the file stays as it is where it does already."""
    from dvc.utils.serialize import dump_yaml

    here = dvc.read_lock(folder)
    if any(here.get(name) != entry for name, entry in lineage.entries.items()):
        dump_yaml(folder / dvc.LOCK, {"schema": "2.0", "stages": {**here, **lineage.entries}})


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
