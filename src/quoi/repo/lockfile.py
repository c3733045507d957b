"""dvc.lock: what each stage read, was told and wrote when it last ran; here, and in every commit that holds one."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from quoi.io import yaml
from quoi.io.errors import QuoiError
from quoi.repo import git
from quoi.repo.digests import of_commit as digest_in_commit

LOCK = "dvc.lock"

Stages = dict[str, dict[str, Any]]
"""A lock's stages by name, each as the file has it: cmd, deps, params, outs."""


@dataclass(frozen=True)
class Stage:
    """One stage of a lock. `deps` and `outs` are digests by path, `params` are values by dotted key, by file."""

    name: str
    command: str
    deps: dict[str, str]
    params: dict[str, dict[str, Any]]
    outs: dict[str, str]

    @classmethod
    def of(cls, name: str, told: Mapping[str, Any]) -> Stage:
        """Read one entry of a lock."""
        return cls(name, _command(told), _digests(told, "deps"), dict(told.get("params") or {}), _digests(told, "outs"))

    @property
    def parameters(self) -> dict[str, Any]:
        """The values by dotted key; those of other files than params.yaml as `FILE:KEY`."""
        return {
            key if file == "params.yaml" else f"{file}:{key}": value
            for file, values in self.params.items()
            for key, value in values.items()
        }


def read(root: Path | str = ".") -> Stages:
    """The stages of the dvc.lock at `root`; none where there is no such file.

    Raises:
        QuoiError: it is no lock of DVC's.
    """
    try:
        text = (Path(root) / LOCK).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return parse(text, LOCK)


def of_commit(root: Path | str, commit: str) -> Stages:
    """The stages of the dvc.lock in a commit; none where it holds no lock, or a damaged one."""
    text = git.ask(root, "show", f"{commit}:./{LOCK}")
    try:
        return parse(text, f"{LOCK} of commit {commit[:10]}") if text else {}
    except QuoiError:
        return {}


@lru_cache(maxsize=32)  # half a second each, and every run of a stage asks for the same few
def parse(text: str, name: str) -> Stages:
    """A lock's stages; not to be changed, the next who asks gets the same.

    Raises:
        QuoiError: it is no lock of DVC's.
    """
    try:
        stages = yaml.load(text)["stages"]
        for stage, told in stages.items():
            Stage.of(stage, told)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        sentence = f"{name} is damaged: `git checkout {LOCK}` or `dvc repro` brings it back."
        raise QuoiError(sentence) from error
    return stages


def commits(root: Path | str, digest: str) -> list[str]:
    """The commits, oldest first, that brought a digest into dvc.lock, or took it out."""
    return (git.ask(root, "log", "--reverse", "--format=%H", f"-S{digest}", "--", LOCK) or "").split()


def recorded(root: Path | str, stage: str, told: Mapping[str, Any]) -> str | None:
    """The first commit whose lock has exactly this entry for the stage."""
    outs = list(_digests(told, "outs").values())
    found = (each for each in commits(root, outs[0]) if of_commit(root, each).get(stage) == told) if outs else ()
    return next(iter(found), None)


@dataclass(frozen=True)
class Made:
    """What a run says of the code that made it: a commit, and whether nothing differed from it."""

    commit: str | None = None
    clean: bool = False


UNKNOWN = Made()


def matching(
    root: Path | str, here: Stages, digests: Iterable[str], fits: Callable[[Stages], str | None], made: Made = UNKNOWN
) -> tuple[Stages, str] | None:
    """The lock with an entry that fits, and its name; None where neither the one here nor a commit's has one.

    Code that was written anew may write the same as before, so that several locks have such an entry. The one counts
    whose code is that of the commit which made the run; where no commit is known, the first that is found.

    Args:
        here: the lock to ask first.
        digests: one of them stands in every lock with such an entry.
        fits: the name of a lock's entry that fits.
        made: what the run says of its code.
    """
    best, least = None, 0
    for stages in chain([here], _past(root, list(digests), made)):
        name = fits(stages)
        if name is None:
            continue
        count = _strange(root, stages, name, made)
        if best is None or count < least:
            best, least = (stages, name), count
        if not count:
            break
    return best


