"""What runs again: the stages that a change concerns, and no other."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.pipeline

TRAININGS = {f"train@{variant}" for variant in ("baseline", "bidir", "forcing", "attention", "all")}


@pytest.mark.parametrize(
    ("key", "value", "concerned"),
    [
        ("report.attention_maps", 1, {"compare"}),
        ("profile", "other", {"compare"}),
        ("variants.all.dropout_bridge", 0.5, {"train@all", "compare", "checks"}),
        ("translation.hidden", 8, TRAININGS),
        ("search.beam", 3, TRAININGS),
        ("vectors.epochs", 2, {"embed@en", "embed@fr"}),
        ("vocabulary.size", 500, {"numericalize"}),
        ("facts", {"pairs": 300}, {"numericalize", "embed@en", "embed@fr"}),
        ("questions.english", r"^(Wh[^?.!]+\?)$", {"filter_questions"}),
        ("corpus.atlas.seed", 1, {"fetch_corpus"}),
        ("tokens.workers", 2, set()),
        ("hardware.devices", 1, set()),
    ],
)
def test_a_parameter_concerns_the_stages_that_use_it(trained, key, value, concerned):
    trained.change(key, value)
    told = json.loads(trained.run("dvc", "status", "--json").stdout)
    assert set(told) == concerned | {"check_params"}


@pytest.mark.parametrize(
    ("module", "concerned"),
    [
        ("report/plots.py", {"compare"}),
        ("report/card.py", set()),
        ("tracking/runs.py", set()),
        ("cli.py", set()),
        ("download.py", set()),
        ("translation/translator.py", set()),
        ("translation/decoder.py", TRAININGS),
        ("corpus/splits.py", {"numericalize"}),
        ("corpus/sources/atlas/noise.py", {"fetch_corpus"}),
    ],
)
def test_a_module_concerns_the_stages_that_use_it(trained, module, concerned):
    with (trained.folder / "src/quoi" / module).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert set(json.loads(trained.run("dvc", "status", "--json").stdout)) == concerned | {"check_params"}


def test_one_variant_is_trained_alone_and_the_way_back_is_not_trained_again(trained):
    before = trained.outs()
    original = (trained.folder / "params.yaml").read_text(encoding="utf-8")
    trained.change("variants.all.dropout_bridge", 0.5)
    assert trained.repro() == ["train@all", "compare", "checks"]
    after = trained.outs()
    changed = {path for path in after if before[path] != after[path]}
    assert "models/all" in changed and not [path for path in changed if "/all" not in path and "variants/" in path]

    (trained.folder / "params.yaml").write_text(original, encoding="utf-8")
    told = trained.run("dvc", "repro").stdout
    assert "Stage 'train@all' is cached - skipping run, checking out outputs" in told
    assert trained.outs() == before


def test_a_profile_and_back_again_computes_nothing_twice(trained):
    before, reports = trained.outs(), trained.snapshot("data", "reports")
    text = (trained.folder / "profiles/smoke.yaml").read_text(encoding="utf-8")
    other = text.replace("profile: smoke", "profile: other").replace("questions: 300 ", "questions: 240 ")
    (trained.folder / "profiles/other.yaml").write_text(other, encoding="utf-8")
    told = trained.run("quoi", "profile", "other").stdout
    assert "corpus.atlas.questions" in told and "variants" not in told
    ran = ("fetch_corpus", "filter_questions", "tokenize", "numericalize", "embed@en", "embed@fr")
    assert sorted(trained.repro("embed")) == sorted(ran)
    changed = trained.outs()
    assert [path for path in ("data/raw", "data/ids", "reports/vectors/en.json") if changed[path] == before[path]] == []

    assert "params.yaml is now profiles/smoke.yaml" in trained.run("quoi", "profile", "smoke").stdout
    assert trained.repro() == []
    assert trained.outs() == before and trained.snapshot("data", "reports") == reports


def test_a_new_variant_is_three_lines_of_yaml(trained):
    text = (trained.folder / "params.yaml").read_text(encoding="utf-8")
    added = "  lstm:\n    cell: lstm\n    attention: true\n"
    assert text.count("  baseline: {}\n") == 1
    changed = text.replace("  baseline: {}\n", added + "  baseline: {}\n")
    (trained.folder / "params.yaml").write_text(changed, encoding="utf-8")
    assert trained.repro() == ["train@lstm", "compare", "checks"]
    assert list(json.loads((trained.folder / "reports/translation/progression.json").read_text())) == [
        "lstm", "baseline", "bidir", "forcing", "attention", "all"
    ]  # fmt: skip
    assert trained.run("quoi", "translate", "--variant", "lstm", "Où sommes-nous ?").stdout.strip()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("translation.hiden", 8), "translation.hiden is not a known key; did you mean 'hidden'?"),
        (("variants.all.dropout_bridge", 1.5), "variants.all.dropout_bridge is 1.5: it should be less than 1"),
        (("corpus.atlas.questions", "many"), "corpus.atlas.questions is 'many': it should be a valid integer"),
    ],
)
def test_a_bad_parameter_is_one_sentence_and_leaves_all_results_in_place(trained, change, sentence):
    before = trained.snapshot("data", "models", "reports")
    trained.change(*change)
    done = trained.run("dvc", "repro", status=None)
    assert done.returncode != 0 and "Traceback" not in done.stdout + done.stderr
    assert f"params.yaml: {sentence}" in done.stderr
    assert trained.snapshot("data", "models", "reports") == before


def test_a_stage_that_fails_is_one_sentence_and_with_the_cause_gone_all_is_as_before(trained):
    before = trained.snapshot("data", "models", "reports")
    original = (trained.folder / "params.yaml").read_text(encoding="utf-8")
    trained.change("questions.english", "^(Zzz)")
    done = trained.run("dvc", "repro", status=None)
    assert done.returncode != 0 and "Traceback" not in done.stdout + done.stderr
    (trained.folder / "params.yaml").write_text(original, encoding="utf-8")
    assert trained.repro() == []
    assert trained.snapshot("data", "models", "reports") == before
