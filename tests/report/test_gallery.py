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

from quoi.io.errors import QuoiError
from quoi.report import gallery, gallery_choices
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
    (rows,) = re.findall(rf"(?m)^\| {re.escape(head)}.*\n(?:\|.*\n)+", page(folder))
    return cells(rows)[1:]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_everything_is_written_twice_the_same_and_pictures_that_are_gone_go_too(made, mine):
    first = snapshot(made / "reports/devise")
    wanted = {"README.md", "scores.json", "scores.md", *(f"gallery/{name}.png" for name in PICTURES)}
    assert wanted <= set(first)
    (mine / "reports/devise/gallery/old.png").touch()
    gallery.write(mine)
    assert snapshot(mine / "reports/devise") == first


def test_links_lead_somewhere_and_no_path_of_the_machine_is_shown(made):
    for link in re.findall(r"\]\((?!https)([^)]+)\)", page(made)):
        assert (made / "reports/devise" / link).exists(), link
    assert str(made) not in page(made) and r"zero \| bytes (2)" in page(made)


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
    assert f"Of {len(UNSEEN)} unseen labels, " in page(made)


def test_a_label_without_a_vector_is_asked_for_nowhere_but_its_picture_can_be_found(collection):
    assert len(collection.searcher.index("classes")) == len(LABELS) - 1
    rows = [*collection.one_of_each(True), *collection.one_of_each(False)]
    assert sorted(collection.labels[row] for row in rows) == sorted(set(LABELS) - {"zzyzx"})
    assert len(collection.searcher.nearest("images", collection.predictions[0], 100)) == len(LABELS) + 2


def test_words_are_no_labels_and_share_no_picture(made, collection):
    answers, among = gallery_choices.words(collection, 3)
    assert answers[0].text == "boat"
    assert {hit.label for hit in answers[0].hits[:5]} == {"ship", "canoe", "motor boat"}
    taken = {word for label in LABELS for word in label.split()}
    assert not taken & {answer.text for answer in answers[1:]} and 0 < among < 7
    shown = [hit.row for answer in answers[1:] for hit in answer.hits]
    assert len(shown) == len(set(shown))
    assert table(made, "word | ")[0][0] == "`boat`"


def test_the_lessons_expressions_are_shown_beside_their_words(made):
    shown = [row[0].strip("`") for row in table(made, "expression | ")]
    assert shown == ["engine", "boat", "engine + boat", "beer", "party", "(beer + party) / 2"]


def test_a_picture_is_not_its_own_neighbour(collection):
    rows = list(range(len(collection.labels)))
    known = [row for row in rows if collection.labels[row] != "zzyzx"]
    for answer in collection.nearest("images", known, 5):
        assert answer.row not in [hit.row for hit in answer.hits] and len(answer.hits) == 5


def test_without_the_lessons_words_others_are_found_or_the_page_has_no_such_part(tmp_path):
    folder = make(tmp_path / "r", labels=[name for name in LABELS if name != "motor boat"], words=())
    gallery.write(folder)
    assert "## A word that is no label" not in page(folder)
    three = [row[0].strip("`") for row in table(folder, "expression | ")][:3]
    assert three[2] == f"{three[0]} + {three[1]}" and set(three[:2]) <= set(LABELS)
    assert not (folder / "reports/devise/gallery/words.png").exists()


@pytest.mark.parametrize(
    "licence, attribution, said",
    [
        ("CC BY-SA 4.0", "All by A\\*B", "| CC BY-SA 4.0 |"),
        ("not stated", None, "|  | not stated |"),
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
        ("reports/devise/metrics.json", "{}", "is not a whole result of a training"),
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
