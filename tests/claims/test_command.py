"""`quoi claims` through the real commands, on the smallest settings."""

from __future__ import annotations

import gzip
import json
import shutil
import signal
import time

import numpy as np
import pytest
from filelock import FileLock
from ruamel.yaml import YAML

from quoi.claims import pictures, results, statements
from quoi.nearest.search import Searcher
from quoi.records import devise_record
from quoi.vectors import hypernyms
from tests.claims.test_statements import small, with_pictures
from tests.workspace import Workspace

pytestmark = pytest.mark.pipeline


def write(workspace: Workspace, content: dict) -> None:
    with (workspace.folder / "claims.yaml").open("w") as file:
        YAML(typ="safe", pure=True).dump(content, file)


@pytest.fixture(scope="session")
def tested(smoke, tmp_path_factory, worker_id) -> Workspace:
    """The smoke run's workspace after a claim of each kind was tested, once for all processes. Look, don't touch."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "claims"
    with FileLock(folder.with_suffix(".lock")):
        if not folder.with_suffix(".done").exists():
            workspace = smoke.workspace.copy(folder)
            content = with_pictures(compare=["p", "p/conse"]) | {"profile": "smoke", "seeds": [1, 2]}
            content["progression"] = ["b", "a"]
            del content["corpora"]["photographs"]
            write(workspace, content)
            assert "6 trainings, 6 of them to do" in workspace.run("quoi", "claims", "run").stdout
            folder.with_suffix(".done").touch()
    return Workspace(folder)


def test_the_report_has_a_verdict_with_its_interval_and_the_trainings_it_rests_on(tested):
    content = json.loads((tested.folder / "reports/claims/claims.json").read_text())
    found = content["one"]["found"]["generated"]
    low, high = found["interval"]
    assert low <= found["difference"] <= high
    assert found["verdict"] in ("supported", "contradicted", "equivalent", "not decided")
    paths = found["trainings"]
    assert len(set(paths)) == 4
    assert all((tested.folder / path).is_file() for path in paths)
    shown = tested.run("quoi", "claims", "show", "one").stdout
    assert found["verdict"] in shown
    assert all(path in shown for path in paths)
    assert found["verdict"] in tested.run("quoi", "claims", "list").stdout


def test_the_report_goes_on_with_the_progression_each_row_the_mean_of_its_seeds(tested):
    claims = statements.load(tested.folder)
    units = statements.units(claims, claims.claims, list(claims.corpora), tested.folder)
    trained = results.load(units, tested.folder)["generated"]
    text = (tested.folder / "reports/claims/README.md").read_text(encoding="utf-8")
    *_, first, second = text.partition("## The progression")[2].partition("\n## ")[0].strip().splitlines()
    for name, row in (("b", first), ("a", second)):
        scores = [result.score("beam", "bleu") for result in trained[name].values()]
        assert f"#{name})" in row and f"| {np.mean(scores):.1f} ({min(scores):.1f} to {max(scores):.1f}) |" in row


def test_a_training_that_is_done_is_not_done_again_and_gives_the_variants_own_numbers(tested):
    assert "6 trainings, 0 of them to do" in tested.run("quoi", "claims", "run").stdout
    claimed = json.loads(gzip.decompress((tested.folder / "claims/trainings/generated/a-1.json.gz").read_bytes()))
    record = json.loads((tested.folder / "reports/translation/variants/baseline/metrics.json").read_text())["record"][0]
    assert claimed["scores"] == record["seeds"]["1"]


def test_pictures_find_labels_as_in_the_pipeline_and_words_find_pictures_as_in_search(tested):
    claims = statements.load(tested.folder)
    units = statements.units(claims, claims.claims, list(claims.corpora), tested.folder)
    trained = results.load(units, tested.folder)["drawings"]["p"][1]
    recorded = devise_record.read(tested.folder).seeds[1]
    assert trained.score("devise", "hit@5") == pytest.approx(100 * recorded["DeViSE"]["unseen"]["hit@5"])
    assert trained.score("conse", "hit@5") == pytest.approx(100 * recorded["ConSE"]["unseen"]["hit@5"])
    found = json.loads((tested.folder / "reports/claims/claims.json").read_text())["two"]["found"]
    assert found.keys() == {"drawings"}
    searcher, asked = Searcher(tested.folder), pictures.words(tested.folder, hypernyms.packaged())
    assert asked.texts
    hits = 0
    for word, right in zip(asked.texts, asked.right, strict=True):
        rows = [hit.row for hit in searcher.nearest("images", searcher.expression(word), 60)]
        known = [row for row in rows if row in asked.pictures][: pictures.FIRST]
        hits += sum(int(right[np.searchsorted(asked.pictures, row)]) for row in known)
    expected = 100 * hits / (len(asked.texts) * min(pictures.FIRST, len(asked.pictures)))
    assert trained.score("devise", "precision@10") == pytest.approx(expected)


def test_every_training_is_a_run_in_mlflow(tested):
    runs = json.loads(tested.run("quoi", "runs", "--experiment", "claims", "--json").stdout)
    assert sorted(run["name"] for run in runs) == ["a-1", "a-2", "b-1", "b-2", "p-1", "p-2"]


def test_changed_code_makes_the_trainings_anew_unless_it_is_confirmed(tested, tmp_path):
    workspace = tested.copy(tmp_path)
    loss = workspace.folder / "src/quoi/translation/loss.py"
    with loss.open("a") as file:
        file.write("\n# changed\n")
    confirmed = workspace.run("quoi", "claims", "confirm", "--number", "1").stdout
    assert "4 trainings by other code, 1 of them to repeat" in confirmed
    assert "4 trainings, 0 of them to do" in workspace.run("quoi", "claims", "run", "one").stdout
    assert "1 of 4" in (workspace.folder / "reports/claims/trainings.md").read_text()
    path = workspace.folder / "claims/trainings/generated/a-1.json.gz"
    other = json.loads(gzip.decompress(path.read_bytes()))
    other["scores"]["exact"] += 1
    other["made_with"]["code"] = "another"
    path.write_bytes(gzip.compress(json.dumps(other).encode(), mtime=0))
    refused = workspace.run("quoi", "claims", "confirm", status=1)
    assert "a on generated, seed 1 gives other numbers" in refused.stderr
    assert "4 trainings, 1 of them to do" in workspace.run("quoi", "claims", "run", "one").stdout


def test_the_group_of_dvc_trains_what_is_lacking_and_its_lock_holds_nothing_of_this_machine(tested, tmp_path):
    workspace = tested.copy(tmp_path)
    group = "sh", "-c", "cd claims && dvc repro claims"
    assert "6 trainings, 0 of them to do" in workspace.run(*group).stdout
    lock = (workspace.folder / "claims/dvc.lock").read_bytes()
    (workspace.folder / "src/quoi/__pycache__").mkdir(exist_ok=True)
    (workspace.folder / "src/quoi/__pycache__/left.pyc").touch()
    (workspace.folder / "claims/trainings/generated/a-1.json.gz").unlink()
    assert "6 trainings, 1 of them to do" in workspace.run(*group).stdout
    assert (workspace.folder / "claims/dvc.lock").read_bytes() == lock


def test_each_way_in_which_parameters_have_changed_is_confirmed_by_a_training_of_its_own(tested, tmp_path):
    workspace = tested.copy(tmp_path)
    for name in ("a-1", "a-2", "b-2"):
        path = workspace.folder / f"claims/trainings/generated/{name}.json.gz"
        made = json.loads(gzip.decompress(path.read_bytes()))
        made["parameters"]["old name" if name[0] == "a" else "another old name"] = 1
        path.write_bytes(gzip.compress(json.dumps(made).encode(), mtime=0))
    said = workspace.run("quoi", "claims", "confirm", "--number", "1").stdout
    assert "3 trainings by other code, 2 of them to repeat" in said
    assert "b on generated, seed 2: the same" in said


def test_a_ray_cluster_leaves_the_same_files(tested, tmp_path):
    pytest.importorskip("ray", reason="Ray is an optional install: pip install 'quoi[ray]'")
    workspace = tested.copy(tmp_path)

    def files() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (workspace.folder / "claims/trainings").rglob("[ab]-*")}

    local = files()
    shutil.rmtree(workspace.folder / "claims/trainings")
    assert "4 trainings, 4 of them to do" in workspace.run("quoi", "claims", "run", "one", "--engine", "ray").stdout
    assert len(local) == 4 and files() == local


def test_a_killed_run_goes_on_where_it_stopped(smoke, tmp_path):
    workspace = smoke.workspace.copy(tmp_path)
    write(workspace, small(profile="smoke", seeds=[1, 2, 3]))

    def done() -> int:
        return len(list((workspace.folder / "claims/trainings/generated").glob("[ab]-*.json.gz")))

    running = workspace.start("quoi", "claims", "run")
    while not done():
        assert running.poll() is None, running.communicate()
        time.sleep(0.1)
    running.send_signal(signal.SIGKILL)
    running.wait()
    before = done()
    finished = workspace.run("quoi", "claims", "run").stdout
    left = int(finished.split("trainings, ")[1].split()[0])
    assert 0 < left < 6
    assert left <= 6 - before


def test_a_corpus_whose_file_is_not_here_is_left_out_and_named(tested, tmp_path):
    workspace = tested.copy(tmp_path)
    corpora = {"generated": {"title": "t"}, "real": {"title": "t", "needs": "no/such.tsv"}}
    write(workspace, small(profile="smoke", seeds=[1, 2], corpora=corpora))
    done = workspace.run("quoi", "claims", "run")
    assert "real is left out: no/such.tsv" in done.stdout
    assert "4 trainings, 0 of them to do" in done.stdout
