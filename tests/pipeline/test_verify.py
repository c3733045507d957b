"""`quoi verify`: stages of the smoke run, run again elsewhere and compared with dvc.lock."""

from __future__ import annotations

import json
import re
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from quoi.jobs import verify
from quoi.jobs.verify import DIFFERS, IDENTICAL, WITHIN, Compared, ComparedNumber
from quoi.repo import dvc
from tests.workspace import Workspace

pytestmark = pytest.mark.pipeline


def state(workspace: Workspace) -> dict[str, tuple[int, int]]:
    """Size and time of every file, byte code and DVC's memory of digests apart."""
    files = (path for path in workspace.folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(workspace.folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in files
        if not {"__pycache__", "site"} & set(path.parts)
    }


def add(workspace: Workspace, stage: str, line: str) -> None:
    """A further line in the function of a stage's script, before its last two."""
    script = workspace.folder / f"stages/{stage}.py"
    body, end = script.read_text(encoding="utf-8").split("\n\n\nif __name__")
    script.write_text(f"{body}\n    {line}\n\n\nif __name__{end}", encoding="utf-8")


def wait_for(done: Callable[[], object]) -> None:
    """Until something is so."""
    while not done():
        time.sleep(0.05)


def results(done) -> dict[str, str]:
    """What `--json` tells: result by path."""
    return {out["path"]: out["result"] for stage in json.loads(done.stdout)["stages"] for out in stage["outputs"]}


def test_stages_are_reproduced_and_nothing_of_the_users_is_touched(trained, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path_factory.mktemp("sandbox")))
    before = state(trained)
    done = trained.run("quoi", "verify", "numericalize", "embed@source")
    rows = [line.split() for line in done.stdout.splitlines()]
    assert rows[0] == ["stage", "took", "output", "result"] and rows[-1] == ["Reproduced."]
    assert [row[0] for row in rows if "s" in row] == ["numericalize", "embed@source"]
    assert [row[-2:] for row in rows[1:-1]] == [
        [path, IDENTICAL]
        for path in (
            "data/ids", "reports/corpus/numericalize.json", "reports/checks/stages/numericalize.json",
            "data/vectors/source.safetensors", "data/text/source.safetensors", "reports/vectors/source.json",
            "reports/vectors/missed.source.csv",
            "reports/checks/stages/embed@source.json",
        )
    ]  # fmt: skip
    assert state(trained) == before
    assert list(Path(tmp_path_factory.getbasetemp()).glob("sandbox*/*")) == []


def test_an_output_that_is_another_every_time_is_found(trained):
    path, measures = "reports/corpus/numericalize.json", "reports/checks/stages/numericalize.json"
    add(trained, "numericalize", "import json, os, time")
    add(trained, "numericalize", "open('data/ids/noise.bin', 'wb').write(os.urandom(8))")
    add(trained, "numericalize", f"report = json.load(open('{path}')) | {{'when': time.time_ns()}}")
    add(trained, "numericalize", f"json.dump(report, open('{path}', 'w'))")
    assert trained.repro("numericalize") == ["numericalize"]

    done = trained.run("quoi", "verify", "numericalize", status=1)
    assert done.stdout.splitlines()[-1] == "Not reproduced."
    for out, result in ((r"data/ids", DIFFERS), (path, DIFFERS), (measures, IDENTICAL)):
        assert re.search(rf" {out} +{result}", done.stdout), done.stdout

    # On another kind of machine the numbers decide: nanoseconds since 1970 are nearly the same.
    done = trained.run("quoi", "verify", "numericalize", "--tolerance", "0.001", "--json")
    assert results(done) == {"data/ids": WITHIN, path: WITHIN, measures: IDENTICAL}
    compared_output = json.loads(done.stdout)["stages"][0]["outputs"][1]
    assert "when 1." in compared_output["says"] and "0.10% are allowed" in compared_output["says"]
    assert {each["key"]: each["recorded"] for each in compared_output["numbers"]}["pairs"] == 300


def test_a_stage_that_was_changed_since_it_ran_has_to_run_first(trained):
    before = trained.outs()
    (trained.folder / "src/quoi/corpus/splits.py").open("a").write("\n")
    done = trained.run("quoi", "verify", "numericalize", status=1)
    assert done.stderr == (
        "numericalize is not as dvc.lock records it, since src/quoi/corpus/splits.py changed: run `dvc repro` first.\n"
    )
    trained.change("tokens.straight_apostrophes", True)
    done = trained.run("quoi", "verify", "filter_questions", "tokenize", status=1)
    assert done.stdout.count(IDENTICAL) == 3  # of the stage before
    assert "since params.yaml: tokens.straight_apostrophes changed" in done.stderr and trained.outs() == before


