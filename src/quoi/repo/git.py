"""Git, asked through its own command.

The repository may be a folder in a larger one: paths are those of the folder `root`, and what lies elsewhere is none.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


def ask(root: Path | str, *arguments: str) -> str | None:
    """What a git command prints at `root`, stripped; None where it fails or there is no Git."""
    try:
        answer = subprocess.run(
            # Without optional locks, a look at the state never stands in the way of another git command.
            ["git", "--no-optional-locks", *arguments],
            cwd=root,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.decode("utf-8", "surrogateescape").strip()


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
        return (
            f"Git does not read {root}, which belongs to another user: `git config --global --add safe.directory "
            f"{shlex.quote(str(_marked(root)))}` allows it."
        )
    if ask(root, "rev-parse", "--git-dir") is None:
        return (
            f"{root} is no Git repository, as when an archive was unpacked: `git init && git add --all && git commit "
            f"--message start` there makes it one."
        )
    return f"There is no commit in {root} yet: `git add --all && git commit --message start` makes one."


def _marked(root: Path) -> Path:
    """The nearest folder above that has a `.git`; Git itself does not say it of a repository that it does not read."""
    return next((each for each in (root, *root.parents) if (each / ".git").exists()), root)


def top(root: Path | str) -> Path | None:
    """The top folder of the repository that `root` is in, which may be a larger one; None where it is in none."""
    told = ask(root, "rev-parse", "--show-toplevel")
    return Path(told) if told else None


def refused(root: Path | str, *arguments: str) -> str | None:
    """Run a git command that changes something; why it failed, in Git's words, or None where it did not."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    except OSError as error:
        return str(error)
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1] if done.returncode else None


def files(root: Path | str, commit: str) -> dict[str, str] | None:
    """Path and id of every file of a commit, at `root` and below; None where this clone does not hold the commit."""
    told = ask(root, "ls-tree", "-r", "-z", commit)
    if told is None:
        return None
    rows = (line.split("\t", 1) for line in told.split("\0") if line)
    return {path: about.split()[2] for about, path in rows if about.split()[1] == "blob"}


@contextmanager
def contents(root: Path | str) -> Iterator[Callable[[str], bytes]]:
    """A function that gives the bytes of an id of Git's, or of `COMMIT:./PATH`.

    It raises KeyError where there are none, or no Git. One process answers all, from the first question on.
    """
    command = ["git", "cat-file", "--batch"]
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    with ExitStack() as stack:
        started: list[subprocess.Popen[bytes]] = []

        def content(name: str) -> bytes:
            try:
                if not started:
                    process = subprocess.Popen(command, cwd=root, stdin=pipe, stdout=pipe, stderr=nothing, bufsize=0)
                    started.append(stack.enter_context(process))
                return _ask(started[0], name)
            except OSError as error:
                raise KeyError(name) from error

        yield content


def _ask(process: subprocess.Popen[bytes], name: str) -> bytes:
    process.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
    head = process.stdout.readline().split()
    if len(head) != 3 or not head[2].isdigit():
        raise KeyError(name)
    size = int(head[2]) + 1  # a line end follows
    pieces = []
    while size and (piece := process.stdout.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)[:-1]
