"""Install quoi with its pinned dependencies into a virtual environment: by uv, and by pip where uv cannot.

uv takes a third of pip's time. It does not read pip's settings, so what pip is told of indexes, folders of wheels,
constraints and certificates is handed on to it. Standard library alone: nothing is installed yet.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

UV = "uv==0.13.9"
WANTED = ["--constraint", "constraints.txt", "--editable", ".[dev]"]
FLAGS = {
    "index-url": "--index-url",
    "extra-index-url": "--extra-index-url",
    "find-links": "--find-links",
    "constraint": "--constraint",
    "trusted-host": "--allow-insecure-host",
}
ENVIRONMENT = {"cert": "SSL_CERT_FILE", "client-cert": "SSL_CLIENT_CERT", "timeout": "UV_HTTP_TIMEOUT"}


def settings(listed: str) -> dict[str, str]:
    """What `pip config list` prints, by option: pip's environment before `install`, that before `global`."""
    told: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, option = name.partition(".")
        if section in told and value:
            told[section][option.removeprefix("default-")] = ast.literal_eval(value)
    return told["global"] | told["install"] | told[":env:"]


def for_uv(told: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    """The same for uv: arguments, and variables of its environment."""
    # pip takes the best version of all indexes, uv that of the first which has the package.
    arguments = ["--index-strategy", "unsafe-best-match"]
    arguments += [
        part for option, flag in FLAGS.items() for each in told.get(option, "").split() for part in (flag, each)
    ]
    if told.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        arguments.append("--no-index")
    variables = {name: told[option] for option, name in ENVIRONMENT.items() if option in told}
    if "proxy" in told:
        variables |= {"HTTP_PROXY": told["proxy"], "HTTPS_PROXY": told["proxy"]}
    return arguments, variables


def by_uv(python: Path) -> str | None:
    """Install by uv; why it could not, or None."""
    pip = [str(python), "-m", "pip", "--disable-pip-version-check"]
    uv = shutil.which("uv")
    if uv is None:
        folder = python.parents[1] / "uv"
        fetched = subprocess.run(
            [*pip, "install", "--quiet", "--target", str(folder), UV], capture_output=True, text=True
        )
        uv = str(folder / "bin/uv")
        if fetched.returncode:
            return f"{UV} cannot be installed"
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True, check=True).stdout
    arguments, variables = for_uv(settings(listed))
    command = [uv, "pip", "install", "--quiet", "--python", str(python), "--compile-bytecode", *arguments, *WANTED]
    done = subprocess.run(command, env=os.environ | variables)
    return None if done.returncode == 0 else "uv ended with an error"


def main(folder: str) -> int:
    """Install into the virtual environment in `folder`; the exit status."""
    python = Path(folder).resolve() / "bin/python"
    why = by_uv(python)
    if why is None:
        return 0
    if "UV_TORCH_BACKEND" in os.environ:
        print(f"{why}, and pip knows no UV_TORCH_BACKEND: unset it to take PyPI's build of torch", file=sys.stderr)
        return 1
    print(f"{why}: installing by pip, which takes longer", file=sys.stderr)
    return subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *WANTED]
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
