"""Git, asked through its own command.

The repository may be a folder in a larger one: paths are those of the folder `root`, and what lies elsewhere is none.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

UNKNOWN = "unknown"

# What the pipeline itself rewrites on the way says nothing about the code and the parameters it ran with.
_WRITTEN_BY_THE_PIPELINE = ("reports", "dvc.lock")


@dataclass(frozen=True)
class GitState:
    """A commit (40 hexadecimal digits, or `unknown`) and whether the tree differed (`true`, `false`, `unknown`)."""

    commit: str
    dirty: str


def ask(root: Path | str, *arguments: str) -> str | None:
    """What a git command prints at `root`, stripped; None where it fails or there is no Git."""
    answer = _answer(root, *arguments)
    return None if answer is None else answer.decode("utf-8", "surrogateescape").strip()


def why_not(root: Path | str) -> str | None:
    """Why Git gives nothing here, and what to do, in one sentence; None where it has a commit to give."""
    root = Path(root).resolve()
    try:
        done = subprocess.run(["git", "rev-parse", "--verify", "HEAD"], cwd=root, capture_output=True)
    except OSError:
        return "The program git is not found: it has to be installed."
    if not done.returncode:
        return None
    if b"safe.directory" in done.stderr:  # the name of the setting is the same in all languages
        # Git itself does not name the folder of a repository that it does not read.
        top = next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
        return (
            f"Git does not read {root}, which belongs to another user: `git config --global --add safe.directory "
            f"{shlex.quote(str(top))}` allows it."
        )
    if ask(root, "rev-parse", "--git-dir") is None:
        return (
            f"{root} is no Git repository, as when an archive was unpacked: `git init && git add --all && git commit "
            f"--message start` there makes it one."
        )
    return f"There is no commit in {root} yet: `git add --all && git commit --message start` makes one."


def top(root: Path | str) -> Path | None:
    """The top folder of the repository that `root` is in, which may be a larger one; None where it is in none."""
    folder = ask(root, "rev-parse", "--show-toplevel")
    return Path(folder) if folder else None


def refused(root: Path | str, *arguments: str) -> str | None:
    """Run a git command that changes something; why it failed, in Git's words, or None where it did not."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    except OSError as error:
        return str(error)
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1] if done.returncode else None


def has(root: Path | str, commit: str) -> bool:
    """Whether this clone holds a commit."""
    return ask(root, "cat-file", "-e", f"{commit}^{{commit}}") is not None


@lru_cache(maxsize=128)
def files(root: Path | str, commit: str) -> dict[str, str]:
    """Path and id of every file of a commit, at `root` and below; none where this clone does not hold the commit.

    The commit is given by its 40 digits: what a name such as HEAD means may change.
    """
    rows = (line.split("\t", 1) for line in (ask(root, "ls-tree", "-r", "-z", commit) or "").split("\0") if line)
    return {path: about.split()[2] for about, path in rows if about.split()[1] == "blob"}


@lru_cache(maxsize=1024)
def content(root: Path | str, name: str) -> bytes | None:
    """The bytes of a file by Git's id, or by `COMMIT:./PATH`; None where there are none, or no Git."""
    return _answer(root, "cat-file", "blob", name)


def state(root: Path | str = ".") -> GitState:
    """The commit at `root` and whether anything but the pipeline's own outputs differs from it.

    Without Git, outside a repository, or before the first commit both are `unknown`; `quoi doctor` says what to do.
    """
    commit = ask(root, "rev-parse", "--verify", "HEAD")
    excluded = [f":(exclude){path}" for path in _WRITTEN_BY_THE_PIPELINE]
    changes = ask(root, "status", "--porcelain", "--", ".", *excluded) if commit else None
    return GitState(commit or UNKNOWN, UNKNOWN if changes is None else str(bool(changes)).lower())


def last_commit(root: Path | str, path: Path | str) -> tuple[str, int] | None:
    """The last commit that changed `path`, and its time in milliseconds since 1970; None if `path` differs from it."""
    if ask(root, "status", "--porcelain", "--", str(path)) != "":
        return None
    answer = (ask(root, "log", "-1", "--format=%H %ct", "--", str(path)) or "").split()
    return (answer[0], 1000 * int(answer[1])) if answer else None


def _answer(root: Path | str, *arguments: str) -> bytes | None:
    # Without optional locks, a look at the state never stands in the way of another git command.
    command = ["git", "--no-optional-locks", *arguments]
    try:
        return subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