def test_an_input_is_taken_from_where_it_is_whole(trained):
    pipeline = dvc.read(trained.folder)
    stored = pipeline.cache.object(pipeline.stages["tokenize"].outs["data/tokens.parquet"])
    stored.unlink()
    stored.write_bytes(b"damaged")
    assert "Reproduced." in trained.run("quoi", "verify", "numericalize").stdout
    (trained.folder / "data/tokens.parquet").unlink()
    done = trained.run("quoi", "verify", "numericalize", status=1)
    assert done.stderr.startswith("data/tokens.parquet is missing or damaged, in DVC's cache and in the workspace: ")
    shutil.rmtree(trained.folder / ".dvc/cache")
    shutil.rmtree(trained.folder / "data/ids")
    done = trained.run("quoi", "verify", "train@all", status=1)
    assert "data/ids is missing or damaged, in DVC's cache and in the workspace" in done.stderr


def test_files_of_ones_own_are_found(trained):
    (trained.folder / "mine.tsv").write_text("Who is it?\tQui est-ce ?\n" * 3, encoding="utf-8")
    trained.change("corpus.source", "files")
    trained.change("corpus.files.pairs", "mine.tsv")
    trained.git("add", "params.yaml")  # and not mine.tsv
    trained.repro("fetch_corpus")
    assert "Reproduced." in trained.run("quoi", "verify", "fetch_corpus").stdout
    (trained.folder / "mine.tsv").write_text("Who is she?\tQui est-elle ?\n" * 3, encoding="utf-8")
    done = trained.run("quoi", "verify", "fetch_corpus", status=1)
    assert "since mine.tsv changed: run `dvc repro` first" in done.stderr


def test_another_wording_of_the_model_card_leaves_a_training_reproduced(trained):
    card = trained.folder / "src/quoi/report/card.py"
    wording = card.read_text(encoding="utf-8")
    assert "Licence: " in wording
    card.write_text(wording.replace("Licence: ", "Licensed under: "), encoding="utf-8")
    done = trained.run("quoi", "verify", "train@baseline")
    assert done.stdout.splitlines()[-1] == "Reproduced." and "commit of this run" not in done.stderr


def test_a_stage_that_fails_says_why_and_is_one_sentence_more(trained):
    add(trained, "filter_questions", "if not Path('mlflow.db').exists(): raise QuoiError('No store.')")
    script = trained.folder / "stages/filter_questions.py"
    imports = "from quoi.io.errors import QuoiError\nfrom pathlib import Path\nimport click\n"
    script.write_text(script.read_text(encoding="utf-8").replace("import click\n", imports), encoding="utf-8")
    assert trained.repro("filter_questions") == ["filter_questions"]
    done = trained.run("quoi", "verify", "filter_questions", status=1)
    assert "No store.\n" in done.stderr and "Traceback" not in done.stderr
    assert done.stderr.endswith("filter_questions failed when it was run again: what it said stands above.\n")


def test_names_of_stages(smoke, trained):
    pipeline = dvc.read(smoke.workspace.folder)

    def chosen(*names: str) -> list[str]:
        return [stage.name for stage in verify.choose(pipeline, names)]

    assert chosen("embed") == ["embed@source", "embed@target"] == chosen("embed@source", "embed")
    assert chosen() == list(pipeline.stages)
    with pytest.raises(verify.QuoiError, match=r"no stage 'train@al'; did you mean 'train@all'\? Allowed"):
        chosen("train@al")
    (trained.folder / "dvc.lock").unlink()
    with pytest.raises(verify.QuoiError, match=r"compare is not in dvc\.lock: run `dvc repro` first"):
        verify.choose(dvc.read(trained.folder), ["compare"])


@pytest.mark.parametrize("tolerance", ["bleu_beam=-1", "bleu_beam=", "nan", "inf", "=", "=0.1", "much"])
def test_what_is_no_tolerance(smoke, tolerance):
    done = smoke.workspace.run("quoi", "verify", f"--tolerance={tolerance}", status=2)
    assert "a number from 0 is needed, or NAME=NUMBER" in " ".join(done.stderr.split())


def test_a_tolerance_for_no_number_is_refused(smoke):
    done = smoke.workspace.run("quoi", "verify", "numericalize", "--tolerance", "paris=0.1", status=1)
    assert done.stderr.startswith("--tolerance paris: no number of numericalize is called so; did you mean 'pairs'?")
    done = smoke.workspace.run("quoi", "verify", "fetch_corpus", "--tolerance", "pairs=0.1", status=1)
    assert done.stderr == "--tolerance pairs: no number of fetch_corpus is called so: they record none.\n"


