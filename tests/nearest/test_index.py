"""Indexes: built in a process of their own, the same every time, and refused when they are not what they should be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from quoi.io.errors import QuoiError
from quoi.nearest import hnsw
from quoi.nearest.build import kth_cosines, queries, recall
from quoi.nearest.index import Index, build, normalised
from quoi.params.devise import Nearest

SETTINGS = Nearest(m=8, ef_construction=60, ef_search=60)
ORIGIN = {"models/devise/model.json": "1" * 64}


def clustered(rows: int, dimensions: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(1, rows // 20), dimensions))
    near = centres[random.integers(0, len(centres), rows)]
    return (near + 0.7 * random.standard_normal((rows, dimensions))).astype(np.float32)


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return clustered(3000, 20)


@pytest.fixture(scope="module")
def folder(vectors, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("indexes") / "images"
    build(folder, vectors, SETTINGS, ORIGIN)
    return folder


def copy(folder: Path, to: Path) -> Path:
    to.mkdir()
    for file in folder.iterdir():
        (to / file.name).write_bytes(file.read_bytes())
    return to


def test_the_same_vectors_give_the_same_bytes(vectors, folder, tmp_path):
    build(tmp_path / "images", vectors, SETTINGS, ORIGIN)
    # Elsewhere than with glibc the unused bytes of the graph may differ; the neighbours do not.
    names = ["index.bin", "index.json"] if sys.platform == "linux" else []
    for name in [*names, "vectors.npy", "rows.npy"]:
        assert (tmp_path / "images" / name).read_bytes() == (folder / name).read_bytes(), name
    one, other = Index.open(folder), Index.open(tmp_path / "images")
    for (rows, _), (others, _) in zip(one.neighbours(vectors[:99], 7), other.neighbours(vectors[:99], 7), strict=True):
        assert rows.tolist() == others.tolist()


def test_neighbours_are_the_exact_ones(vectors, folder):
    index, (units, _) = Index.open(folder, ORIGIN), normalised(vectors)
    cosines = units[:50] @ units.T
    assert np.array_equal(kth_cosines(units, units[:50], 10), np.sort(cosines)[:, -10])
    same = 0
    for row, wanted, near in zip(range(50), np.argsort(-cosines)[:, :10], np.sort(cosines), strict=True):
        ((found, similar),) = index.neighbours(vectors[row], 10)
        assert found[0] == row and similar[0] == pytest.approx(1, abs=1e-5)
        assert np.allclose(similar, units[found] @ units[row], atol=1e-5) and (np.diff(similar) <= 0).all()
        same += len({*found.tolist()} & {*wanted.tolist()})
        assert similar[-1] <= near[-10] + 1e-6
    assert same >= 0.99 * 500
    assert recall(index, vectors, queries(vectors, vectors), 10) >= 0.99


def test_recall_counts_what_is_missed(vectors, folder):
    class Blind(Index):
        def neighbours(self, queries, k):
            return [(rows[: k // 2].repeat(2), near) for rows, near in super().neighbours(queries, k)]

    index = Index.open(folder)
    blind = Blind(**{name: getattr(index, name) for name in Index.__dataclass_fields__})
    assert recall(blind, vectors, vectors[:100], 10) == pytest.approx(0.5, abs=0.01)


def test_a_tie_is_no_miss(tmp_path):
    vectors = np.repeat(np.eye(4, dtype=np.float32), 30, axis=0)
    index = build(tmp_path / "i", vectors, SETTINGS, {})
    assert index.described["points"] == 4 and len(index) == 120
    assert recall(index, vectors, vectors, 10) == 1
    ((rows, cosines),) = index.neighbours(vectors[35], 40)
    assert rows[:30].tolist() == list(range(30, 60)) and cosines[:30].tolist() == [1] * 30
    assert len(rows) == 40 == len(set(rows.tolist()))


def test_zeros_are_left_out_and_scaled_copies_are_one_point(tmp_path):
    vectors = np.zeros((6, 3), dtype=np.float32)
    vectors[1], vectors[4], vectors[5] = [1, 0, 0], [4, 0, 0], [0, 1e-30, 0]
    index = build(tmp_path / "i", vectors, SETTINGS, {})
    assert [index.described[name] for name in ("rows", "count", "zeros", "points")] == [6, 3, 3, 2]
    ((rows, cosines),) = index.neighbours(np.array([1, 0.1, 0]), 10)
    assert rows.tolist() == [1, 4, 5] and cosines[0] == cosines[1] > cosines[2]


@pytest.mark.parametrize("rows", [0, 1, 2, 3])
def test_few_vectors(rows, tmp_path):
    vectors = np.concatenate([clustered(rows, 5), np.zeros((2, 5), dtype=np.float32)])
    index = build(tmp_path / "i", vectors, SETTINGS, {})
    ((found, cosines),) = index.neighbours(np.ones(5), 10)
    assert sorted(found.tolist()) == list(range(rows)) and len(cosines) == rows
    assert recall(index, vectors, vectors, min(rows, 10)) == (1 if rows else None)


def test_more_than_there_are_are_all_and_so_are_nearly_all(vectors, tmp_path):
    index = build(tmp_path / "i", vectors[:150], Nearest(m=2, ef_construction=8, ef_search=1), {})
    for k in (149, 150, 151, 10_000):
        ((rows, _),) = index.neighbours(vectors[3], k)
        assert len(set(rows.tolist())) == min(k, 150)


def test_what_cannot_be_asked(folder):
    index = Index.open(folder)
    with pytest.raises(QuoiError, match="is an index of another model"):
        index.neighbours(np.ones(3), 1)
    with pytest.raises(ValueError, match="a vector of zeros has no neighbours"):
        index.neighbours(np.zeros(20), 1)


def test_numbers_that_are_not_finite(vectors, tmp_path):
    broken = vectors[:10].copy()
    broken[3, 1], broken[5, 0] = np.nan, np.inf
    with pytest.raises(QuoiError, match="2 of its vectors hold numbers that are not finite"):
        build(tmp_path / "i", broken, SETTINGS, {})
    assert list(tmp_path.iterdir()) == []


def test_an_index_of_another_model(folder):
    with pytest.raises(QuoiError, match=r"was built from another models/devise/model.json: run `dvc repro build_ind"):
        Index.open(folder, {"models/devise/model.json": "2" * 64})


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


def other(path: Path) -> None:
    path.write_bytes(b"\x00" * 1000)


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        *(
            (name, harm)
            for name in ("index.bin", "vectors.npy", "rows.npy")
            for harm in (cut, flip, other, Path.unlink)
        ),
        ("index.json", other),
        ("rows.npy", lambda path: np.save(path, np.arange(3000)[::-1] * 7)),
        ("vectors.npy", lambda path: np.save(path, np.zeros((3000, 19), dtype=np.float32))),
    ],
)
def test_a_damaged_index_is_refused_and_never_loaded(name, harm, folder, tmp_path, monkeypatch):
    damaged = copy(folder, tmp_path / "images")
    harm(damaged / name)
    monkeypatch.setattr(hnsw, "load", lambda path: pytest.fail("nmslib was given a damaged file"))
    with pytest.raises(QuoiError) as refused:
        Index.open(damaged)
    assert str(refused.value).count("\n") == 0 and str(damaged) in str(refused.value)


def test_what_is_absent(tmp_path):
    with pytest.raises(QuoiError, match=r"index.json does not exist yet: run `dvc repro`"):
        Index.open(tmp_path / "images")


def test_nmslib_is_silent_and_keeps_stderr():
    program = "from quoi.nearest import hnsw; import sys; hnsw._empty(); print('heard', file=sys.stderr)"
    environment = {"PYTHONPATH": str(Path(__file__).parents[2] / "src"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "heard\n")


def test_a_disk_that_cannot_be_written(tmp_path, vectors):
    np.save(tmp_path / "vectors.npy", vectors[:10])
    with pytest.raises(QuoiError, match=r"cannot be built: nmslib ended with 1 .*disk may be short") as refused:
        hnsw.build(tmp_path / "vectors.npy", tmp_path / "absent/index.bin", 8, 60)
    assert "\n" not in str(refused.value)


def test_the_queries_are_rows_their_means_and_labels():
    vectors, labels = clustered(50, 4), clustered(7, 4, seed=1)
    labels[2] = 0
    asked = queries(vectors, labels)
    assert asked.shape == (50 + 25 + 6, 4) and (asked == queries(vectors, labels)).all()
    assert len(queries(vectors[:1], labels[:0])) == 1 and len(queries(vectors[:0], labels[:0])) == 0


def test_settings_have_bounds():
    for wrong in ({"m": 1}, {"ef_construction": 0}, {"ef_search": 0}, {"k": 0}, {"m": 16.0}, {"links": 3}):
        with pytest.raises(ValueError):
            Nearest.model_validate(wrong)
    described = json.loads(json.dumps(Nearest().model_dump()))
    assert Nearest.model_validate(described) == Nearest()
