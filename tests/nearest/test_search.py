"""`quoi search` and the stage before it, on a small repository with the real readers' files."""

from __future__ import annotations

import io
import json
import shutil
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from quoi.devise.space import Space
from quoi.images.fetch import fetch
from quoi.io import stage
from quoi.io.errors import QuoiError
from quoi.io.geometry import unit
from quoi.nearest import build
from quoi.nearest.catalogue import KINDS, Catalogue
from quoi.nearest.search import Searcher
from quoi.params.devise import Nearest
from quoi.params.images import ImageParams
from quoi.records.bounds import BOUNDS
from tests.nearest.model_side import stand_ins
from tests.nearest.repository import LABELS, LOOKS, make, run


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = make(tmp_path_factory.mktemp("repository"))
    with pytest.MonkeyPatch.context() as patch:
        for name, module in stand_ins().items():
            patch.setitem(sys.modules, name, module)
        build.build_all(Nearest(), Catalogue(folder))
    return folder


@pytest.fixture
def here(made, monkeypatch) -> Path:
    """The repository, to look at, with predictions stood in for; a new picture in navy is predicted as the boats."""
    monkeypatch.chdir(made)
    boat = next(row for row, label in enumerate(Searcher(made).images.table.column("label")) if str(label) == "boat")
    for name, module in stand_ins({(0, 0, 128): np.load("models/devise/predictions.npy")[boat]}).items():
        monkeypatch.setitem(sys.modules, name, module)
    return made


@pytest.fixture
def mine(here, tmp_path, monkeypatch) -> Path:
    """A copy of it, to damage."""
    shutil.copytree(here, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy"


def search(*arguments: str) -> tuple[int, str, str]:
    from quoi.cli.search import search

    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["search", *arguments])
        with pytest.raises(SystemExit) as left:
            stage.main(search)
    return left.value.code, out.getvalue(), err.getvalue()


def results(*arguments: str) -> dict[str, list[dict]]:
    status, out, _ = search(*arguments, "--json")
    assert status == 0
    return json.loads(out)["results"]


def assert_one_sentence(done: tuple[int, str, str], *parts: str, status: int = 1) -> None:
    assert done[0] == status and done[1] == "" and done[2].count("\n") == 1
    for part in parts:
        assert part in done[2]


def test_a_word_finds_its_pictures_its_class_and_its_nouns(here):
    found = results("boat", "--top", "2")["images"]
    assert [hit["label"] for hit in found] == ["boat", "boat"] and [hit["rank"] for hit in found] == [1, 2]
    assert found[0]["similarity"] > 0.9 and found[0]["file"].endswith(".png") and found[0]["synset"] is None
    (one,) = results("boat", "--in", "classes", "--top", "1")["classes"]
    assert one["name"] == "boat" and one["similarity"] == pytest.approx(1, abs=1e-4)
    (noun,) = results("boat", "--in", "nouns", "--top", "1")["nouns"]
    assert "boat" in noun["name"] and noun["synset"].startswith("n") and noun["file"] is None


def test_phrases_arithmetic_and_capitals(here):
    assert results("motor boat", "--in", "classes")["classes"][0]["name"] == "motor boat"
    assert results("motor", "boat", "--in", "classes") == results('"Motor Boat"', "--in", "classes")
    searcher = Searcher()
    near = {hit.name: hit.similarity for hit in searcher.nearest("classes", searcher.expression("engine + boat"))}
    assert max(near, key=near.get) in ("engine", "boat") and near["banana"] < min(near["engine"], near["boat"])


def test_arithmetic_is_that_of_centred_vectors(here):
    searcher = Searcher()
    place = searcher.expression
    assert np.allclose(place("engine + boat"), place("(engine + boat) / 2"), atol=1e-5)
    assert np.allclose(place("3 * boat"), place("boat"), atol=1e-5)
    words, space = searcher.words.vector, searcher.catalogue.space
    centre = space.centre
    for text, wanted in [
        ("boat - engine", words("boat") - words("engine")),
        ("king - man + woman", words("king") - words("man") + words("woman") - centre),
        ("boat + engine - beer / 4", words("boat") + words("engine") - words("beer") / 4 - 1.75 * centre),
        ("boat - 3 * ship", words("boat") - 3 * words("ship") + 2 * centre),
    ]:
        # The space has two halves, words and looks; the way from the one to the other is no straight line.
        half = unit(wanted @ space.turn)
        nearness = np.exp((half @ space.back.labels.T - 1) / space.back.width)
        looks = space.back.weight * unit(nearness @ space.back.weights)
        assert np.allclose(place(text), unit(np.concatenate([half, looks])), atol=1e-4), text
        assert len(place(text)) == 8 + LOOKS and np.linalg.norm(place(text)) == pytest.approx(1, abs=1e-5)


