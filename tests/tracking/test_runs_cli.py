"""`quoi runs` on a small repository with real Git, DVC and MLflow."""

from __future__ import annotations

import json
import shutil
import tempfile

import pytest

from quoi.repo.digests import of_listing, of_path, of_value

pytestmark = pytest.mark.pipeline


def listed(shop, *arguments):
    done = shop.quoi("runs", "--json", *arguments)
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)


def run_of(shop, name, place=0):
    """The run of a name; of several the latest by default."""
    return [run for run in listed(shop) if run["name"] == name][place]


def where(shop, run):
    return json.loads(shop.quoi("runs", "where", run, "--json").out)


def assert_one_sentence(done, *parts):
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1 and not [part for part in parts if part not in done.err], done.err


# The list


def test_every_run_is_listed_with_its_scores_the_latest_first(shop):
    runs = listed(shop)
    assert sorted(run["name"] for run in runs) == sorted(
        ["all-1", "all-1", "all-2", "all-2", "baseline-1", "baseline-2"]
    )
    assert {run["name"] for run in runs[:2]} == {"all-1", "all-2"}
    assert all(run["lineage"] and run["sources"] == "made" and run["status"] == "FINISHED" for run in runs)
    assert run_of(shop, "all-1")["scores"]["lesson_loss"] == pytest.approx(2.4)
    assert run_of(shop, "all-1", 1)["scores"]["lesson_loss"] == pytest.approx(2.5)
    table = shop.quoi("runs").out
    assert "experiment translation" in table and run_of(shop, "baseline-2")["id"][:8] in table
    assert shop.quoi("runs", "--experiment", "translation").out == table


def test_another_experiment_is_one_sentence(shop):
    assert_one_sentence(shop.quoi("runs", "--experiment", "translatoin"), "did you mean 'translation'?")


# Where


def test_a_run_is_tagged_with_the_digests_of_the_code_data_and_parameters_that_it_read(shop):
    from quoi.tracking import store

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shop.folder)
        run = store.connect().get_run(run_of(shop, "all-1")["id"])
    tags = run.data.tags
    data = [(path, of_path(shop.folder / path)) for path in ("data/raw/source.json", "data/words.txt")]
    assert tags["quoi.code"] == of_listing([("stages.py", of_path(shop.folder / "stages.py"))])
    assert tags["quoi.data"] == of_listing(data)
    assert tags["quoi.parameters"] == of_value({"seeds": [1, 2], "variants.all": {"attention": True}})
    assert tags["quoi.stage"] == "train@all" and tags["quoi.git_dirty"] == "true"
    (raw,) = (each.dataset for each in run.inputs.dataset_inputs)
    assert (raw.name, raw.digest) == ("made", of_path(shop.folder / "data/raw"))
    says = {"path": "data/raw", "url": "https://example.org/made.gz", "licence": "CC0"}
    assert json.loads(raw.source) == says
    assert tags["mlflow.source.git.commit"] == shop.git("rev-parse", "HEAD").strip()


def test_where_leads_up_to_the_raw_corpus(shop):
    text = shop.quoi("runs", "where", run_of(shop, "all-1")["id"]).out
    for part in (
        "stage train@all: python stages.py train all", "read data/words.txt", "stage words: python stages.py words",
        "read data/raw", "stage fetch: python stages.py fetch", "says data/raw/source.json", "name: made",
        "url: https://example.org/made.gz", "licence: CC0", "sha256: corpus.en 00ff",
        'corpus.atlas = {"questions": 70}',
    ):  # fmt: skip
        assert part in text
    assert "code/more" not in text and "stages.py  " in shop.quoi("runs", "where", "all-1", "--files").out


