"""The kinds of trainings: each is known by name to all who need it, and a training's key holds all its code."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from quoi.claims import kinds
from quoi.jobs.kinds import TRAININGS
from tests.imports import ROOT, SOURCE, imported

STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]


def test_every_kind_can_be_trained_and_every_score_is_of_one_kind():
    assert TRAININGS.keys() == kinds.KINDS.keys()
    assert sorted(kinds.SCORES) == sorted(score for kind in kinds.KINDS.values() for score in kind.scores)
    assert all(score in kinds.KINDS[kinds.kind_of(score)].scores for score in kinds.SCORES)


@pytest.mark.parametrize("kind", TRAININGS)
def test_the_pipeline_has_a_kinds_stages(kind):
    assert {TRAININGS[kind].stage, *TRAININGS[kind].stages} <= STAGES.keys()


def test_the_code_that_scores_pictures_is_in_their_key():
    training = TRAININGS["pictures"]
    known = {ROOT / path for path in (*training.code, *STAGES[training.stage]["deps"])}
    assert all((ROOT / path).is_file() for path in training.code)
    experiments = {"devise", "images", "nearest", "vectors"}
    used = {path for path in imported(SOURCE / "quoi/claims/pictures.py") if path.parent.name in experiments}
    assert {path for path in used if path.name != "__init__.py"} <= known