def test_without_a_way_back_the_opposite_is_the_negative(mine):
    path = mine / "models/devise/space.safetensors"
    space = Space.load(path)
    both = Searcher().expression("boat - engine")
    Space(space.centre, space.turn).save(path)
    place = Searcher().expression
    assert np.allclose(place("-boat"), -place("boat"), atol=1e-5)
    assert np.allclose(place("boat - engine"), -place("engine - boat"), atol=1e-4)
    assert np.allclose(unit(both[:8]), place("boat - engine"), atol=1e-5)


def test_the_centre_itself_has_no_direction(mine):
    assert_one_sentence(search("boat * 1" + 30 * "0"), "has no direction in the model's space")
    searcher = Searcher()
    space = searcher.catalogue.space
    replace(space, centre=searcher.words.vector("boat")).save(mine / "models/devise/space.safetensors")
    assert_one_sentence(search("boat"), "has no direction in the model's space")
    assert search("engine")[0] == 0


def test_a_picture_finds_labels_nouns_and_pictures(here, tmp_path):
    Image.new("RGB", (30, 20), "navy").save(tmp_path / "boat.png")
    found = results("--image", str(tmp_path / "boat.png"), "--top", "3")
    assert list(found) == ["images", "classes", "nouns"]
    assert [hit["label"] for hit in found["images"]][:2] == ["boat", "boat"]
    # Two predictions are alike: both are found, in the order of the pictures.
    assert [hit["name"] for hit in found["images"]][:2] == ["boat 0", "boat 1"]
    assert found["images"][0]["similarity"] == found["images"][1]["similarity"]
    assert found["classes"][0]["name"] == "boat"
    assert list(results("--image", str(tmp_path / "boat.png"), "--in", "nouns")) == ["nouns"]


def test_a_picture_that_is_asked_about_is_made_as_those_of_the_data(tmp_path):
    drawn = np.random.default_rng(0).integers(0, 255, (90, 150, 3), dtype=np.uint8)
    for label in LABELS:
        (tmp_path / "mine" / label).mkdir(parents=True)
        Image.fromarray(drawn).save(tmp_path / f"mine/{label}/{label}.png")
    params = ImageParams(source="folder", path=str(tmp_path / "mine"), shorter_side=64)
    fetch(params, tmp_path / "data/images")
    searcher = Searcher(tmp_path)
    asked = searcher.picture(tmp_path / f"mine/{LABELS[0]}/{LABELS[0]}.png")
    assert min(asked.size) == 64
    assert np.array_equal(np.asarray(asked), np.asarray(searcher.images[0]))


def test_a_picture_whose_name_is_no_text(here, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["quoi.devise.predict"], "predict_pictures", lambda *given: np.ones((1, 8 + LOOKS)))
    given, out = tmp_path / "b\udcff.png", tmp_path / "sheet.png"
    Image.new("RGB", (30, 20)).save(given)
    status, printed, _ = search("--image", str(given), "--out", str(out), "--json")
    assert status == 0 and json.loads(printed)["image"].endswith("b?.png") and out.exists()


def test_the_table_and_what_is_said_beside_it(here):
    status, out, err = search("boat", "--in", "classes", "--top", "50")
    assert status == 0 and "similarity" in out and "motor boat" in out and "zzyzx" not in out
    assert err == "6 classes can be found, fewer than 50: all are shown.\n"
    assert search("boat", "--top", "3")[2] == ""


def test_a_sheet_of_the_pictures_found(here, tmp_path):
    out = tmp_path / "new" / "sheet.png"
    status, _, err = search("boat", "--top", "4", "--out", str(out))
    assert status == 0 and err == f"pictures: {out}\n"
    with Image.open(out) as drawn:
        assert drawn.format == "PNG" and drawn.width > drawn.height
    Image.new("RGB", (30, 20), "navy").save(tmp_path / "boat.png")
    assert search("--image", str(tmp_path / "boat.png"), "--out", str(tmp_path / "two.png"))[0] == 0
    with Image.open(tmp_path / "two.png") as both:
        assert both.height > drawn.height


def test_wrong_arguments(here, tmp_path):
    for arguments in (
        (),
        ("boat", "--image", "x.png"),
        ("boat", "--in", "nouns", "--out", "x.png"),
        ("boat", "--top", "0"),
    ):
        status, out, err = search(*arguments)
        assert status == 2 and out == "" and "Error: " in err
    assert_one_sentence(search("boat", "--out", "x.jpg"), "--out writes a .png file; 'x.jpg' is none.")
    (tmp_path / "x.png").mkdir()
    for out in (tmp_path / "x.png", here / "glove.txt/x.png"):
        status, _, err = search("boat", "--out", str(out))
        assert status == 1 and err.startswith(f"{out} cannot be written: ")


def test_wrong_expressions_are_one_sentence(here):
    assert_one_sentence(search("baot"), "There is no vector for 'baot'; did you mean 'boat'?")
    assert_one_sentence(search("boat - boat"), "Nothing is left of this expression")
    assert_one_sentence(search("boat +"), "'boat +' cannot be read as an expression: words, ")
    assert_one_sentence(search(""), "'' cannot be read as an expression: words, ")
    assert_one_sentence(search("'boat\udcff'"), r"There is no vector for 'boat\udcff'")


