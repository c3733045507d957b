"""The two files that a training leaves: written and read in one form."""

from __future__ import annotations

import json

import pytest

from quoi.io.errors import QuoiError
from quoi.records import devise_record, training
from quoi.records.results import Summary
from tests.report.gallery_repository import record

HISTORY = {1: [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25}], 7: [{"epoch": 1, "loss": ""}]}


def test_what_is_written_is_read_again(tmp_path):
    training.write(tmp_path, {"bleu": 12.34567891}, {"beam": 5}, HISTORY, sentences=[{"source": "Où ?"}])
    entry, metrics, history = training.read(tmp_path)
    assert entry == {"beam": 5}
    assert metrics["bleu"] == 12.345679 and metrics["sentences"] == [{"source": "Où ?"}]
    assert history == {1: HISTORY[1], 7: [{"epoch": 1}]}
    assert (tmp_path / "history.csv").read_bytes() == b"seed,epoch,loss\n1,1,0.5\n1,2,0.25\n7,1,\n"


@pytest.fixture
def root(tmp_path):
    """A repository after train_devise, of seeds 1 and 2."""
    metrics = record(unseen=(0.5, 0.6))
    history = {seed: [{"epoch": epoch, "loss": 0.5 / epoch} for epoch in (1, 2)] for seed in (1, 2)}
    training.write(tmp_path / devise_record.RECORD, {}, metrics["record"][0], history)
    return tmp_path


def test_scores_of_devise_by_method_and_set(root):
    result = devise_record.read(root)
    assert result.summary("DeViSE", "unseen") == Summary(0.55, pytest.approx(0.0707, abs=1e-4), 2)
    assert result.sets == ["unseen", "unseen among all", "seen"] and result.of("unseen", "labels") == 40
    assert result.methods == ["DeViSE", "its head alone", "ConSE", "visual neighbours", "random vectors"]


@pytest.mark.parametrize("metrics", ["[]", '{"record": []}', '{"record": [{"parameters": {}}]}', '{"record": [null]}'])
def test_a_damaged_record_of_devise_is_one_sentence(root, metrics):
    (root / devise_record.RECORD / "metrics.json").write_text(metrics)
    with pytest.raises(QuoiError, match="is not a whole result of a training") as error:
        devise_record.read(root)
    assert "\n" not in str(error.value)


def test_a_seed_of_devise_without_a_history_is_said(root):
    path = root / devise_record.RECORD / "metrics.json"
    content = json.loads(path.read_text())
    content["record"][0]["seeds"][1]["seed"] = 3
    path.write_text(json.dumps(content))
    with pytest.raises(QuoiError, match="is not a whole result of a training"):
        devise_record.read(root)