def test_to_look_at_runs_and_to_import_them_leaves_no_temporary_files(mine, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for path in (mine.folder / "mlflow.db", mine.folder / "mlartifacts"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for arguments in (["import"], [], ["where", "all-1"], ["diff", "all-1", "baseline-1"]):
        assert mine.quoi("runs", *arguments).status == 0
    assert not list(temporary.iterdir())


def test_the_data_of_a_run_are_those_it_read_also_when_earlier_stages_have_run_again_since(shop):
    """`baseline` was not trained again: dvc.lock has its entry, and of the stages before it only newer ones."""
    lock = shop.yaml("dvc.lock")["stages"]
    for run, questions in (("baseline-1", 60), ("all-1", 70), (run_of(shop, "all-1", 1)["id"], 60)):
        stages = where(shop, run)["lineage"]["stages"]
        assert stages["fetch"]["params"]["params.yaml"]["corpus.atlas"] == {"questions": questions}, run
        read = {dep["path"]: dep["md5"] for name in stages for dep in stages[name]["deps"]}
        wrote = {out["path"]: out["md5"] for name in stages for out in stages[name]["outs"]}
        assert read["data/words.txt"] == wrote["data/words.txt"] and read["data/raw"] == wrote["data/raw"]
    assert lock["fetch"]["params"]["params.yaml"]["corpus.atlas"] == {"questions": 70}


def test_a_run_is_known_by_id_by_the_beginning_of_it_and_by_name(shop):
    run = run_of(shop, "all-2", 1)["id"]
    assert where(shop, run)["id"] == where(shop, run[:12])["id"] == where(shop, run[:12].upper())["id"] == run
    newest = shop.quoi("runs", "where", "all seed 2", "--json")
    assert json.loads(newest.out)["id"] == run_of(shop, "all-2")["id"]
    assert "the latest of 2 runs" in newest.err
    assert_one_sentence(shop.quoi("runs", "where", "al-2"), "There is no run 'al-2'", "did you mean 'all-2'?")
    assert_one_sentence(shop.quoi("runs", "where", ""), "There is no run ''")


# Restore


@pytest.mark.parametrize("name", ["baseline-1", "all-1"])
def test_restore_brings_all_back_and_touches_nothing_here(mine, name):
    """The one is of the commit, with older data; the other of a working tree that was never committed."""
    before, status = mine.snapshot(""), mine.git("status", "--porcelain")
    folder = mine.folder.parent / "restored"
    done = mine.quoi("runs", "restore", name, str(folder), "--json")
    assert done.status == 0, done.err
    printed = json.loads(done.out)
    assert printed["differing"] == 0 and printed["lacking"] == [] and len(printed["compared"]) > 10
    variant, questions = name[:-2], {"baseline-1": 60, "all-1": 70}[name]
    assert len((folder / "data/raw/corpus.en").read_text().splitlines()) == questions
    assert f"questions: {questions}   # so many" in (folder / "params.yaml").read_text()
    assert (folder / f"models/{variant}/model.json").exists()
    back = type(mine)(folder)
    assert "up to date" in back.run("dvc", "status", f"train@{variant}", "words").stdout
    assert mine.git("status", "--porcelain") == status
    after = mine.snapshot("")
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert not [path for path in changed if not path.startswith((".git/", ".dvc/tmp", "mlflow.db"))]


def test_in_a_folder_of_a_larger_repository_all_is_as_in_one_of_its_own(shop, tmp_path):
    inner = shop.copy(tmp_path / "larger/inner")
    shutil.rmtree(inner.folder / ".git")
    larger = type(inner)(tmp_path / "larger")
    larger.git("init", "--quiet")
    larger.commit()
    folder = tmp_path / "restored"
    done = inner.quoi("runs", "restore", "all-1", str(folder), "--json")
    assert done.status == 0, done.err
    printed = json.loads(done.out)
    assert printed["differing"] == 0 and printed["folder"] == str(folder / "inner")
    assert (folder / "inner/models/all/model.json").exists() and larger.git("status", "--porcelain") == ""
    more = str(larger.folder / "more")
    assert_one_sentence(inner.quoi("runs", "restore", "baseline-1", more), "inside this repository")
    assert inner.quoi("runs", "restore", "all-2").status == 0
    assert [path.name for path in tmp_path.glob("larger-all-2-*/inner")] == ["inner"]


def test_restore_prints_its_proof_and_goes_beside_the_repository(mine):
    done = mine.quoi("runs", "restore", "baseline-2")
    assert done.status == 0, done.err
    (folder,) = mine.folder.parent.glob("mine-baseline-2-*")
    assert folder.name in done.out.replace("\n", "") and "differs" not in done.out
    assert [line for line in done.out.splitlines() if "models/baseline" in line and "the same" in line]
    assert_one_sentence(mine.quoi("runs", "restore", "baseline-2"), folder.name, "already exists")


def test_restore_refuses_a_folder_that_holds_something_or_is_in_the_repository(mine):
    full = mine.folder.parent / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("mine")
    for folder, part in ((full, "already exists"), (full / "thesis.txt", "already exists"), ("models/x", "inside")):
        assert_one_sentence(mine.quoi("runs", "restore", "baseline-1", str(folder)), part)
    assert (full / "thesis.txt").read_text() == "mine" and mine.git("worktree", "list").count("\n") == 1


def test_what_the_cache_lacks_is_named_and_what_differs_fails(mine):
    lock = mine.yaml("dvc.lock")["stages"]["train@baseline"]
    digest = next(out["md5"] for out in lock["outs"] if out["path"] == "models/baseline")
    cached = mine.folder / ".dvc/cache/files/md5" / digest[:2] / digest[2:]
    cached.unlink()
    shutil.rmtree(mine.folder / "models/baseline")
    folder = mine.folder.parent / "restored"
    done = mine.quoi("runs", "restore", "baseline-1", str(folder))
    assert done.status == 1 and "Traceback" not in done.err
    assert "Neither DVC's cache nor its remote has: models/baseline" in done.err
    assert f"1 of {12} digests" in done.err
    assert (folder / "data/words.txt").exists()


def test_what_the_cache_lacks_comes_from_the_remote(mine):
    shared = mine.folder.parent / "shared"
    mine.run("dvc", "remote", "add", "--default", "--local", "shared", "../shared")
    mine.run("dvc", "push", "models/all")
    shutil.rmtree(mine.folder / ".dvc/cache/files")
    shutil.rmtree(mine.folder / "models")
    assert any(shared.iterdir())
    done = mine.quoi("runs", "restore", "all-2", str(mine.folder.parent / "restored"), "--json")
    printed = json.loads(done.out)
    # The data are no longer in the cache either, but still in the working tree.
    assert (done.status, printed["differing"], printed["lacking"]) == (0, 0, []), done.err


def test_a_lineage_that_names_places_elsewhere_writes_nothing_there(mine):
    """A store may be somebody else's: what it says does not lead out of the folder."""
    from quoi.repo.digests import of_bytes

    (path,) = (mine.folder / "mlartifacts").glob(f"*/{run_of(mine, 'baseline-1')['id']}/artifacts/lineage.json")
    content = json.loads(path.read_text())
    (path.parent / "evil").write_text("evil")
    deps = content["stages"]["train@baseline"]["deps"]
    deps += [{"path": name, "md5": of_bytes(b"evil")} for name in ("../evil", str(mine.folder / "evil"))]
    content["stages"]["fetch"]["params"]["../evil.yaml"] = {"a": 1}
    path.write_text(json.dumps(content))
    done = mine.quoi("runs", "restore", "baseline-1", str(mine.folder.parent / "restored"))
    assert done.status == 1 and "3 of 15 digests" in done.err, done.err
    assert not [*mine.folder.parent.glob("evil*"), *mine.folder.glob("evil*")]


def test_a_lineage_that_is_gone_or_damaged_is_one_sentence(mine):
    (path,) = (mine.folder / "mlartifacts").glob(f"*/{run_of(mine, 'baseline-1')['id']}/artifacts/lineage.json")
    for text in ("{", "[]", "{}"):
        path.write_text(text)
        assert_one_sentence(mine.quoi("runs", "where", "baseline-1"), "lineage.json of run", "or damaged")
    path.unlink()
    assert_one_sentence(mine.quoi("runs", "where", "baseline-1"), "lineage.json of run", "is gone")


# Diff


def test_diff_says_what_differs_and_what_that_did_to_the_scores(shop):
    one, other = run_of(shop, "all-1", 1)["id"], run_of(shop, "all-1")["id"]
    printed = json.loads(shop.quoi("runs", "diff", one, other, "--json").out)
    assert printed["parameters"] == [{"name": "corpus.atlas.questions", "first": "60", "second": "70"}]
    assert [row["name"] for row in printed["data"]] == ["data/raw", "data/words.txt", "reports/words.json"]
    assert printed["code"] == []
    scores = {row["name"]: row for row in printed["scores"]}
    assert scores["lesson_loss"]["change"] == pytest.approx(-0.1) and scores["lesson_loss"]["better"] is True
    assert scores["bleu_beam"]["change"] == pytest.approx(0.1) and scores["bleu_beam"]["better"] is True
    text = shop.quoi("runs", "diff", other, one).out
    assert "code: the same" in text and "worse" in text and "better" not in text
    assert "learning_rate" not in text


# Import


def test_a_clone_shows_what_the_author_saw(shop, tmp_path, empty_store):
    """Runs, parameters, scores by epoch, files and lineage; but times, speed and memory, which are the author's."""
    author = shop.copy(tmp_path / "author")
    author.run("dvc", "remote", "add", "--default", "shared", str(tmp_path / "shared"))
    author.run("dvc", "push", "--quiet")
    author.commit()
    clone = author.clone(tmp_path / "clone")
    clone.run("dvc", "pull", "--quiet")
    shutil.copy(empty_store, clone.folder)
    assert clone.repro("train@all") == []
    done = clone.quoi("runs", "import")
    assert "all seed 1, all seed 2, baseline seed 1, baseline seed 2" in done.out
    assert "Lineage from dvc.lock: 4 runs\n" in done.out
    assert "quoi-translator@champion is now version 1" in done.out
    assert [run["name"] for run in listed(clone)] == ["all-1", "all-2", "baseline-1", "baseline-2"]
    latest = {run["name"]: run for run in reversed(listed(author))}
    theirs = {run["name"]: run for run in listed(clone)}
    assert theirs.keys() == latest.keys()
    for name, run in theirs.items():
        mine = {key: value for key, value in latest[name]["scores"].items() if key != "tokens_per_second"}
        assert run["scores"] == mine and run["headline"] == latest[name]["headline"]
        assert run["lineage"] and run["sources"] == "made"
        assert where(clone, name)["lineage"] == where(author, name)["lineage"]
        assert content(clone, run["id"]) == content(author, latest[name]["id"])
    assert clone.quoi("runs", "import").out == "MLflow has all that the record holds.\n"


def content(shop, run):
    """Parameters, scores by epoch, files and tags of a run that are the same wherever it was made."""
    from quoi.tracking import store

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shop.folder)
        client = store.connect()
        kept = client.get_run(run)
        points = {
            name: [(point.step, point.value) for point in client.get_metric_history(run, name)]
            for name in kept.data.metrics
            if name != "tokens_per_second"
        }
        files = sorted(entry.path for entry in client.list_artifacts(run))
    own = ("mlflow.source.git", "mlflow.parentRunId", "quoi.git", "quoi.model", "quoi.imported", "mlflow.user")
    tags = {key: value for key, value in kept.data.tags.items() if not key.startswith(own)}
    return kept.data.params, points, files, tags, "quoi.model" in kept.data.tags


def test_a_clone_without_data_is_told_of_their_source_once_they_are_there(shop, tmp_path, empty_store):
    author = shop.copy(tmp_path / "author")
    author.commit()
    clone = author.clone(tmp_path / "clone")
    shutil.copy(empty_store, clone.folder)
    assert clone.quoi("runs", "import").status == 0
    runs = listed(clone)
    assert [run["sources"] for run in runs] == [None] * 4 and all(run["lineage"] for run in runs)
    assert versions(clone) == []  # the best model is not here
    assert "`dvc pull` brings them" in clone.quoi("runs", "where", "all-1").out
    shutil.copytree(author.folder / "data", clone.folder / "data")
    assert clone.quoi("runs", "import").out == "Lineage from dvc.lock: 4 runs\n"
    assert where(clone, "all-1")["sources"] == "made"


def test_two_imports_at_once_make_each_run_and_model_once(shop, tmp_path):
    author = shop.copy(tmp_path / "author")
    author.commit()
    clone = author.clone(tmp_path / "clone")
    shutil.copytree(author.folder / "models", clone.folder / "models")
    command = "from tests.tracking.workshop import make_light; make_light(); from quoi.cli.main import main; main()"
    both = [clone.start("python", "-c", command, "runs", "import") for _ in range(2)]
    outputs = [each.communicate() for each in both]
    assert [each.returncode for each in both] == [0, 0], outputs
    assert sorted("MLflow has all" in out for out, _ in outputs) == [False, True], outputs
    assert sorted("waiting until it has done" in err for _, err in outputs) == [False, True], outputs
    assert sorted(run["name"] for run in listed(clone)) == ["all-1", "all-2", "baseline-1", "baseline-2"]
    assert len(versions(clone)) == 1


# The champion


def versions(shop):
    """Version, variant and aliases of the registered models."""
    from quoi.tracking import registry, store

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shop.folder)
        client = store.connect()
        registered = client.search_model_versions(f"name = '{registry.MODEL}'")
        numbers = sorted(int(each.version) for each in registered)
        shown = [client.get_model_version(registry.MODEL, str(number)) for number in numbers]
    return [(each.tags["quoi.variant"], list(each.aliases), each.description) for each in shown]


