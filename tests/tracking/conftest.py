"""A folder with an MLflow store of its own; the tables are made once and copied."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quoi.tracking import store
from tests.tracking.workshop import Workshop, lay_out


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


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Workshop:
    """Two variants trained and committed, then `all` trained on more data, which is not committed. Look, don't touch.

    Nothing was imported between the two, and everything after them.
    """
    folder = tmp_path_factory.mktemp("shops") / "shop"
    lay_out(folder)
    shutil.copy(empty_store, folder)
    made = Workshop(folder)
    made.git("init", "--quiet")
    made.run("dvc", "init", "--quiet")
    made.commit()
    assert made.repro() == ["fetch", "words", "train@baseline", "train@all"]
    made.commit()
    made.change("corpus.atlas.questions", 70)
    assert made.repro("train@all") == ["fetch", "words", "train@all"]
    assert made.quoi("runs", "import").status == 0
    return made


@pytest.fixture
def mine(shop: Workshop, tmp_path: Path) -> Workshop:
    """A copy of the workshop, to change at will."""
    return shop.copy(tmp_path / "mine")
