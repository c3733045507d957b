"""claims.yaml: what it may hold, and the trainings that it asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from quoi.claims import statements
from quoi.io.errors import QuoiError
from tests.workspace import ROOT


def small(**changes) -> dict:
    """A file of claims with one claim of two settings."""
    claim = {"says": "s", "where": "w", "compare": ["b", "a"], "contradiction": "c"}
    return {
        "corpora": {"generated": {"title": "t"}},
        "settings": {"a": None, "b": {"translation": {"bidirectional": True}}},
        "claims": {"one": claim},
        **changes,
    }


@pytest.fixture
def read(tmp_path: Path):
    (tmp_path / "profiles").symlink_to(ROOT / "profiles")

    def write_and_read(content: dict) -> statements.Claims:
        with (tmp_path / "claims.yaml").open("w") as file:
            YAML(typ="safe", pure=True).dump(content, file)
        return statements.load(tmp_path)

    return write_and_read


def test_the_repositorys_claims_are_valid_and_every_setting_is_of_use():
    claims = statements.load(ROOT)
    used = {statements.parted(side)[0] for claim in claims.claims.values() for side in claim.compare}
    assert used == set(claims.settings)


def test_a_setting_is_the_profile_with_its_changes(read, tmp_path):
    claims = read(small(base={"translation": {"epochs": 2}}, seeds=[4, 5]))
    units = statements.units(claims, claims.claims, ["generated"], tmp_path)
    assert [(unit.setting, unit.seed) for unit in units] == [("b", 4), ("a", 4), ("b", 5), ("a", 5)]
    first, second, *_ = (unit.params.variant(unit.setting) for unit in units)
    assert first == second.model_copy(update={"bidirectional": True})
    assert first.epochs == 2


def test_claims_that_share_a_setting_share_its_trainings(read, tmp_path):
    both = small()["claims"] | {"two": small()["claims"]["one"] | {"compare": ["a", "b/greedy"]}}
    claims = read(small(claims=both, seeds=[1]))
    assert len(statements.units(claims, claims.claims, ["generated"], tmp_path)) == 2


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"settings": {"a": {}, "b": {"translation": {"bidirectonal": True}}}}, ["bidirectonal", "bidirectional"]),
        ({"settings": {"a": {"translation": {"layers": 0}}, "b": {}}}, ["layers", "0"]),
        ({"settings": {"a": {}}}, ["'b'", "a"]),
        ({"claims": {"one": small()["claims"]["one"] | {"compare": ["a", "a"]}}}, ["'a'", "itself"]),
        ({"claims": {"one": small()["claims"]["one"] | {"compare": ["a", "b/bem"]}}}, ["b/bem", "beam", "greedy"]),
        ({"claims": {"one": small()["claims"]["one"] | {"expected": "bigger"}}}, ["bigger", "better"]),
        ({"claims": {}}, ["claims"]),
        ({"profile": "demon"}, ["demon", "demo"]),
        ({"seeds": [1, 1]}, ["seeds", "different"]),
    ],
)
def test_a_broken_rule_is_one_sentence_with_what_was_given_and_what_is_allowed(read, changes, names):
    with pytest.raises(QuoiError) as error:
        read(small(**changes))
    assert all(name in str(error.value) for name in names), error.value


def test_an_unknown_claim_is_refused_by_name(read):
    with pytest.raises(QuoiError, match=r"'on'.*one"):
        read(small()).chosen(("on",))
