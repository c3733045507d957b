"""What matters most: what a random search draws, and what the forest says of trials whose truth is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quoi.claims import forest, importance, results, statements, trials
from quoi.claims.results import Result
from quoi.claims.trials import RandomSearch, Range
from quoi.io.errors import QuoiError
from tests.claims.test_statements import read, small  # noqa: F401

PARAMETERS = {
    "translation.learning_rate": {"least": 1e-3, "most": 1e-1, "log": True},
    "translation.dropout_output": {"least": 0.0, "most": 0.5},
    "translation.variational": [False, True],
}


def search(**changes) -> dict:
    return {"corpus": "generated", "trials": 40, "parameters": PARAMETERS, **changes}


@given(seed=st.integers(0, 2**40), trial=st.integers(1, 10_000))
def test_values_are_of_their_range_and_the_same_whatever_else_is_drawn(seed, trial):
    whole = trials.drawn(RandomSearch(**search(seed=seed)), trial)
    assert 1e-3 <= whole["translation.learning_rate"] <= 1e-1
    assert 0 <= whole["translation.dropout_output"] <= 0.5
    assert whole["translation.variational"] in (False, True)
    for name, value in whole.items():
        assert trials.drawn(RandomSearch(**search(seed=seed, parameters={name: PARAMETERS[name]})), trial) == {
            name: value
        }


def test_a_range_in_logarithms_is_drawn_evenly_there():
    drawn = [trials.drawn(RandomSearch(**search()), trial)["translation.learning_rate"] for trial in range(1, 1001)]
    assert np.mean(np.array(drawn) < 1e-2) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"corpus": "generate"}, ["generate", "generated"]),
        ({"parameters": {"translation.learning_rate": {"least": 2.0, "most": 1.0}}}, ["below", "2", "1"]),
        ({"parameters": {"translation.learning_rate": {"least": 0.0, "most": 1.0, "log": True}}}, ["above 0", "0"]),
        ({"parameters": {"translation.learning_rat": [0.1, 0.2]}}, ["learning_rat", "learning_rate"]),
        (
            {"parameters": {"translation.dropout_output": {"least": 0.5, "most": 3.0}}},
            ["dropout_output", "less than 1"],
        ),
    ],
)
def test_what_a_search_may_not_be_is_said_with_what_is_allowed(read, tmp_path, changes, names):  # noqa: F811
    with pytest.raises(QuoiError) as raised:
        statements.trials(read(small(importance=search(**changes))), tmp_path)
    assert all(name in str(raised.value) for name in names)


def test_the_forest_finds_what_matters_and_the_control_does_not(monkeypatch):
    monkeypatch.setattr(forest, "REPLICATES", 20)
    rng = np.random.default_rng(0)
    values = rng.uniform(size=(64, 5))
    scores = 10 * values[:, 0] + 3 * (values[:, 1] > 0.5) + rng.normal(0, 0.5, 64)
    (strong, weak, *rest), _ = forest.measure(values, scores)
    assert strong.low > weak.high > weak.low > 0
    assert all(one.low <= 0 <= one.high for one in rest)


def test_where_nothing_matters_the_forest_has_no_skill(monkeypatch):
    monkeypatch.setattr(forest, "REPLICATES", 20)
    rng = np.random.default_rng(1)
    measured, skill = forest.measure(rng.uniform(size=(64, 4)), rng.normal(size=64))
    assert skill.mean < 0.05
    assert all(one.low <= 0 for one in measured)


@pytest.fixture
def trained(read, tmp_path, monkeypatch):  # noqa: F811
    """A folder with a made result for each trial: the learning rate decides the score, nothing else does."""
    monkeypatch.setattr(forest, "REPLICATES", 10)
    claims = read(small(importance=search(trials=30)))
    units = statements.trials(claims, tmp_path)
    for unit in units:
        rate = unit.params.variant(unit.setting).learning_rate
        scores = {importance.SCORE: 10 * np.log10(rate)}
        made = results.parameters(unit), {}, scores, [], {}, []
        results.save(Result(unit.corpus, unit.setting, unit.seed, *made), tmp_path)
    return units, tmp_path


def test_the_report_puts_the_parameter_that_decides_first(trained):
    _, folder = trained
    content = importance.write(folder)
    assert next(iter(content["importance"])) == "translation.learning_rate"
    assert content["importance"]["translation.learning_rate"]["better"].startswith("large")
    assert set(content["importance"]) == {*PARAMETERS, trials.CONTROL}
    assert json.loads((folder / importance.CONTENT).read_text()) == content
    assert len(content["trial"]) == 30


def test_a_missing_trial_is_counted(trained):
    units, folder = trained
    (folder / results.path_of(units[0].corpus, units[0].setting, units[0].seed)).unlink()
    with pytest.raises(QuoiError, match="1 of 30"):
        importance.write(folder)


def test_a_damaged_training_is_named(trained):
    units, folder = trained
    path = folder / results.path_of(units[0].corpus, units[0].setting, units[0].seed)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(QuoiError, match=path.name):
        importance.write(folder)


def test_numbers_of_a_range_are_what_was_drawn():
    assert importance.Parameter("x", Range(least=0, most=1), [0.2, 0.4]).numbers == [0.2, 0.4]
    assert importance.Parameter("x", ["a", "b"], ["b", "a"]).numbers == [1.0, 0.0]