def test_pictures_that_cannot_be_read(here, tmp_path):
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.jpg").write_text("no picture")
    names = ["absent.png", str(tmp_path), str(tmp_path / "empty.png"), str(tmp_path / "text.jpg"), "b\udcff.png"]
    for name in names:
        assert_one_sentence(search("--image", name), f"{name} cannot be read as a picture: ")


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("indexes", "indexes/images/index.json does not exist yet: run `dvc repro`"),
        ("indexes/images/index.bin", "indexes/images is damaged"),
        ("models", "models/devise/model.json does not exist yet: run `dvc repro`"),
        ("data/images/images.parquet", "data/images/images.parquet does not exist yet: run `dvc repro`"),
        ("data/labels/words.parquet", "words.parquet does not exist yet: run `dvc repro`"),
    ],
)
def test_what_is_not_built_yet_is_one_sentence(gone, said, mine):
    path = mine / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert_one_sentence(search("boat"), said)


def test_an_index_of_another_model_or_of_other_pictures(mine):
    (mine / "models/devise/model.json").write_text("{}")
    assert_one_sentence(search("boat"), "indexes/images was built from another models/devise/model.json: run `dvc re")
    shutil.copy(mine / "data/labels/nouns.parquet", mine / "data/labels/labels.parquet")
    assert_one_sentence(search("boat", "--in", "classes"), "indexes/classes was built from another ")


def test_away_from_the_root_of_the_repository(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_one_sentence(search("boat"), "params.yaml does not exist here: run quoi at the root of the repository")


def test_nothing_to_find(mine):
    catalogue = Catalogue(mine)
    np.save(mine / "models/devise/predictions.npy", np.zeros((14, 8 + LOOKS), dtype=np.float32))
    images, *_ = build.build_all(Nearest(), catalogue)
    assert images.recall is None and "nothing to find" in str(images)
    assert_one_sentence(search("boat"), "There are no images to find: none of 14 has a vector.")


@pytest.mark.parametrize(
    ("predictions", "said"),
    [
        (np.ones((13, 8 + LOOKS)), "predictions.npy is not of the 14 pictures in data/images: run `dvc repro`."),
        (np.full((14, 8 + LOOKS), np.nan), "14 of its vectors hold numbers that are not finite"),
        (b"none", "predictions.npy is damaged"),
        (None, "predictions.npy does not exist yet"),
    ],
)
def test_predictions_that_do_not_fit(predictions, said, mine):
    path = mine / "models/devise/predictions.npy"
    path.unlink()
    if isinstance(predictions, bytes):
        path.write_bytes(predictions)
    elif predictions is not None:
        np.save(path, predictions.astype(np.float32))
    before = sorted((mine / "indexes/images").iterdir())
    with pytest.raises(QuoiError, match=said):
        build.build_all(Nearest(), Catalogue(mine))
    assert sorted((mine / "indexes/images").iterdir()) == before


def test_what_is_reported(here, mine):
    indexes = build.build_all(Nearest(), Catalogue(mine))
    assert [index.kind for index in indexes] == list(KINDS)
    report = build.report(indexes)
    assert report["classes_rows"] == len(LABELS) and report["classes_without_vector"] == 1
    assert report["images_points"] == report["images_rows"] - 1  # two are alike
    assert all(report[f"{kind}_recall"] == 1 for kind in KINDS)
    values = build.checks(indexes).values
    assert {key: BOUNDS[key].judge(value) for key, value in values.items()} == dict.fromkeys(values, "ok")
    assert len(values) == 2 * len(KINDS)
    for kind in KINDS:
        for file in (here / "indexes" / kind).iterdir():
            assert (mine / "indexes" / kind / file.name).read_bytes() == file.read_bytes(), (kind, file.name)


def test_points_that_a_graph_does_not_reach_are_counted(mine):
    (images, *_) = build.build_all(Nearest(), Catalogue(mine))
    assert images.unreachable == 0
    index = Searcher(mine).index("images")
    lost = SimpleNamespace(vectors=index.vectors, points=lambda queries, k: [np.array([0])] * len(queries))
    assert build.unreachable(lost, 10) == len(index.vectors) - 1
    assert BOUNDS["unreachable_images"].judge(build.unreachable(lost, 10)) == "look"


def test_a_search_imports_nothing_heavy(here):
    program = """
from quoi.cli.search import search
search.main([sys.argv[1], "--in", sys.argv[2], "--top", "3"], standalone_mode=False)
heavy = ("torch", "lightning", "mlflow", "scipy", "pandas", "matplotlib", "pydantic")
print([name for name in heavy if name in sys.modules])
"""
    for kind in KINDS:
        done = run(program, here, "engine + boat", kind)
        assert done.stderr == "" and done.returncode == 0
        assert done.stdout.splitlines()[-1] == "[]"
