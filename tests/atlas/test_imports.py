"""The modules of the grammar build on one another in one direction."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.imports import SOURCE, imported

MODULES = sorted((SOURCE / "atlas").rglob("*.py"))


def order(graph):
    return list(TopologicalSorter(graph).static_order())


def test_no_import_is_circular():
    packages = {path: {folder / "__init__.py" for folder in path.parents} for path in MODULES}
    assert set(order({path: imported(path) - packages[path] for path in MODULES})) == set(MODULES)
    with pytest.raises(CycleError):
        order({MODULES[0]: [MODULES[1]], MODULES[1]: [MODULES[0]]})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_function_imports(path):
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.Lambda):
            assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