def test_what_is_here_and_was_not_recorded_is_not_compared_with(trained):
    lock = trained.folder / "dvc.lock"
    md5 = trained.outs()["reports/corpus/numericalize.json"]
    lock.write_text(lock.read_text(encoding="utf-8").replace(md5, "f" * 32), encoding="utf-8")
    done = trained.run("quoi", "verify", "numericalize", "--tolerance", "0.5", "--json", status=1)
    assert json.loads(done.stdout)["stages"][0]["outputs"][1]["says"].startswith("the recorded file is not here")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_no_process_and_no_files(trained, tmp_path_factory, monkeypatch, number):
    """The signal goes to the command alone, as a CI sends it; the stage's process learns of it through the command."""
    folder = tmp_path_factory.mktemp("signals")
    hold, at_work, temporary = folder / "hold", folder / "at-work", folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    add(trained, "numericalize", "import os, time")
    add(trained, "numericalize", f"os.path.exists('{hold}') and open('{at_work}', 'w').write(str(os.getpid()))")
    add(trained, "numericalize", f"while os.path.exists('{hold}'): time.sleep(0.05)")
    assert trained.repro("numericalize") == ["numericalize"]
    hold.touch()
    before = state(trained)
    with trained.start("quoi", "verify", "numericalize") as command:
        wait_for(lambda: at_work.exists() and at_work.read_text())
        command.send_signal(number)
        errors = command.communicate()[1]
    assert command.returncode == 130 and "Interrupted" in errors and "Traceback" not in errors
    wait_for(lambda: not psutil.pid_exists(int(at_work.read_text())))
    assert list(temporary.iterdir()) == [] and state(trained) == before


# Tolerances


def compared(path: str, result: str, *numbers: ComparedNumber) -> Compared:
    return Compared(path, "a", "a" if result == IDENTICAL else "b", result, "", list(numbers))


@pytest.mark.parametrize(
    ("outputs", "tolerances", "expected"),
    [
        # A training: its weights may differ as long as its scores are near.
        ([("m", DIFFERS), ("s.json", DIFFERS, 2.0, 2.01)], {"": 0.01}, [WITHIN, WITHIN]),
        ([("m", DIFFERS), ("s.json", DIFFERS, 2.0, 2.03)], {"": 0.01}, [DIFFERS, DIFFERS]),
        ([("m", DIFFERS), ("s.json", IDENTICAL)], {"": 0.01}, [WITHIN, IDENTICAL]),
        # Nothing measures these, so that the bytes count.
        ([("tokens.parquet", DIFFERS)], {"": 0.5}, [DIFFERS]),
        ([("s.json", DIFFERS)], {"": 0.5}, [DIFFERS]),
        # By name; what is not named has to be the same.
        ([("s.json", DIFFERS, 2.0, 2.01)], {"number": 0.01}, [WITHIN]),
        ([("s.json", DIFFERS, 2.0, 2.01)], {"number": 0.001, "": 0.5}, [DIFFERS]),
        ([("s.json", DIFFERS, 2.0, 2.01)], {"other": 0.5}, [DIFFERS]),
        # A share of nothing is nothing.
        ([("s.json", DIFFERS, 0.0, 1e-9)], {"": 0.5}, [DIFFERS]),
        ([("s.json", DIFFERS, 0.0, 0.0)], {"": 0.0}, [WITHIN]),
        ([("s.json", DIFFERS, -2.0, -2.01)], {"": 0.01}, [WITHIN]),
        ([("s.json", DIFFERS, 2.0, float("nan"))], {"": 0.5}, [DIFFERS]),
    ],
)
def test_tolerances(outputs, tolerances, expected):
    given = [
        compared(path, result, *([ComparedNumber("a.number", *both)] if both else ()))
        for path, result, *both in outputs
    ]
    assert [each.result for each in verify._judged(given, ["s.json"], tolerances)] == expected


def test_only_what_decides_is_judged(smoke):
    """A training's checks are numbers too, and much less steady than its scores."""
    given = [
        compared("m", DIFFERS),
        compared("scores.json", DIFFERS, ComparedNumber("bleu", 50.0, 50.1)),
        compared("checks.json", DIFFERS, ComparedNumber("most_common", 0.01, 0.02)),
    ]
    assert {each.result for each in verify._judged(given, ["scores.json"], {"": 0.01})} == {WITHIN}
    stages = verify.choose(dvc.read(smoke.workspace.folder), ["train@all", "numericalize"])
    assert [verify._deciding(stage) for stage in stages] == [
        ["reports/translation/variants/all/metrics.json"],
        ["reports/corpus/numericalize.json", "reports/checks/stages/numericalize.json"],
    ]


def test_the_default_tolerance_is_what_machines_were_seen_to_differ_by(trained):
    measured = verify.measured_tolerances(trained.folder)
    assert {"lesson_loss", "bleu_beam"} <= measured.keys() and all(0 < share < 1 for share in measured.values())
    done = trained.run("quoi", "verify", "numericalize", "--tolerance", "--json")
    assert set(results(done).values()) == {IDENTICAL}
    (trained.folder / verify.MEASURED).unlink()
    done = trained.run("quoi", "verify", "numericalize", "--tolerance", status=1)
    assert "machines.json" in done.stderr and "Traceback" not in done.stderr


def test_numbers_are_those_that_dvc_takes_for_metrics():
    value = {"loss": 1, "by": {"seed": 2.5}, "list": [3], "text": "4", "yes": True, "none": None}
    assert verify.numbers(value) == {"loss": 1.0, "by.seed": 2.5}
    assert verify.numbers([1]) == {} == verify.numbers(None)
