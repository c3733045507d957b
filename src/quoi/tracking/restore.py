"""A run brought back into a folder of its own: code, parameters, data and model, and the proof that they are the run's.

The code is a Git worktree, and the data come from DVC's cache or remote by the lock that the run's lineage holds.
Nothing of the user's is touched: the folder must be new or empty, and outside the repository.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.io.errors import QuoiError
from quoi.repo import git, lockfile
from quoi.repo.ancestry import Lineage
from quoi.repo.digests import ignored, of_path, of_value
from quoi.repo.objects import Cache
from quoi.tracking import code, settings
from quoi.tracking.listing import Known

if TYPE_CHECKING:
    from dvc.repo import Repo


@dataclass(frozen=True)
class Compared:
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
        compared: every digest beside the run's.
        lacking: outputs that neither DVC's cache nor its remote has.
    """

    folder: Path
    commit: str
    compared: list[Compared]
    lacking: list[str]

    @property
    def differing(self) -> list[Compared]:
        """The digests that are not the run's."""
        return [each for each in self.compared if not each.same]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        told = asdict(self) | {"folder": str(self.folder), "differing": len(self.differing)}
        return told | {"compared": [asdict(each) | {"same": each.same} for each in self.compared]}


def place(run: Known, root: Path | str = ".") -> Path:
    """Where a run goes by default: beside the repository, named after it and the run."""
    top = git.top(root) or Path(root).resolve()
    return top.parent / f"{top.name}-{run.name}-{run.id[:8]}"


def restore(run: Known, lineage: Lineage, folder: Path, kept: Mapping[str, Path], root: Path | str = ".") -> Restored:
    """Put a run's code, parameters, data and model into `folder`.

    What neither the commit nor the cache has is copied from the run's own files, the working tree or another commit,
    where it is found there by its digest.

    Args:
        run: which; its lineage, and its own copies of files by digest.
        folder: new, or empty.
        root: the root of the repository.

    Raises:
        QuoiError: the folder is not empty, or inside the repository; there is no Git here, or no commit to take the
            code from; or DVC cannot bring the data for another reason than that they are missing. The folder is then
            as before.
    """
    root, folder = Path(root).resolve(), Path(folder).resolve()
    _check(root, folder)
    commits = code.candidates(root, run, lineage)
    commit = code.nearest(root, commits, lineage)
    quiet = ("-c", f"core.hooksPath={os.devnull}")  # a hook of the user's is not meant for this
    refusal = git.refused(root, *quiet, "worktree", "add", "--quiet", "--detach", str(folder), commit)
    if refusal is not None:
        raise QuoiError(f"Git cannot make a worktree of commit {commit[:10]} in {folder}: {refusal}.")
    worktree, folder = folder, folder / root.relative_to(git.top(root) or root)
    try:
        _write_lock(folder, lineage)
        for file, values in lineage.parameters.items():
            if _is_in(folder, file):
                settings.set_values(folder / file, values)
        lacking = _checkout(root, folder, lineage)
        _copy_the_rest(root, folder, lineage, kept, commits)
    except BaseException:
        git.refused(root, "worktree", "remove", "--force", str(worktree))
        raise
    compared = compare(folder, lineage)
    differing = {each.name for each in compared if not each.same}
    return Restored(folder, commit, compared, [path for path in lacking if path in differing])


def compare(folder: Path, lineage: Lineage) -> list[Compared]:
    """Every parameter, output, input and file of code of a lineage, beside what is in `folder`."""
    own = lineage.own.outs
    rows = []
    for file, values in lineage.parameters.items():
        here = settings.read(folder / file)
        for key, value in values.items():
            found = settings.value(here, key)
            rows.append(
                Compared("parameter", key, of_value(value), None if found is settings.ABSENT else of_value(found))
            )
    for path, digest in lineage.outs.items():
        rows.append(Compared("output" if path in own else "data", path, digest, of_path(folder / path)))
    return rows + [Compared("code", path, digest, of_path(folder / path)) for path, digest in lineage.code.items()]


def _check(root: Path, folder: Path) -> None:
    if folder.is_relative_to(git.top(root) or root):
        raise QuoiError(
            f"{folder} is inside this repository: name a folder elsewhere, so that nothing of yours changes."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise QuoiError(f"{folder} is there already and not an empty folder: name another, so that nothing is lost.")


def _write_lock(folder: Path, lineage: Lineage) -> None:
    """Make dvc.lock say what the lineage says of its stages; the file stays as it is where it does already."""
    from ruamel.yaml import YAML

    here = lockfile.read(folder)
    if all(here.get(name) == told for name, told in lineage.entries.items()):
        return
    with (folder / lockfile.LOCK).open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump({"schema": "2.0", "stages": {**here, **lineage.entries}}, file)


def _checkout(root: Path, folder: Path, lineage: Lineage) -> list[str]:
    """Let DVC bring the outputs of the lineage's stages; the paths of those that neither cache nor remote has."""
    from dvc.config import Config
    from dvc.exceptions import CheckoutError, DownloadError, DvcException
    from dvc.repo import Repo

    cache = Cache(root)
    if cache.folder is None:
        return [path for path in lineage.outs if of_path(folder / path) is None]
    try:
        config = Config(str(root / ".dvc"))
        with chdir(folder):
            with Repo().config.edit("local") as local:
                local.setdefault("cache", {})["dir"] = str(cache.folder)
            # Remotes and their secrets are lent by this repository, and not written into the folder.
            default = config["core"].get("remote")
            lent = {"remote": config["remote"], "core": {"remote": default} if default else {}}
            repo = Repo(config=lent)
            wanted = [path for path in lineage.outs if _is_cached(repo, path)]
            lacking = [path for path in wanted if cache.lacks(lineage.outs[path])]
            try:
                if lacking and default:
                    repo.fetch(lacking)
                repo.checkout(wanted, force=True)
            except (CheckoutError, DownloadError):
                repo.checkout(wanted, force=True, allow_missing=True)
    except DvcException as error:
        raise QuoiError(f"DVC cannot bring the data into {folder}: {' '.join(str(error).split())}") from error
    return [path for path in wanted if cache.lacks(lineage.outs[path])]


def _is_cached(repo: Repo, path: str) -> bool:
    """Whether an output is one of those that DVC keeps in its cache, by the folder's dvc.yaml."""
    from dvc.exceptions import OutputNotFoundError

    try:
        (out,) = repo.find_outs_by_path(path)
    except OutputNotFoundError:
        return False
    return out.use_cache


def _copy_the_rest(root: Path, folder: Path, lineage: Lineage, kept: Mapping[str, Path], commits: list[str]) -> None:
    """Copy what is not the run's yet from wherever its digest is found.

    Asked are the run's own files, the working tree, and the commits.
    """
    for path, digest in {**lineage.outs, **lineage.code}.items():
        if of_path(folder / path) == digest or not _is_in(folder, path):
            continue
        source = kept.get(digest, root / path)
        if of_path(source) != digest:
            code.extract(root, commits, path, digest, folder)
        elif source.is_dir():
            shutil.rmtree(folder / path, ignore_errors=True)
            shutil.copytree(source, folder / path, ignore=lambda at, names: {n for n in names if ignored(Path(n))})
        else:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).unlink(missing_ok=True)  # what is a link into DVC's cache is not written through
            shutil.copyfile(source, folder / path)


def _is_in(folder: Path, path: str) -> bool:
    """Whether a path of a lineage stays in the folder: what a stage reads from elsewhere is compared, not written."""
    return (folder / path).resolve().is_relative_to(folder) and (folder / path).resolve() != folder
