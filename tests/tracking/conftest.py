"""A folder with an MLflow store of its own; the tables are made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quoi.tracking import store


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        store.connect()
    return folder / store.DATABASE


@pytest.fixture
def root(tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository as the current folder, with an empty store."""
    shutil.copy(empty_store, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path