def test_the_champion_is_the_best_variant_with_its_card(shop):
    card = "# all, by quoi\n\n| score |\n| ---: |\n| 1 |\n\n## Limits\n\nMade up."
    assert versions(shop) == [("all", ["champion"], card)]


def test_a_new_version_only_for_a_new_model_and_the_alias_goes_with_the_score(mine):
    params = mine.folder / "params.yaml"
    params.write_text(params.read_text() + "registry: {score: exact}\n")
    record = mine.folder / "reports/translation/variants/baseline/metrics.json"
    content = json.loads(record.read_text())
    for scores in content["record"][0]["seeds"].values():
        scores["exact"] = 0.9
    record.write_text(json.dumps(content))
    assert "is now version 2" in mine.quoi("runs", "import").out
    assert [version[:2] for version in versions(mine)] == [("all", []), ("baseline", ["champion"])]
    params.write_text(params.read_text().replace("score: exact", "score: lesson_loss"))
    assert mine.quoi("runs", "import").out.endswith("is now version 1\n")
    assert [version[:2] for version in versions(mine)] == [("all", ["champion"]), ("baseline", [])]
    assert mine.quoi("runs", "import").out.startswith("MLflow has all")


# What cannot be


def test_outside_a_repository_and_with_a_damaged_lock_it_is_one_sentence(mine, tmp_path, empty_store):
    (mine.folder / "dvc.lock").write_text("stages: [1")
    assert mine.quoi("runs", "where", "all-1").status == 0  # what is known already stays known
    shutil.copy(empty_store, mine.folder)
    assert_one_sentence(mine.quoi("runs", "where", "all-1"), "dvc.lock is damaged")
    (tmp_path / "empty").mkdir()
    elsewhere = type(mine)(tmp_path / "empty")
    assert_one_sentence(elsewhere.quoi("runs"), "params.yaml does not exist here")
    assert list(elsewhere.folder.iterdir()) == []


def test_a_run_that_no_lock_records_has_no_lineage_and_says_why(mine):
    from quoi.repo.git import state
    from quoi.tracking import record, store

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(mine.folder)
        client = store.connect()
        record.start(client, "lstm", 1, {}, state()).finish(status="KILLED")
    assert "no lineage: it is KILLED" in mine.quoi("runs", "where", "lstm-1").out
    assert_one_sentence(mine.quoi("runs", "restore", "lstm-1"), "lstm-1", "no lineage", "KILLED")
    assert "lstm-1, killed" in mine.quoi("runs").out
