"""The stage search_gallery on a small repository with the real readers' files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from quoi.io.errors import QuoiError
from quoi.nearest import build
from quoi.nearest.catalogue import Catalogue
from quoi.params.devise import Nearest
from quoi.report import gallery, gallery_choices, gallery_sheets
from quoi.report.gallery_choices import Collection
from tests.report.conftest import cells
from tests.report.gallery_repository import LABELS, UNSEEN, make

ROOT = Path(__file__).parents[2]
PICTURES = ("classes", "nouns", "words", "means", "pictures", "map", "scores")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """To look at."""
    folder = make(tmp_path_factory.mktemp("repository"))
    gallery.write(folder)
    return folder


@pytest.fixture
def mine(made, tmp_path) -> Path:
    """A copy, to change."""
    return Path(shutil.copytree(made, tmp_path / "mine"))


@pytest.fixture(scope="module")
def collection(made) -> Collection:
    return Collection(made)


def page(folder: Path) -> str:
    return (folder / "reports/devise/README.md").read_text(encoding="utf-8")


def table(folder: Path, head: str) -> list[list[str]]:
    """The rows of the page's table whose first columns are `head`."""
    (found,) = re.findall(rf"(?m)^\| {re.escape(head)}.*\n(?:\|.*\n)+", page(folder))
    return cells(found)[1:]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_written_twice_the_same_and_pictures_that_are_gone_go_too(made, mine):
    first = snapshot(made / "reports/devise")
    wanted = {"README.md", "scores.json", "scores.md", *(f"gallery/{name}.png" for name in PICTURES)}
    assert wanted <= set(first)
    (mine / "reports/devise/gallery/old.png").touch()
    gallery.write(mine)
    assert snapshot(mine / "reports/devise") == first


def test_links_lead_somewhere_and_no_path_of_the_machine_is_told(made):
    for link in re.findall(r"\]\((?!https)([^)]+)\)", page(made)):
        assert (made / "reports/devise" / link).exists(), link
    assert str(made) not in page(made) and "zero | bytes (2)" in page(made)


def test_torch_is_not_imported(mine):
    code = "import sys, runpy\ntry: runpy.run_path(sys.argv.pop(1), run_name='__main__')\n"
    code += "finally: print('torch' in sys.modules)"
    shutil.copy(ROOT / "params.yaml", mine)
    command = [sys.executable, "-c", code, str(ROOT / "stages/search_gallery.py")]
    done = subprocess.run(command, cwd=mine, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT / "src")})
    assert done.stdout.splitlines()[-1] == "False" and "hit@5 0.550 of 40 pictures" in done.stdout, done.stderr


def test_the_right_class_is_marked_and_its_place_is_that_of_exact_search(made, collection):
    rows = table(made, "picture | its label is | nearest classes")
    assert {row[0] for row in rows if row[1] == "unseen"} == set(UNSEEN)
    assert {row[0] for row in rows if row[1] == "trained"} <= set(LABELS) - set(UNSEEN) - {"zzyzx"}
    names, vectors = collection.places
    for label, _, near, place in rows:
        order = np.argsort(-(vectors @ collection.predictions[collection.labels.index(label)]), kind="stable")
        if label != "ship":  # of which there are several pictures
            assert names[order[int(place) - 1]] == label
        marked = re.findall(r"\*\*(.+?)\*\*", near)
        assert marked == ([label] if int(place) <= 5 else [])
    assert "drawn, not picked" in page(made)


def test_a_label_without_a_vector_is_asked_for_nowhere_but_its_picture_can_be_found(collection):
    assert len(collection.searcher.index("classes")) == len(LABELS) - 1
    asked = [*collection.one_of_each(True), *collection.one_of_each(False)]
    assert sorted(collection.labels[row] for row in asked) == sorted(set(LABELS) - {"zzyzx"})
    assert len(collection.searcher.nearest("images", collection.predictions[0], 100)) == len(LABELS) + 2


def test_words_are_no_labels_and_share_no_picture(made, collection):
    found, among = gallery_choices.words(collection, 3)
    assert found[0].text == "boat"
    assert {hit.label for hit in found[0].hits[:5]} == {"ship", "canoe", "motor boat"}
    taken = {word for label in LABELS for word in label.split()}
    assert not taken & {each.text for each in found[1:]} and 0 < among < 7
    shown = [hit.row for each in found[1:] for hit in each.hits]
    assert len(shown) == len(set(shown))
    assert table(made, "word | ")[0][0] == "`boat`"


