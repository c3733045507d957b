from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from quoi.io.errors import QuoiError
from quoi.tracking import store


def test_experiment_is_made_once(root):
    first = store.experiment_id(store.connect(root))
    assert store.experiment_id(store.connect(root)) == first


def test_another_experiment_and_a_deleted_one_are_there(root):
    client = store.connect(root, ("translation", "devise"))
    client.delete_experiment(store.experiment_id(client, "devise"))
    client = store.connect(root, ("translation", "devise"))
    assert client.get_experiment_by_name("devise").lifecycle_stage == "active"


def test_artifacts_are_found_after_the_repository_has_moved(root):
    client = store.connect(root)
    assert client.get_experiment_by_name("translation").artifact_location.startswith("mlartifacts/")


def test_one_process_at_a_time_makes_the_tables(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    other = threading.Thread(target=store.connect)
    with store.alone(tmp_path):
        other.start()
        other.join(timeout=0.5)
        assert other.is_alive() and not Path(store.DATABASE).exists()
    other.join()
    assert Path(store.DATABASE).exists()


def test_nothing_is_printed_nor_sent(tmp_path):
    code = "from quoi.tracking import store; store.connect()"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    store.quiet()
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


@pytest.mark.parametrize("name", ["a b", "a%20b #1", "why?"])
def test_any_folder_holds_its_own_store(tmp_path, empty_store, monkeypatch, name):
    root = tmp_path / name
    root.mkdir()
    shutil.copy(empty_store, root)
    monkeypatch.chdir(root)
    assert store.connect().get_experiment_by_name(store.EXPERIMENT).artifact_location.startswith("mlartifacts/")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert set(os.listdir(root)) <= {store.DATABASE, f"{store.DATABASE}.lock"}


def test_a_plain_mlflow_opens_the_same_store(root, monkeypatch):
    from mlflow.tracking._tracking_service.utils import _get_default_tracking_uri

    store.connect(root)
    assert _get_default_tracking_uri() == f"sqlite:///{store.DATABASE}"
    assert not (root / "mlruns").exists()


def test_another_folder_is_refused(root, tmp_path_factory):
    with pytest.raises(QuoiError, match="must be used from that folder"):
        store.connect(tmp_path_factory.mktemp("elsewhere"))


def test_damaged_database_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / store.DATABASE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(QuoiError, match=r"mlflow\.db cannot be used \(.*not a database.*quoi runs import"):
        store.connect()


def test_locked_database_is_one_sentence(root):
    with closing(sqlite3.connect(root / store.DATABASE, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        impatient = create_engine(store.uri(root), connect_args={"timeout": 0})
        with (
            pytest.raises(QuoiError, match=r"mlflow\.db cannot be used \(.*is locked\): close what else"),
            store.explained(),
            impatient.connect() as connection,
        ):
            connection.execute(text("SELECT * FROM runs"))


def test_database_of_another_mlflow_is_one_sentence(root):
    with sqlite3.connect(root / store.DATABASE) as database:
        database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    with pytest.raises(QuoiError, match=r"database schema .*`mlflow db upgrade sqlite"), store.explained():
        SqlAlchemyStore(store.uri(root), store.ARTIFACTS)


@pytest.mark.parametrize("name", ["MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"])
def test_another_store_in_the_environment_is_refused(root, monkeypatch, name):
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(QuoiError, match=f"{name} is http://127.0.0.1:9"):
        store.connect(root)
    for own in ("", "sqlite:///mlflow.db", store.uri(root)):
        monkeypatch.setenv(name, own)
        store.connect(root)


def test_the_store_of_one_folder_does_not_follow_into_another(root, tmp_path_factory, monkeypatch):
    store.connect(root)
    other = tmp_path_factory.mktemp("other")
    monkeypatch.chdir(other)
    store.connect(other)
    assert (other / store.DATABASE).exists()
