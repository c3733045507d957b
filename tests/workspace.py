"""A copy of the repository in a temporary folder, in which the real commands run."""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from ruamel.yaml import YAML

from quoi.io import fork_server
from quoi.params import profiles

ROOT = Path(__file__).parents[1]


def ran(told: str) -> list[str]:
    """The stages that ran by what `dvc repro` has printed, but for `check_params`, which does so each time."""
    names = (line.split("'")[1] for line in told.splitlines() if line.startswith("Running stage"))
    return [name for name in names if name != "check_params"]


@functools.cache
def libraries() -> dict[str, str]:
    """What lets commands be forked from a process that has the libraries: they take most of a small command's time."""
    running = fork_server.running("dvc.cli.parser", "dvc.repo", "dvc.stage.run", "dulwich.index", "networkx")
    atexit.register(running.__exit__, None, None, None)
    return running.__enter__()


@functools.cache
def modules() -> list[str]:
    """Where a script finds its modules, but for its own folder."""
    told = subprocess.check_output([sys.executable, "-P", "-c", "import json, sys; print(json.dumps(sys.path))"])
    return json.loads(told)


@dataclass(frozen=True)
class Workspace:
    """A repository of its own: code, parameters, Git and DVC."""

    folder: Path

    @classmethod
    def fresh(cls, folder: Path, profile: str = "smoke") -> Workspace:
        """What Git tracks here or would track, committed, with a profile as params.yaml."""
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0"):
            if name and (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        # What a run here has left in Git would be a head start.
        shutil.rmtree(folder / "reports", ignore_errors=True)
        (folder / "dvc.lock").unlink(missing_ok=True)
        (folder / "params.yaml").write_text(profiles.text(profile, folder), encoding="utf-8")
        made = cls(folder)
        made.git("init", "--quiet")
        made.commit()
        return made

    def copy(self, folder: Path) -> Workspace:
        """The same workspace elsewhere, results and caches included; what nobody writes to in place is linked."""
        models = self.folder.glob("mlartifacts/*/models")
        linked = (*map(str, models), *(str(self.folder / name) for name in (".dvc/cache", ".git/objects", "indexes")))

        def put(source: str, target: str) -> None:
            (os.link if source.startswith(linked) else shutil.copy2)(source, target)

        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True, copy_function=put)
        return Workspace(folder)

    def environment(self) -> dict[str, str]:
        """This environment's programs and this workspace's code, shielded from the machine's settings."""
        # Byte code is written as on anybody's machine: it must not make a stage run again.
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "COLUMNS")}
        return kept | {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
            "PYTHONPATH": str(self.folder / "src"),
            "OMP_NUM_THREADS": "1",
            "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": str(self.folder / ".dvc/tmp/site"),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }

    def start(self, *command: str, **options: Any) -> subprocess.Popen[str]:
        """A command that runs on, in a process group of its own; it hears SIGINT also where the tests do not."""
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment(),
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )

    def run(
        self, *command: str, status: int | None = 0, stdin: str = "", columns: int = 160
    ) -> subprocess.CompletedProcess[str]:
        """A command to its end; its exit status must be `status` (None: any)."""
        environment = self.environment() | {"COLUMNS": str(columns)}
        done = self._forked(command, environment, stdin)
        if done is None:
            done = subprocess.run(
                command, cwd=self.folder, env=environment, capture_output=True, text=True, input=stdin
            )
        told = f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert status is None or done.returncode == status, told
        return done

    def _forked(
        self, command: Sequence[str], environment: dict[str, str], stdin: str
    ) -> subprocess.CompletedProcess[str] | None:
        """The same script, and the stages that it starts, in forks of a process that has the libraries.

        None where it is no script of Python's, or that process is not ready.
        """
        if command[:2] == (sys.executable, "-P"):
            script, *arguments = command[2:]
        elif command[0] in ("dvc", "quoi"):
            script, arguments = shutil.which(command[0], path=environment["PATH"]), command[1:]
        else:
            return None
        with TemporaryFile("w+") as given, TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            given.write(stdin)
            given.flush()
            given.seek(0)
            status = fork_server.ask(
                libraries().get(fork_server.ADDRESS, ""),
                [script, *arguments],
                [str(self.folder / "src"), *modules()],
                str(self.folder),
                environment | libraries(),
                [given.fileno(), out.fileno(), err.fileno()],
            )
            if status is None:
                return None
            for file in (out, err):
                file.seek(0)
            return subprocess.CompletedProcess(command, status, out.read(), err.read())

    def repro(self, *arguments: str) -> list[str]:
        """`dvc repro`; the names of the stages that really ran, but for `check_params`, which does so each time."""
        return ran(self.run("dvc", "repro", *arguments).stdout)

    def git(self, *arguments: str) -> str:
        """What a git command prints."""
        who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        return self.run("git", *who, *arguments).stdout

    def commit(self) -> None:
        """Commit everything as it stands."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "state")

    def yaml(self, name: str) -> Any:
        """A YAML file's content."""
        return YAML(typ="safe", pure=True).load((self.folder / name).read_text(encoding="utf-8"))

    def change(self, key: str, value: Any) -> None:
        """Set a parameter by its dotted key."""
        params = self.yaml("params.yaml")
        section = params
        *path, last = key.split(".")
        for part in path:
            section = section[part]
        section[last] = value
        with (self.folder / "params.yaml").open("w", encoding="utf-8") as file:
            YAML(typ="safe", pure=True).dump(params, file)

    def outs(self, *stages: str) -> dict[str, str]:
        """Path to MD5 of what the stages (all, unless told) have written, by dvc.lock."""
        lock = self.yaml("dvc.lock")["stages"]
        return {out["path"]: out["md5"] for name in stages or lock for out in lock[name].get("outs", ())}

    def snapshot(self, *folders: str) -> dict[str, bytes]:
        """Every file below the folders with its content."""
        files = (path for name in folders for path in sorted((self.folder / name).rglob("*")) if path.is_file())
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}