def test_the_lessons_expressions_are_shown_beside_their_words(made):
    asked = [row[0].strip("`") for row in table(made, "expression | ")]
    assert asked == ["engine", "boat", "engine + boat", "beer", "party", "(beer + party) / 2"]


def test_a_picture_is_not_its_own_neighbour(collection):
    rows = list(range(len(collection.labels)))
    known = [row for row in rows if collection.labels[row] != "zzyzx"]
    for each in collection.asked("images", known, 5):
        assert each.row not in [hit.row for hit in each.hits] and len(each.hits) == 5


def test_without_the_lessons_words_others_are_found_or_the_page_says_that_there_are_none(tmp_path):
    folder = make(tmp_path / "r", labels=[name for name in LABELS if name != "motor boat"], words=())
    gallery.write(folder)
    assert "No frequent noun has a vector and is no label." in page(folder)
    three = [row[0].strip("`") for row in table(folder, "expression | ")][:3]
    assert three[2] == f"{three[0]} + {three[1]}" and set(three[:2]) <= set(LABELS)
    assert not (folder / "reports/devise/gallery/words.png").exists()
    assert "The words are drawn labels." in page(folder)


def test_without_an_unseen_label_the_page_says_so(mine):
    path = mine / "models/devise/model.json"
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"unseen": []}))
    build.build_all(Nearest(), Catalogue(mine))
    gallery.write(mine)
    assert "Every label was seen in training." in page(mine) and "No training saw" not in page(mine)
    assert all(row[1] == "trained" for row in table(mine, "picture | its label is | nearest classes"))


@pytest.mark.parametrize("sign, told", [(1, "3 whose class is among the first 5"), (-1, "3 whose class is not")])
def test_where_all_are_found_or_missed_only_that_is_told(mine, collection, sign, told):
    names, vectors = collection.places
    places = vectors[[names.index(label) if label in names else 0 for label in collection.labels]]
    np.save(mine / "models/devise/predictions.npy", sign * places)
    gallery.write(mine)
    assert f"not picked: {told}. Of all 3 unseen labels" in page(mine)


def test_sheets_are_made_smaller_until_they_are_small_enough(made, tmp_path, monkeypatch):
    random = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    rows = [("noise", [(Image.fromarray(random), "")] * 6)]
    gallery_sheets.write(tmp_path / "large.png", rows, "")
    monkeypatch.setattr(gallery_sheets, "LARGEST", (tmp_path / "large.png").stat().st_size // 2)
    gallery_sheets.write(tmp_path / "small.png", rows, "")
    assert (tmp_path / "small.png").stat().st_size <= gallery_sheets.LARGEST
    with Image.open(tmp_path / "small.png") as small, Image.open(tmp_path / "large.png") as large:
        assert small.width < large.width


@pytest.mark.parametrize(
    "licence, attribution, said",
    [
        ("CC BY-SA 4.0", "All by A\\*B", "have the same licence"),
        ("not stated", None, "licence: not stated.\n"),
    ],
)
def test_pictures_are_credited(mine, licence, attribution, said):
    path = mine / "data/images/source.json"
    plain = attribution.replace("\\", "") if attribution else None
    path.write_text(json.dumps(json.loads(path.read_text()) | {"licence": licence, "attribution": plain}))
    gallery.write(mine)
    assert said in page(mine) and (attribution or "") in page(mine)


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("reports/devise/metrics.json", None, "metrics.json does not exist yet"),
        ("reports/devise/metrics.json", "{}", "not what the stage train_devise writes"),
        ("reports/devise/labels.json", "{}", "not what this version of quoi writes"),
        ("models/devise/model.json", "[]", "does not say which labels are unseen"),
        ("models/devise/model.json", '{"unseen": []}', "was built from another models/devise/model.json"),
        ("models/devise/predictions.npy", "", "predictions.npy is damaged"),
        ("indexes/nouns/index.json", None, "indexes/nouns/index.json does not exist yet"),
    ],
)
def test_what_is_missing_or_damaged_is_one_sentence_and_the_old_page_stays(mine, name, content, said):
    before = snapshot(mine / "reports/devise/gallery")
    if content is None:
        (mine / name).unlink()
    else:
        (mine / name).write_text(content)
    with pytest.raises(QuoiError) as error:
        gallery.write(mine)
    assert said in str(error.value) and "\n" not in str(error.value)
    assert snapshot(mine / "reports/devise/gallery") == before


@pytest.mark.parametrize(
    "number, said", [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (112, "112th"), (1021, "1,021st")]
)
def test_ordinals(number, said):
    assert gallery_sheets.ordinal(number) == said
