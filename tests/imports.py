"""What a program imports: which of quoi's modules, read from the code, where imports inside functions count too; and
which others, by running it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"


@cache
def imported(file: Path) -> frozenset[Path]:
    """The files of quoi and atlas that `file` imports itself, those that are only for the type checker left out."""
    found: set[Path] = set()
    for node in _running(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(file, node)
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        else:
            continue
        found.update(path for name in names for path in _files(name))
    return frozenset(found)


def reached(file: Path, passed_over: frozenset[Path] = frozenset()) -> set[Path]:
    """All of quoi's files that `file` imports, directly or through others; `passed_over` are not looked into."""
    seen: set[Path] = set()
    todo = [file]
    while todo:
        for path in imported(todo.pop()) - seen - passed_over:
            seen.add(path)
            todo.append(path)
    return seen


def loaded(code: str, *modules: str) -> list[str]:
    """Which of the modules a program of its own has loaded at its end; it must print nothing and end well."""
    code = f"import sys\n{code}\nprint(*sorted({set(modules)} & set(sys.modules)))"
    environment = os.environ | {"PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    return done.stdout.split()


def _absolute(file: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = file.relative_to(SOURCE).parts[: -node.level]
    return ".".join((*package, *((node.module,) if node.module else ())))


def _running(node: ast.AST) -> list[ast.AST]:
    nodes = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        nodes += [child, *_running(child)]
    return nodes


def _files(name: str) -> list[Path]:
    """The module's own file, and those of the packages that it lies in."""
    parts = name.split(".")
    if parts[0] not in ("quoi", "atlas"):
        return []
    files = [SOURCE.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    files.append(SOURCE.joinpath(*parts).with_suffix(".py"))
    return [file for file in files if file.is_file()]
