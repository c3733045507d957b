"""DVC's stages: as dvc.yaml has them, and as a dvc.lock, here or in a commit, records them; and DVC's locks."""

from __future__ import annotations

import fcntl
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from quoi.io import yaml
from quoi.io.errors import QuoiError
from quoi.io.files import read_note
from quoi.repo import git
from quoi.repo.cache import Cache

LOCK = "dvc.lock"
TMP = Path(".dvc/tmp")

Entries = dict[str, dict[str, Any]]
"""A lock's stages by name, each as the file has it: cmd, deps, params, outs."""


@dataclass(frozen=True)
class Stage:
    """A stage by its name (`train@all`).

    Attributes:
        deps: digest by path of what it read, code too; of a folder `….dir`.
        params: values by dotted key, by file.
        outs: digest by path of what it wrote; empty: it has not run.
        cached: the outs that DVC keeps, where dvc.yaml was read; all others are in Git.
        metrics: the outs that hold scores.
        elsewhere: it is not of dvc.yaml, but of a file that was given to DVC by `dvc add`.
    """

    name: str
    command: str
    deps: dict[str, str]
    params: dict[str, dict[str, Any]]
    outs: dict[str, str]
    cached: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    elsewhere: bool = False

    @classmethod
    def of(cls, name: str, entry: Mapping[str, Any]) -> Stage:
        """Read one entry of a lock."""
        deps, params, outs = digests(entry, "deps"), dict(entry.get("params") or {}), digests(entry, "outs")
        return cls(name, str(entry.get("cmd", "")), deps, params, outs)

    def reads(self, path: str) -> bool:
        """Whether it reads a path, a folder that holds it, or something in it."""
        return any(overlap(path, dep) for dep in self.deps)

    @property
    def parameters(self) -> dict[str, Any]:
        """The values by dotted key; those of other files than params.yaml as `FILE:KEY`."""
        return {
            key if file == "params.yaml" else f"{file}:{key}": value
            for file, values in self.params.items()
            for key, value in values.items()
        }


@dataclass(frozen=True)
class Pipeline:
    """The stages in the order of dvc.yaml, and DVC's cache."""

    stages: Mapping[str, Stage]
    cache: Cache

    @property
    def own(self) -> dict[str, Stage]:
        """The stages of the dvc.yaml at the root: those that `dvc repro` runs."""
        return {name: stage for name, stage in self.stages.items() if not stage.elsewhere}

    def before(self, stage: Stage) -> list[Stage]:
        """The stages of `own` that write something which a stage reads, all or a part of it."""
        return [other for other in self.own.values() if other != stage and any(map(stage.reads, other.outs))]

    def outputs(self) -> Iterator[tuple[Stage, str, str]]:
        """Every output that dvc.lock has a digest of: its stage, its path and the digest."""
        for stage in self.stages.values():
            yield from ((stage, path, digest) for path, digest in stage.outs.items() if digest)


def read(root: Path = Path()) -> Pipeline:
    """Read dvc.yaml, dvc.lock and DVC's configuration, as DVC itself does.

    Raises:
        QuoiError: this is no root of a DVC repository, or one of the files is not valid.
    """
    with opened(root) as repo:
        stages = [_stage(stage, repo.root_dir) for stage in repo.index.stages]
        return Pipeline({stage.name: stage for stage in stages}, Cache(Path(repo.cache.local.path)))


@contextmanager
def opened(root: Path = Path(), **settings: Any) -> Iterator[Any]:
    """DVC's own view of the repository at `root`, with further settings, and its errors as one sentence.

    Raises:
        QuoiError: this is no root of a DVC repository, one of its files is not valid, or DVC fails in the block.
    """
    if not (root / ".dvc").is_dir():
        raise QuoiError(f"{root.resolve()} is not the root of a DVC repository: run quoi there.")
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.scm import SCMError

    try:
        with Repo(str(root), config=settings) as repo:
            yield repo
    except SCMError:
        raise QuoiError(f"DVC needs Git. {git.why_not(root)}") from None
    except DvcException as error:
        raise QuoiError(f"DVC fails in {root.resolve()}: {' '.join(str(error).split())}.") from error


