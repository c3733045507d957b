"""What runs again: the stages that a change concerns, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

import pytest

pytestmark = pytest.mark.pipeline

TRAININGS = {f"train@{variant}" for variant in ("baseline", "bidir", "forcing", "attention", "all")}


PARAMETERS = {
    "report.attention_maps": (1, {"compare"}),
    "profile": ("other", {"compare", "page"}),
    "variants.all.dropout_bridge": (0.5, {"train@all", "compare", "checks", "page"}),
    "translation.hidden": (8, TRAININGS),
    "search.beam": (3, TRAININGS | {"page"}),
    "vectors.epochs": (2, {"embed@source", "embed@target"}),
    "vocabulary.size": (500, {"numericalize", "embed@source", "embed@target"}),
    "facts": ({"pairs": 300}, {"numericalize", "embed@source", "embed@target"}),
    "questions.target": (r"^(Wh[^?.!]+\?)$", {"filter_questions"}),
    "corpus.atlas.seed": (1, {"fetch_corpus"}),
    "tokens.workers": (2, set()),
    "hardware.devices": (1, set()),
}
MODULES = {
    "quoi/report/plots.py": {"compare"},
    "quoi/report/card.py": {"compare"},
    "quoi/tracking/run.py": set(),
    "quoi/cli/main.py": set(),
    "quoi/io/download.py": set(),
    "quoi/translation/translator.py": {"page"},
    "quoi/translation/decoder.py": TRAININGS | {"page"},
    "quoi/corpus/splits.py": {"numericalize"},
    "atlas/noise.py": {"fetch_corpus"},
}


def test_a_parameter_and_a_module_concern_the_stages_that_use_them(trained):
    for key, (value, _) in PARAMETERS.items():
        trained.change(key, value)
    for module in MODULES:
        with (trained.folder / "src" / module).open("a", encoding="utf-8") as file:
            file.write("\n")
    told = json.loads(trained.run("dvc", "status", "--json").stdout)
    assert told.pop("check_params") == ["always changed"]
    # Of sections and folders DVC says that something in them has changed.
    changed = {stage: set(chain.from_iterable(map(names, changes))) for stage, changes in told.items()}
    expected = {key: stages for key, (_, stages) in PARAMETERS.items()}
    expected |= {f"src/{module}": stages for module, stages in MODULES.items()}
    found = {
        key: {stage for stage, named in changed.items() if any(map(partial(holds, key), named))} for key in expected
    }
    assert found == expected


def names(change: str | dict[str, Any]) -> Iterator[str]:
    """The parameters, files and folders that one of the changes of a stage names."""
    for path, kind in change.get("changed deps", {}).items():
        yield from kind if isinstance(kind, dict) else [path]


def holds(key: str, name: str) -> bool:
    """Whether a parameter or file is what a name says, or lies in it."""
    return key == name or key.startswith((f"{name}.", f"{name}/"))


def test_a_profile_and_back_again_computes_nothing_twice(trained):
    before, reports = trained.outs(), trained.snapshot("data", "reports")
    text = (trained.folder / "profiles/smoke.yaml").read_text(encoding="utf-8")
    other = text.replace("questions: 300", "questions: 240")
    (trained.folder / "profiles/other.yaml").write_text(other, encoding="utf-8")
    told = trained.run("quoi", "profile", "other").stdout
    assert "corpus.atlas.questions" in told and "variants" not in told
    ran = ("fetch_corpus", "filter_questions", "tokenize", "numericalize", "embed@source", "embed@target")
    assert sorted(trained.repro("embed")) == sorted(ran)
    changed = trained.outs()
    assert [
        path for path in ("data/raw", "data/ids", "reports/vectors/target.json") if changed[path] == before[path]
    ] == []

    assert "params.yaml is now profile smoke" in trained.run("quoi", "profile", "smoke").stdout
    assert trained.repro() == []
    assert trained.outs() == before and trained.snapshot("data", "reports") == reports


def test_a_new_variant_is_three_lines_of_yaml_and_the_way_back_trains_nothing(trained):
    before = trained.outs()
    text = (trained.folder / "params.yaml").read_text(encoding="utf-8")
    added = "  lstm:\n    cell: lstm\n    attention: true\n"
    assert text.count("  baseline: {}\n") == 1
    changed = text.replace("  baseline: {}\n", added + "  baseline: {}\n")
    (trained.folder / "params.yaml").write_text(changed, encoding="utf-8")
    assert trained.repro() == ["train@lstm", "compare", "checks", "page"]
    assert list(json.loads((trained.folder / "reports/translation/progression.json").read_text())) == [
        "lstm", "baseline", "bidir", "forcing", "attention", "all"
    ]  # fmt: skip
    assert trained.run("quoi", "translate", "--variant", "lstm", "Où sommes-nous ?").stdout.strip()
    changed = {path for path, digest in trained.outs().items() if before.get(path) != digest}
    assert not [path for path in changed if "/lstm" not in path and ("models/" in path or "variants/" in path)]

    (trained.folder / "params.yaml").write_text(text, encoding="utf-8")
    assert set(trained.repro()) <= {"compare", "checks", "page"}
    assert {path: digest for path, digest in trained.outs().items() if "lstm" not in path} == before


def test_a_bad_parameter_is_one_sentence_and_leaves_all_results_in_place(trained):
    before = trained.snapshot("data", "models", "reports")
    trained.change("translation.hiden", 8)
    done = trained.run("dvc", "repro", status=None)
    assert done.returncode != 0 and "Traceback" not in done.stdout + done.stderr
    assert "params.yaml: translation.hiden is not a known key; did you mean 'hidden'?" in done.stderr
    assert trained.snapshot("data", "models", "reports") == before


def test_a_stage_that_fails_is_one_sentence_and_with_the_cause_gone_all_is_as_before(trained):
    before = trained.snapshot("data", "models", "reports")
    original = (trained.folder / "params.yaml").read_text(encoding="utf-8")
    trained.change("questions.target", "^(Zzz)")
    done = trained.run("dvc", "repro", status=None)
    assert done.returncode != 0 and "Traceback" not in done.stdout + done.stderr
    (trained.folder / "params.yaml").write_text(original, encoding="utf-8")
    assert trained.repro() == []
    assert trained.snapshot("data", "models", "reports") == before
