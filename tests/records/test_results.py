from __future__ import annotations

from pathlib import Path

import pytest

from quoi.io.errors import QuoiError
from quoi.params.translation import SCORES
from quoi.records import results
from quoi.records.results import Summary
from tests.record import write_record, write_record_of_all


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository in which five variants were trained."""
    write_record_of_all(tmp_path)
    return tmp_path


def test_summary_is_mean_and_sample_deviation(tmp_path):
    result = results.read(write_record(tmp_path, "baseline", {1: 3.0, 2: 3.5, 7: 4.0}))
    assert result.summary("lesson_loss") == Summary(3.5, 0.5, 3)
    assert result.values("lesson_loss") == [3.0, 3.5, 4.0]
    assert result.best_seed == 1


def test_one_seed_has_no_deviation(tmp_path):
    result = results.read(write_record(tmp_path, "baseline", {1: 3.0}))
    assert result.summary("lesson_loss") == Summary(3.0, None, 1)


def test_history_leaves_empty_cells_out(tmp_path):
    history = results.read(write_record(tmp_path, "baseline", epochs=3)).history
    assert [row["epoch"] for row in history[2]] == [1, 2, 3]
    assert "forcing" not in history[1][0]
    assert "seed" not in history[1][0]


def test_means_of_every_score(tmp_path):
    means = results.read(write_record(tmp_path, "baseline", {1: 3.0, 2: 4.0})).means
    assert means["lesson_loss"] == 3.5
    assert set(means) == set(SCORES)


def test_best_variant_has_the_highest_score_of_those_trained(root):
    choice = ("baseline", "all", "forcing")
    assert results.best_variant(choice, root / "models", root / results.VARIANTS) == "all"
    (root / "models/all/model.json").unlink()
    assert results.best_variant(choice, root / "models", root / results.VARIANTS) == "forcing"


def test_the_score_says_whether_the_best_is_the_greatest_or_the_smallest(tmp_path):
    low = results.read(write_record(tmp_path, "baseline", {1: 2.0, 2: 2.2}))
    high = results.read(write_record(tmp_path, "all", {1: 4.0, 2: 4.2}))
    assert results.best([high, low], "lesson_loss") is low
    assert results.best([low, high], "exact") is high
    assert results.best([low, low], "bleu_beam") is low
    falls = {score for score in SCORES if results.smaller_is_better(score)}
    assert falls == {score for score in SCORES if "loss" in score or "perplexity" in score}
    assert all(results.smaller_is_better(score) is not None for score in SCORES)
    assert [results.smaller_is_better(each) for each in ("learning_rate", "tokens_per_second", "epoch")] == [None] * 3


def test_best_of_none_is_one_sentence(tmp_path):
    with pytest.raises(QuoiError, match="No variant is trained yet"):
        results.best_variant(("baseline",), tmp_path)


def test_variant_without_results_is_named_with_the_remedy(root):
    with pytest.raises(QuoiError, match=r"wide/metrics\.json does not exist yet: run `dvc repro`"):
        results.load(("baseline", "wide"), root / results.VARIANTS)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("history.csv", "seed,epoch,lesson_loss\n1,1,much\n", "is damaged"),
        ("history.csv", "epoch,lesson_loss\n1,1\n", "is damaged"),
        ("history.csv", "seed,epoch,lesson_loss\n1,1,2\n", "is not a whole result"),
        ("metrics.json", "{}", "is not a whole result"),
        ("metrics.json", "[1]", "is not a whole result"),
        ("metrics.json", '{"record": [], "sentences": []}', "is not a whole result"),
        ("metrics.json", "{", "is not valid JSON"),
    ],
)
def test_damaged_files_are_one_sentence(tmp_path, name, text, message):
    folder = write_record(tmp_path, "baseline")
    (folder / name).write_text(text)
    with pytest.raises(QuoiError, match=message):
        results.read(folder)


@pytest.mark.parametrize("name", ["history.csv", "metrics.json"])
def test_missing_files_are_one_sentence(tmp_path, name):
    folder = write_record(tmp_path, "baseline")
    (folder / name).unlink()
    with pytest.raises(QuoiError, match="does not exist yet"):
        results.read(folder)