def read_lock(root: Path | str = ".") -> Entries:
    """The stages of the dvc.lock at `root`; none where there is no such file.

    Raises:
        QuoiError: it is no lock of DVC's.
    """
    file = Path(root) / LOCK
    return parse_lock(file.read_text(encoding="utf-8"), LOCK) if file.is_file() else {}


def lock_of_commit(root: Path | str, commit: str) -> Entries:
    """The stages of the dvc.lock in a commit; none where it holds no lock, or a damaged one."""
    text = git.ask(root, "show", f"{commit}:./{LOCK}")
    try:
        return parse_lock(text, f"{LOCK} of commit {commit[:10]}") if text else {}
    except QuoiError:
        return {}


@lru_cache(maxsize=32)  # half a second each, and every run of a stage asks for the same few
def parse_lock(text: str, name: str) -> Entries:
    """A lock's stages; not to be changed, the next who asks gets the same.

    Raises:
        QuoiError: it is no lock of DVC's.
    """
    try:
        entries = yaml.load(text)["stages"]
        for stage, entry in entries.items():
            Stage.of(stage, entry)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise QuoiError(f"{name} is damaged: `git checkout {LOCK}` or `dvc repro` brings it back.") from error
    return entries


def digests(entry: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Digest by path of an entry's `deps` or `outs`."""
    return {item["path"]: str(item.get("md5", "unknown")) for item in entry.get(kind) or ()}


def producers(entries: Entries, path: str) -> list[str]:
    """The stages that write a path, a folder that holds it, or something in it."""
    return [name for name, entry in entries.items() if any(overlap(path, out) for out in digests(entry, "outs"))]


def inside(path: str, folder: str) -> bool:
    """Whether a path is the folder, or lies in it."""
    return f"{posixpath.normpath(path)}/".startswith(f"{posixpath.normpath(folder)}/")


def overlap(one: str, other: str) -> bool:
    """Whether one of two paths is the other, or lies in it."""
    return inside(one, other) or inside(other, one)


def holders(root: Path = Path()) -> list[str]:
    """A sentence for each process that holds DVC's lock on the repository, or one on a file."""
    import psutil

    on_files = read_note(root / TMP / "rwlock")
    infos = chain(on_files.get("write", {}).values(), *on_files.get("read", {}).values())
    commands = {info["pid"]: info["cmd"] for info in infos}
    with suppress(OSError, ValueError, IndexError, psutil.Error), (root / TMP / "lock").open("rb") as file:
        try:  # the file stays when the lock is given back; DVC waits seconds for it
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = int(file.read().split()[0])
            commands.setdefault(pid, " ".join(psutil.Process(pid).cmdline()))
    return [
        f"Process {pid} is at work here ({command}): no second run before it ends."
        if psutil.pid_exists(pid)
        else f"Process {pid} was killed ({command}); DVC ignores the locks that it left."
        for pid, command in commands.items()
    ]


def _stage(stage: Any, root: str) -> Stage:
    from dvc.dependency import ParamsDependency

    def path(item: Any) -> str:
        return Path(item.fs_path).relative_to(root).as_posix()

    def digest(item: Any) -> str:
        return (item.hash_info and item.hash_info.value) or ""

    inside = [dep for dep in stage.deps if Path(dep.fs_path).is_relative_to(root)]
    params = [dep for dep in inside if isinstance(dep, ParamsDependency)]
    # A stage of another file than dvc.yaml has no name, or a name that is only its own file's.
    elsewhere = Path(stage.path) != Path(root, "dvc.yaml")
    return Stage(
        stage.addressing if elsewhere else stage.name,
        str(stage.cmd),
        {path(dep): digest(dep) for dep in inside if dep not in params},
        {path(dep): dict(digest(dep) or {}) for dep in params},
        {path(out): digest(out) for out in stage.outs},
        frozenset(path(out) for out in stage.outs if out.use_cache),
        frozenset(path(out) for out in stage.outs if out.metric),
        elsewhere,
    )
