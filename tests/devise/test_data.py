"""What training reads of the stages before it."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from quoi.devise.baselines import imagenet_classes
from quoi.devise.data import read
from quoi.images.features import FEATURES, NOTE, SCORES
from quoi.io.errors import QuoiError
from quoi.io.files import write_json
from quoi.vectors.labels import LabelTables
from tests.nearest.repository import LABELS, make

VIEWS = ["plain", "rotated", "flip"]


def put_features(root, count: int) -> None:
    folder = root / "data/features"
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(1)
    np.save(folder / FEATURES, random.standard_normal((count, 3, 5)).astype(np.float32))
    np.save(folder / SCORES, random.standard_normal((count, 1000)).astype(np.float32))
    write_json(folder / NOTE, {"backbone": "x", "digest": "0", "size": 64, "views": VIEWS, "widths": [3, 2]})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = make(tmp_path_factory.mktemp("repository"))
    put_features(root, 14)
    return root


@pytest.fixture
def mine(made, tmp_path):
    shutil.copytree(made / "data", tmp_path / "data")
    return tmp_path


def test_pictures_labels_and_classes_go_together(made):
    data = read(made)
    # A label of which no word is known is none to train with.
    assert data.labels == sorted(set(LABELS) - {"zzyzx"}) and data.words.shape == (6, 8) and data.words.any(1).all()
    names = np.array([*data.labels, "none"])[data.label_of]
    assert sorted(names) == sorted(2 * [name if name != "zzyzx" else "none" for name in LABELS])
    assert data.features.vectors.shape == (14, 3, 5) and data.training_views == ["plain", "flip"]
    nouns = LabelTables.open(made / "data/labels").nouns
    vector_of = dict(zip(nouns.synsets, nouns.vectors, strict=True))
    assert data.classes.shape == (1000, 8) and 0 < data.classes.any(1).sum() < 1000
    for synset, vector in zip(imagenet_classes(), data.classes, strict=True):
        assert (vector == vector_of.get(synset, np.zeros(8))).all()


@pytest.mark.parametrize("gone", ["images/images.parquet", "features/features.npy", "labels/source.json"])
def test_a_file_that_is_not_there_yet(mine, gone):
    (mine / "data" / gone).unlink()
    with pytest.raises(QuoiError, match="does not exist yet: run `dvc repro`"):
        read(mine)
