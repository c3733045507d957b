from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from quoi.io.errors import QuoiError
from quoi.tracking import backfill, record, serving, store
from tests.record import write_trained

EXPECTED_FILES = ("MLmodel", "served_model.py", "input_example.json", "code/quoi/__init__.py")


@pytest.fixture
def client(root):
    write_trained(root)
    assert backfill.bring().runs == ["all seed 1", "all seed 2"]
    return store.connect()


@pytest.fixture
def model(client):
    uris = [run.data.tags.get("quoi.model") for run in client.search_runs([store.experiment_id(client)])]
    return next(filter(None, uris))


@pytest.fixture
def served(root):
    """Where MLflow puts the model that it loads; by default it leaves that in the system's temporary folder."""
    (root / "served").mkdir()
    return root / "served"


@pytest.fixture
def server(model, served, monkeypatch):
    """The scoring server that `mlflow models serve` starts, without its network."""
    import mlflow
    from mlflow.pyfunc import scoring_server
    from starlette.testclient import TestClient

    monkeypatch.setattr(sys, "path", list(sys.path))
    return TestClient(scoring_server.init(mlflow.pyfunc.load_model(model, dst_path=served)))


def test_served_model_translates(client, model, root, served, monkeypatch):
    import mlflow

    monkeypatch.setattr(sys, "path", list(sys.path))  # loading puts the model's own copy of quoi first
    loaded = mlflow.pyfunc.load_model(model, dst_path=served)
    from quoi.translation.translator import Translator

    asked = ["Où sommes-nous ?", "", "où ?"]
    expected = [t.text for t in Translator.load(root / "models/all").translate([asked[0], asked[2]], beam=5)]
    assert loaded.predict(asked) == [expected[0], "", expected[1]]
    marked = ["\ufeffOu\u0300 sommes-nous\u200b ?", "\u200b\u00ad", "où ?"]
    assert loaded.predict(marked) == [expected[0], "", expected[1]]
    assert len(loaded.predict(asked, params={"beam": 1})) == 3
    assert loaded.metadata.get_input_schema().input_types()[0].name == "string"


def test_the_champion_is_served_by_its_alias(client, root, served, monkeypatch):
    import mlflow

    monkeypatch.setattr(sys, "path", list(sys.path))
    assert backfill.bring(score="bleu_beam").champion == "1"
    assert backfill.bring(score="bleu_beam") == backfill.Brought()
    loaded = mlflow.pyfunc.load_model("models:/quoi-translator@champion", dst_path=served)
    from quoi.translation.translator import Translator

    expected = Translator.load(root / "models/all").translate(["où ?"], beam=5)
    assert loaded.predict(["où ?"]) == [expected[0].text]


def test_what_is_no_list_of_sentences_is_refused(server):
    for asked, named in (
        ({"inputs": ["Où ?", None]}, "NoneType"),
        ({"inputs": ["Où ?", 12]}, "int"),
        ({"inputs": "Où ?"}, "list"),
        ({"inputs": [["Où ?", "Quand ?"]]}, "list"),
        ({"inputs": {"text": ["Où ?"]}}, "dict"),
        ({"dataframe_split": {"columns": ["id", "text"], "data": [["1", "Où ?"]]}}, "dataframe_split"),
        ({"inputs": ["Où ?"], "params": {"beam": 0}}, "beam is 0"),
        ({"inputs": ["Où ?"], "params": {"beam": 101}}, "beam is 101"),
        ({"inputs": ["Où ?"], "params": {"beam": "wide"}}, "wide"),
    ):
        answer = server.post("/invocations", json=asked)
        assert answer.status_code == 400 and named in answer.json()["message"], (asked, answer.text)


def test_of_a_table_nothing_is_guessed(server):
    csv = {"Content-Type": "text/csv"}
    answer = server.post("/invocations", content="text\nOù ?\n", headers=csv)
    assert answer.status_code == 200 and len(answer.json()["predictions"]) == 1, answer.text
    for table in ("id,text\n1,Où ?\n", "name,text\nQui,Où ?\n"):
        answer = server.post("/invocations", content=table, headers=csv)
        assert answer.status_code == 400 and "there are 2" in answer.json()["message"], answer.text


def test_what_is_answered(server):
    for asked in ({"inputs": ["Où ?"]}, {"inputs": ["Où ?", ""], "params": {"beam": 1}}, {"inputs": []}):
        answer = server.post("/invocations", json=asked)
        assert answer.status_code == 200 and len(answer.json()["predictions"]) == len(asked["inputs"]), answer.text


def test_model_is_complete_and_holds_no_pickle(client, model, root):
    folder = next((root / "mlartifacts").glob("*/models/*/artifacts"))
    for name in EXPECTED_FILES:
        assert (folder / name).exists(), name
    assert not [path for path in folder.rglob("*") if path.suffix in (".pkl", ".pickle", ".pt", ".bin")]
    example = json.loads((folder / "serving_input_example.json").read_text(encoding="utf-8"))
    assert example == {"inputs": ["Où sommes-nous ?"], "params": {"beam": 5}}
    logged = client.get_logged_model(model.removeprefix("models:/"))
    assert logged.tags["quoi.variant"] == "all"
    assert logged.name == "translator"


def test_a_model_of_links_into_dvcs_cache_is_kept_whole(root, monkeypatch):
    write_trained(root)
    cache = root / "cache"
    cache.mkdir()
    for path in (root / "models/all").iterdir():
        path.rename(cache / path.name)
        (cache / path.name).chmod(0o444)
        path.symlink_to(cache / path.name)

    def cut(*arguments: object, **named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("mlflow.models.Model.log", cut)
        backfill.bring()
    client = store.connect()
    assert client.search_logged_models([store.experiment_id(client)]) == []
    assert backfill.bring().runs == ["all seed 1", "all seed 2"]
    (folder,) = (root / "mlartifacts").glob("*/models/*/artifacts/artifacts/all")
    assert {path.name: path.read_bytes() for path in folder.iterdir() if not path.is_symlink()} == {
        path.name: path.read_bytes() for path in cache.iterdir()
    }
    assert [path.name for path in (root / "models").iterdir()] == ["all"]


def test_requirements_are_pinned_and_installable(tmp_path):
    pins = serving.requirements(tmp_path)
    assert any(pin.startswith("torch==") for pin in pins)
    assert not [pin for pin in pins if "+" in pin or "==" not in pin]
    (tmp_path / "target.model").touch()
    assert [pin.split("==")[0] for pin in serving.requirements(tmp_path) if pin not in pins] == ["sentencepiece"]


def test_untrained_folder_is_one_sentence(root):
    folder = root / "models/none"
    with pytest.raises(QuoiError, match="does not exist yet"):
        serving.log_model(store.connect(), "0", folder)


def test_record_knows_its_model(root):
    done = record.read_record(write_trained(root))
    assert done[1].model == Path("models/all") and done[2].model is None