def _past(root: Path | str, digests: list[str], made: Made) -> Iterator[Stages]:
    """The locks of commits that hold one of the digests: those near to what made the run, then the oldest."""
    near: list[str] = []
    if made.commit and git.ask(root, "cat-file", "-e", f"{made.commit}^{{commit}}") is not None:
        # What a run wrote was committed after it, and what made it may have had the same from an earlier run.
        asked = ("--reverse", "--format=%H", "--ancestry-path", "--all", f"^{made.commit}")
        later = git.ask(root, "log", *asked, "--", LOCK)
        near = [*(later or "").split(), made.commit]
    seen = set()
    for commit in chain(near, *(commits(root, digest) for digest in digests)):
        if commit not in seen:
            seen.add(commit)
            text = git.ask(root, "show", f"{commit}:./{LOCK}") or ""
            if any(digest in text for digest in digests):
                yield of_commit(root, commit)


def _strange(root: Path | str, stages: Stages, name: str, made: Made) -> int:
    """How many files of an entry's code the run's commit has otherwise; where it is not known to be all, none."""
    if not (made.clean and made.commit):
        return 0
    blobs = git.files(root, made.commit) or {}
    count = 0
    with git.contents(root) as content:
        for path, digest in _digests(stages[name], "deps").items():
            if not producers(stages, path):
                count += digest_in_commit(blobs, path, content) not in (None, digest)
    return count


def upstream(stages: Stages, stage: str, root: Path | str = ".", made: Made = UNKNOWN) -> Stages:
    """A stage and all that its dependencies come from, nearest first.

    A lock may have gone on: a stage before this one has run again since, and what it wrote is not what was read. The
    entry that wrote it is then looked for in the locks of commits, as by `matching`, and left out where there is none.
    """
    found: Stages = {stage: stages[stage]}
    todo = [stage]
    partly: list[str] = []  # stages of which only a part is read, or which are a part of what is read
    while todo or partly:
        if not todo:
            name = partly.pop(0)
            if name not in found:
                found[name] = stages[name]
                todo.append(name)
            continue
        for path, digest in _digests(found[todo.pop(0)], "deps").items():
            writers = [name for name, told in stages.items() if path in _digests(told, "outs")]
            if not writers:
                partly += producers(stages, path)
                continue
            wrote = {name: stages[name] for name in writers if _digests(stages[name], "outs")[path] == digest}
            for name, told in (wrote or _elsewhere(root, path, digest, made)).items():
                if name not in found:
                    found[name] = told
                    todo.append(name)
    return found


def producers(stages: Stages, path: str) -> list[str]:
    """The stages that write a path, a folder that holds it, or something in it."""
    return [name for name, told in stages.items() if any(overlap(path, out) for out in _digests(told, "outs"))]


def inside(path: str, folder: str) -> bool:
    """Whether a path is the folder, or lies in it."""
    return f"{posixpath.normpath(path)}/".startswith(f"{posixpath.normpath(folder)}/")


def overlap(one: str, other: str) -> bool:
    """Whether one of two paths is the other, or lies in it."""
    return inside(one, other) or inside(other, one)


def _elsewhere(root: Path | str, path: str, digest: str, made: Made) -> Stages:
    """The entry, in the lock of a commit, of the stage that wrote this; none where no commit has it."""

    def writer(stages: Stages) -> str | None:
        return next((name for name, told in stages.items() if _digests(told, "outs").get(path) == digest), None)

    found = matching(root, {}, [digest], writer, made)
    return {found[1]: found[0][found[1]]} if found else {}


def _digests(told: Mapping[str, Any], kind: str) -> dict[str, str]:
    return {each["path"]: _digest(each) for each in told.get(kind) or ()}


def _digest(entry: Mapping[str, Any]) -> str:
    # A file elsewhere (s3://, https://) is known by what its server calls it.
    return str(next((entry[name] for name in ("md5", "etag", "checksum") if entry.get(name)), "unknown"))


def _command(told: Mapping[str, Any]) -> str:
    command = told.get("cmd", "")
    return command if isinstance(command, str) else " && ".join(map(str, command))
