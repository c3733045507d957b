"""The claims about pictures: what is right for a word, and statistics against plain loops."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quoi.claims import decision, pictures
from quoi.claims.kinds import PREDICTED
from quoi.devise.experiment import Experiment
from quoi.io.geometry import unit
from quoi.params.vectors import Labels
from quoi.vectors import hypernyms, label_vectors
from tests.devise.synthetic import CPU, data, devise
from tests.vectors.conftest import vec
from tests.vectors.wordnet_files import data_noun

NOUNS = [
    (["thing"], []),
    (["boat"], [0]),
    (["ferry"], [1]),
    (["canoe"], [1]),
    (["gravy boat", "boat"], [0]),
    (["dish"], [0]),
    (["plate", "dish"], [5]),
]
FILE, IDS = data_noun(NOUNS)
LABELS = ["ferry", "canoe", "gravy boat", "plate", "stranger", "ferry", "Thing"]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Seven pictures of things, of which WordNet does not know one, and words with a vector but for `canoe`."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.noun").write_bytes(FILE)
    known = ["thing", "boat", "ferry", "gravy", "dish", "plate", "stranger"]
    words = {word: list(map(float, np.random.default_rng(place).normal(size=4))) for place, word in enumerate(known)}
    (tmp_path / "v.txt").write_bytes(vec(words, header=False))
    given = {"source": "glove", "path": "v.txt", "licence": "CC0"}
    settings = Labels.model_validate({"nouns": "wordnet", "wordnet": {"path": "data.noun"}, "vectors": given})
    label_vectors.write(tmp_path / "data/labels", LABELS, [None] * len(LABELS), settings)
    (tmp_path / "data/images").mkdir()
    pq.write_table(pa.table({"label": LABELS}), tmp_path / "data/images/images.parquet")
    return tmp_path


def test_right_is_what_wordnet_puts_below_any_sense_of_a_word(repository):
    found = pictures.words(repository, hypernyms.read_hypernyms(FILE, IDS))
    # `dish` has one picture, `thing` is a label, `canoe` has no vector; a boat is a vessel, or holds gravy.
    assert found.texts == ["boat"]
    assert found.pictures.tolist() == [0, 1, 2, 3, 5, 6]
    assert found.right.tolist() == [[True, True, True, False, True, False]]
    assert found.vectors.shape == (1, 4)


def asked(experiment: Experiment, words: int = 6) -> pictures.Words:
    random = np.random.default_rng(5)
    rows = np.sort(random.permutation(len(experiment.data.label_of))[:40])
    vectors = random.normal(2, 1, (words, experiment.data.words.shape[1])).astype(np.float32)
    numbers = np.array([3, 8, 9, 20, 21, 90][:words], dtype=int)
    return pictures.Words(list("abcdef"[:words]), numbers, vectors, rows, random.random((words, 40)) < 0.3)


@pytest.mark.usefixtures("one_thread")
def test_statistics_are_those_of_plain_loops():
    experiment = Experiment(data(pictures=2, missing=4), devise(epochs=2), CPU)
    model, _, _ = experiment.fit(1)
    made = {name: predicted.pictures for name, predicted in experiment.predictions(model, 1).items()}
    words, numbers = asked(experiment), np.arange(60) + 100
    items, tables = pictures.statistics(experiment, made, numbers, words)
    assert json.loads(json.dumps([items, tables])) == [items, tables]
    labels = np.flatnonzero(experiment.parts.test)
    assert items == [*(100 + labels), *(60 + words.numbers)]
    scores = experiment.train(1).scores
    for method, name in PREDICTED.items():
        table = np.array(tables[f"{method}/hit@5"])
        of_scores = 100 * scores[name]["unseen"]["hit@5"]
        assert decision.score("hit@5", table.sum(0)) == pytest.approx(of_scores)
        assert (table[:12, 1] == 2).all() and not table[12:].any()
        space = experiment.space_of(made[name])
        for word, (hits, of) in enumerate(tables[f"{method}/precision@10"][12:]):
            place = space.apply(words.vectors[word : word + 1])[0]
            nearness = [float(unit(made[name][row]) @ place) for row in words.pictures]
            first = sorted(range(40), key=lambda at: -nearness[at])[:10]
            assert (hits, of) == (sum(words.right[word][at] for at in first), 10)
        assert not np.array(tables[f"{method}/precision@10"])[:12].any()
    chance = np.array(tables["chance/hit@5"]).sum(0), np.array(tables["chance/precision@10"]).sum(0)
    assert decision.score("hit@5", chance[0]) == pytest.approx(100 * 5 / 12)
    assert decision.score("precision@10", chance[1]) == pytest.approx(100 * words.right.mean())


@pytest.mark.usefixtures("one_thread")
def test_without_a_word_the_labels_are_scored_all_the_same():
    experiment = Experiment(data(), devise(epochs=1), CPU)
    model, _, _ = experiment.fit(1)
    made = {name: predicted.pictures for name, predicted in experiment.predictions(model, 1).items()}
    items, tables = pictures.statistics(experiment, made, np.arange(60), asked(experiment, words=0))
    assert len(items) == len(tables["devise/hit@5"]) == 12
    assert not np.any(tables["devise/precision@10"])
