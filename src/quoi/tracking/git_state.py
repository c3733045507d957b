"""Which code made a run: the Git commit, and whether the tree held changes that no commit has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from quoi.repo import git

UNKNOWN = "unknown"

# What the pipeline itself rewrites on the way says nothing about the code and the parameters it ran with.
_WRITTEN_BY_THE_PIPELINE = ("reports", "dvc.lock")


@dataclass(frozen=True)
class GitState:
    """A commit (40 hexadecimal digits, or `unknown`) and whether the tree differed (`true`, `false`, `unknown`)."""

    commit: str
    dirty: str


def git_state(root: Path | str = ".") -> GitState:
    """The commit at `root` and whether anything but the pipeline's own outputs differs from it.

    Without Git, outside a repository, or before the first commit both are `unknown`; `quoi doctor` says what to do.
    """
    commit = git.ask(root, "rev-parse", "--verify", "HEAD")
    excluded = [f":(exclude){path}" for path in _WRITTEN_BY_THE_PIPELINE]
    changes = git.ask(root, "status", "--porcelain", "--", ".", *excluded) if commit else None
    return GitState(commit or UNKNOWN, UNKNOWN if changes is None else str(bool(changes)).lower())


def last_commit(root: Path | str, path: Path | str) -> tuple[str, int] | None:
    """The last commit that changed `path`, and its time in milliseconds since 1970; None if `path` differs from it."""
    if git.ask(root, "status", "--porcelain", "--", str(path)) != "":
        return None
    answer = git.ask(root, "log", "-1", "--format=%H %ct", "--", str(path))
    if not answer:
        return None
    commit, seconds = answer.split()
    return commit, 1000 * int(seconds)
