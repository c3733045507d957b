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
    used = {setting for claim in claims.claims.values() for setting, _ in claim.sides}
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


def with_pictures(**claim) -> dict:
    """Of two corpora and two kinds: `one` of translations, `two` of pictures."""
    two = {"says": "s", "where": "w", "compare": ["p", "p/chance"], "score": "hit@5", "contradiction": "c", **claim}
    content = small(seeds=[1])
    content["corpora"] |= {name: {"title": "t", "of": "pictures"} for name in ("drawings", "photographs")}
    content["settings"] |= {"p": None}
    content["claims"] |= {"two": two}
    return content


def test_a_claim_is_tested_on_the_corpora_of_its_kind(read, tmp_path):
    claims = read(with_pictures())
    units = statements.units(claims, claims.claims, list(claims.corpora), tmp_path)
    assert {(unit.kind, unit.corpus, unit.setting) for unit in units} == {
        ("translation", "generated", "b"),
        ("translation", "generated", "a"),
        ("pictures", "drawings", "p"),
        ("pictures", "photographs", "p"),
    }
    assert claims.claims["two"].sides == [("p", "devise"), ("p", "chance")]
    assert claims.claims["one"].sides == [("b", "beam"), ("a", "beam")]


def test_a_claim_may_name_its_corpora(read, tmp_path):
    claims = read(with_pictures(corpora=["drawings"]))
    units = statements.units(claims, claims.chosen(("two",)), list(claims.corpora), tmp_path)
    assert [unit.corpus for unit in units] == ["drawings"]


@pytest.mark.parametrize(
    ("claim", "names"),
    [
        ({"compare": ["p", "p/greedy"]}, ["p/greedy", "devise", "conse", "random-vectors", "neighbours", "chance"]),
        ({"compare": ["p", "a"]}, ["setting a", "hit@5", "translation"]),
        ({"score": "hit@6"}, ["hit@6", "hit@5", "bleu"]),
        ({"corpora": ["generated"]}, ["'generated'", "drawings"]),
    ],
)
def test_a_claim_of_pictures_that_breaks_a_rule_is_one_sentence(read, claim, names):
    with pytest.raises(QuoiError) as error:
        read(with_pictures(**claim))
    assert all(name in str(error.value) for name in names), error.value
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"settings": {"a": {}, "b": {"translation": {"bidirectonal": True}}}}, ["bidirectonal", "bidirectional"]),
        ({"settings": {"a": {"translation": {"layers": 0}}, "b": {}}}, ["layers", "0"]),
        ({"settings": {"a": {}}}, ["'b'", "a"]),
        ({"claims": {"one": small()["claims"]["one"] | {"compare": ["a", "a"]}}}, ["'a'", "itself"]),
        ({"claims": {"one": small()["claims"]["one"] | {"compare": ["a", "b/bem"]}}}, ["b/bem", "beam", "greedy"]),
        ({"claims": {"one": small()["claims"]["one"] | {"expected": "bigger"}}}, ["bigger", "better"]),
        ({"claims": {"one": small()["claims"]["one"] | {"sayz": "s"}}}, ["sayz", "'says'"]),
        ({"claims": {}}, ["claims"]),
        ({"profile": "demon"}, ["demon", "demo"]),
        ({"seeds": [1, 1]}, ["seeds", "different"]),
        ({"progression": ["a", "c"]}, ["'c'", "b, a"]),
    ],
)
def test_a_broken_rule_is_one_sentence_with_what_was_given_and_what_is_allowed(read, changes, names):
    with pytest.raises(QuoiError) as error:
        read(small(**changes))
    assert all(name in str(error.value) for name in names), error.value


def test_an_unknown_claim_is_refused_by_name(read):
    with pytest.raises(QuoiError, match=r"'on'.*one"):
        read(small()).chosen(("on",))
