"""The pipeline as DVC knows it: the stages of dvc.yaml, their outputs as dvc.lock has them, and where the cache is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.repo import git


@dataclass(frozen=True)
class Output:
    """A file or folder that a stage writes.

    Attributes:
        path: relative to the root.
        md5: of its content as dvc.lock has it, a folder's with `.dir` at its end; None: the stage has not run.
        cached: whether DVC keeps it; all others are in Git.
        metrics: whether it holds scores.
    """

    path: str
    md5: str | None
    cached: bool
    metrics: bool


@dataclass(frozen=True)
class Stage:
    """A stage by its name (`train@all`): what it reads, files, folders and code alike, and what it writes.

    `elsewhere`: it is none of dvc.yaml's, such as that of a file which was given to DVC by `dvc add`.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]
    elsewhere: bool = False


@dataclass(frozen=True)
class Pipeline:
    """The stages in the order of dvc.yaml, and the folder of DVC's cache in which objects are named by their MD5."""

    stages: Mapping[str, Stage]
    cache: Path

    def object(self, md5: str) -> Path:
        """Where the cache has, or would have, the content with this digest."""
        return self.cache / md5[:2] / md5[2:]

    def outputs(self) -> Iterator[tuple[Stage, Output]]:
        """Every output that dvc.lock has a digest of."""
        return ((stage, out) for stage in self.stages.values() for out in stage.outputs if out.md5)


def read(root: Path = Path()) -> Pipeline:
    """Read dvc.yaml, dvc.lock and DVC's configuration, as DVC itself does.

    Raises:
        QuoiError: this is no root of a DVC repository, or one of the files is not valid.
    """
    with opened(root) as repo:
        stages = [_stage(stage, repo.root_dir) for stage in repo.index.stages]
        return Pipeline({stage.name: stage for stage in stages}, Path(repo.cache.local.path))


@contextmanager
def opened(root: Path = Path()) -> Iterator[Any]:
    """DVC's own view of the repository at `root`, with its errors as one sentence.

    Raises:
        QuoiError: this is no root of a DVC repository, or one of its files is not valid.
    """
    if not (root / ".dvc").is_dir():
        raise QuoiError(f"{root.resolve()} is not the root of a DVC repository: run quoi there.")
    from dvc.exceptions import DvcException
    from dvc.repo import Repo
    from dvc.scm import SCMError

    try:
        with Repo(str(root)) as repo:
            yield repo
    except SCMError:
        raise QuoiError(f"DVC needs Git. {git.why_not(root)}") from None
    except DvcException as error:
        raise QuoiError(f"DVC cannot read this repository: {' '.join(str(error).split())}.") from error


def _stage(stage: Any, root: str) -> Stage:
    def path(of: Any) -> str:
        return Path(of.fs_path).relative_to(root).as_posix()

    # A parameter file is among the dependencies too, and so are files that lie outside of the repository.
    inside = [dep for dep in stage.deps if Path(dep.fs_path).is_relative_to(root)]
    inputs = dict.fromkeys(path(dep) for dep in inside)
    outputs = (
        Output(path(out), out.hash_info.value if out.hash_info else None, out.use_cache, bool(out.metric))
        for out in stage.outs
    )
    # A stage of another file than dvc.yaml has no name, or a name that is only its own file's.
    elsewhere = Path(stage.path) != Path(root, "dvc.yaml")
    return Stage(stage.addressing if elsewhere else stage.name, tuple(inputs), tuple(outputs), elsewhere)
