"""Pictures of your own: folders, tables, ImageNet's file names, and all that may be wrong with them."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi import params
from quoi.devise import split
from quoi.images.archive import PictureArchive
from quoi.images.fetch import Fetched, fetch, open_source
from quoi.images.pictures import Picture, distinct, named, tidy
from quoi.io.errors import QuoiError
from quoi.params.images import ImageParams as Params
from quoi.records.bounds import BOUNDS
from tests.images.pictures import encoded, pixels, put

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT.parent / "shared/data/imagenet-sample"


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def listed(path: str = "mine", source: str = "folder") -> tuple[list[tuple], dict[str, list[str]]]:
    """(name, label, synset, split) of each picture, and what was left out by reason."""
    left_out: dict[str, list[str]] = {}
    opened = open_source(Params(source=source, path=path))
    pictures = opened.pictures(lambda reason, which: left_out.setdefault(reason, []).append(which))
    return [(picture.name, picture.label, picture.synset, picture.split) for picture in pictures], left_out


def error(path: str = "mine", source: str = "folder") -> str:
    with pytest.raises(QuoiError) as raised:
        listed(path, source)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_folder_for_each_label():
    for name in ("cat/b.png", "cat/a.jpg", "cat/.hidden", "red_apple/more/c.png", "n02012849_crane/d.png", "loose.png"):
        put(Path("mine") / name)
    pictures, left_out = listed()
    assert pictures == [
        ("a", "cat", None, None),
        ("b", "cat", None, None),
        ("d", "crane", "n02012849", None),
        ("c", "red apple", None, None),
    ]
    assert left_out == {"no label": ["loose.png"]}


def test_other_names_of_the_splits():
    for name in ("Train/cat/a.png", "valid/cat/b.png", "test/cat/c.png"):
        put(Path("mine") / name)
    pictures, left_out = listed()
    assert pictures == [("a", "cat", None, "train"), ("c", "cat", None, "val"), ("b", "cat", None, "val")]
    assert left_out == {}


def test_numbers_before_all_labels_are_no_part_of_them():
    for name in ("001.Black_footed_Albatross/a.png", "002.Laysan_Albatross/b.png"):
        put(Path("birds") / name)
    assert [label for _, label, _, _ in listed("birds")[0]] == ["Black footed Albatross", "Laysan Albatross"]
    for name in ("3 of clubs/a.png", "ace of clubs/b.png", "7/c.png"):
        put(Path("cards") / name)
    assert [label for _, label, _, _ in listed("cards")[0]] == ["3 of clubs", "7", "ace of clubs"]


def test_labels_that_differ_in_case_alone_are_one():
    for name in ("train/Cat/a.png", "train/dog/b.png", "val/cat/c.png"):
        put(Path("mine") / name)
    assert [(name, label) for name, label, _, _ in listed()[0]] == [("a", "Cat"), ("b", "dog"), ("c", "Cat")]


@pytest.mark.parametrize(
    ("labels", "key", "state"),
    [
        ([f"thing {chr(97 + row)}" for row in range(9)], "labels", "broken"),
        ([f"thing {chr(97 + row)}" for row in range(10)], "labels", "look"),
        ([str(row) for row in range(60)], "labels_no_words", "broken"),
        ([f"thing {row}" for row in range(60)], "labels_no_words", "ok"),
        ([f"thing {row}" for row in range(60)], "labels", "ok"),
    ],
)
def test_a_folder_that_was_misread_is_caught(labels, key, state):
    measured = Fetched(pictures=60, labels=set(labels)).checks()
    assert BOUNDS[key].judge(measured.values[key]) == state
    assert set(measured.texts["labels as they were read"].values()) <= set(labels)


def test_the_fewest_labels_are_those_that_devise_needs():
    assert BOUNDS["labels"].broken_low == split.FEWEST


def test_folders_train_and_val_are_a_split():
    for name in ("train/cat/a.png", "train/n01440764/b.png", "val/cat/c.png", "val/loose.png"):
        put(Path("mine") / name)
    pictures, left_out = listed()
    assert pictures == [
        ("a", "cat", None, "train"),
        ("b", "n01440764", "n01440764", "train"),
        ("c", "cat", None, "val"),
    ]
    assert left_out == {"no label": ["val/loose.png"]}


def test_files_named_by_their_synset():
    for name in ("n02012849_crane.jpg", "n03126707_crane.jpg", "n01440764_great_white_shark.jpg", "cat.jpg"):
        put(Path("mine") / name)
    pictures, left_out = listed()
    assert [row[1:3] for row in pictures] == [
        ("great white shark", "n01440764"),
        ("crane (n02012849)", "n02012849"),
        ("crane (n03126707)", "n03126707"),
    ]
    assert left_out == {"no label": ["cat.jpg"]}


def test_file_names_that_are_not_utf_8():
    for name in (b"mine/caf\xe9/a\xe9.png", b"mine/cat/\xff\n.png"):
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "wb") as file:
            file.write(encoded(pixels()) if b"caf" in name else b"")
    fetched = fetch(Params(source="folder", path="mine"), Path("images"))
    assert PictureArchive.open("images").table.select(["name", "label"]).to_pylist() == [
        {"name": "a\ufffd", "label": "caf\ufffd"}
    ]
    assert fetched.summary().splitlines()[1] == "  empty file: 1 (the first: mine/cat/\ufffd .png)"


def test_a_link_that_leads_in_a_circle_ends():
    put(Path("mine/cat/a.png"))
    Path("mine/cat/again").symlink_to(Path("mine/cat").resolve())
    assert len(listed()[0]) == 1


def test_a_table_of_paths_and_labels(tmp_path):
    put(Path("elsewhere/c.png"))
    Path("mine.csv").write_text(
        "\ufefflabel, path ,split,synset,note\n"
        "cat,a.png,train,,x\n"
        f'"red  apple",{tmp_path}/elsewhere/c.png,val,n07739125,\n'
        "cat,../b.png,,n02121620,\n"
        ",d.png,,,\n"
        "dog,,,,\n"
        "dog\n",
        encoding="utf-8",
    )
    pictures, left_out = listed("mine.csv")
    assert pictures == [
        ("a", "cat", "n02121620", "train"),
        ("c", "red apple", "n07739125", "val"),
        ("b", "cat", "n02121620", None),
    ]
    assert left_out == {"no label": ["mine.csv, line 5"], "no path": ["mine.csv, line 6", "mine.csv, line 7"]}


def test_the_paths_of_a_table_are_relative_to_it():
    put(Path("far/away/a.png"))
    put(Path("far/mine.csv"), b"path,label\naway/a.png,cat\naway/absent.png,cat\n")
    fetched = fetch(Params(source="folder", path="far/mine.csv"), Path("images"))
    assert fetched.pictures == 1 and fetched.examples == {"no such file": "far/away/absent.png"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "mine.csv has the columns (none): path and label are needed"),
        (b"path;label\n", "mine.csv has the columns path;label: path and label are needed"),
        (b"file,label\n", "has the columns file, label: path and label"),
        (b"path,label\na.png,cat,dog\n", "mine.csv, line 2 has more cells than the 2 columns"),
        (b"path,label,synset\na.png,cat,n12\n", "mine.csv, line 2 has the synset 'n12': n and eight digits"),
        (b"path,label,split\na.png,cat,test\n", "mine.csv, line 2 has the split 'test': train and val are allowed"),
        (b"path,label\n\xff\xfe,cat\n", "mine.csv is not a table in UTF-8"),
        (b"path,label\n" + b"a" * 200_000 + b",cat\n", "mine.csv, line 1 cannot be read as CSV"),
        (encoded(pixels()), "mine.csv is not a table in UTF-8"),
    ],
)
def test_what_is_wrong_with_a_table(content, sentence):
    put(Path("mine.csv"), content)
    assert sentence in error("mine.csv")


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.text(max_size=20) | st.sampled_from(["a.png,cat", '"', "a,b,c", "\0,x", "a,\ud800"]), max_size=6)
)
def test_any_table_is_read_or_refused_in_a_sentence(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("table") / "mine.csv"
    path.write_text("\n".join(["path,label", *rows]), encoding="utf-8", errors="surrogatepass")
    try:
        pictures, _ = listed(str(path))
    except QuoiError as error:
        assert str(error).startswith(str(path))
    else:
        assert all(label == tidy(label) != "" for _, label, _, _ in pictures)


def test_a_path_that_is_not_there():
    assert error("absent") == "absent does not exist."


def test_an_empty_folder():
    Path("mine").mkdir()
    with pytest.raises(QuoiError, match=r"There is no picture in mine; left out: nothing\.$"):
        fetch(Params(source="folder", path="mine"), Path("images"))


def test_what_cannot_be_read_is_counted_and_the_rest_is_kept():
    good = put(Path("mine/cat/good.jpg"), encoded(pixels(), "JPEG"))
    put(Path("mine/cat/cut.jpg"), good.read_bytes()[:-60])
    put(Path("mine/cat/empty.png"), b"")
    put(Path("mine/cat/Thumbs.db"), b"\0" * 99)
    put(Path("mine/cat/large.png"), encoded(pixels(2000, 600)))
    Path("mine/cat/dangling.png").symlink_to("nowhere")
    fetched = fetch(Params(source="folder", path="mine", max_pixels=1_000_000, licence="CC0"), Path("images"))
    assert fetched.pictures == 1 and PictureArchive.open("images").encoded(0) == good.read_bytes()
    assert fetched.examples == {
        "cut off": "mine/cat/cut.jpg",
        "empty file": "mine/cat/empty.png",
        "no picture": "mine/cat/Thumbs.db",
        "too many pixels": "mine/cat/large.png",
        "no such file": "mine/cat/dangling.png",
    }
    assert PictureArchive.open("images").source["licence"] == "CC0"


# ImageNet as Kaggle packs it.


def kaggle(root: Path) -> Path:
    pictures = root / "ILSVRC/Data/CLS-LOC"
    put(pictures / "train/n02012849/n02012849_1.JPEG")
    put(pictures / "train/n01440764/n01440764_2.JPEG")
    put(pictures / "train/n01440764/n01440764_1.JPEG")
    put(pictures / "train/n99999999/n99999999_1.JPEG")
    for number in (1, 2, 3, 4):
        put(pictures / f"val/ILSVRC2012_val_{number:08}.JPEG")
    put(root / "LOC_synset_mapping.txt", b"n01440764 tench, Tinca tinca\nn02012849 crane\nn03126707 crane\n")
    answers = "ImageId,PredictionString\n"
    for number, synset in ((1, "n03126707"), (2, "n01440764"), (3, "n88888888"), (5, "n01440764")):
        answers += f"ILSVRC2012_val_{number:08},{synset} 1 2 3 4 {synset} 5 6 7 8 \n"
    put(root / "LOC_val_solution.csv", answers.encode())
    return root


def test_imagenet():
    kaggle(Path("in"))
    pictures, left_out = listed("in", "imagenet")
    assert pictures == [
        ("n01440764_1", "tench", "n01440764", "train"),
        ("n01440764_2", "tench", "n01440764", "train"),
        ("n02012849_1", "crane (n02012849)", "n02012849", "train"),
        ("ILSVRC2012_val_00000001", "crane (n03126707)", "n03126707", "val"),
        ("ILSVRC2012_val_00000002", "tench", "n01440764", "val"),
    ]
    assert left_out == {
        "not in LOC_synset_mapping.txt": ["train/n99999999", "val/ILSVRC2012_val_00000003.JPEG"],
        "not in LOC_val_solution.csv": ["val/ILSVRC2012_val_00000004.JPEG"],
    }


def test_imagenet_without_its_tables():
    put(Path("in/ILSVRC/Data/CLS-LOC/val/a.JPEG"))
    assert error("in", "imagenet") == "in/LOC_synset_mapping.txt does not exist."
    put(Path("in/LOC_synset_mapping.txt"), b"n01440764 tench\n")
    assert error("in", "imagenet") == "in/LOC_val_solution.csv does not exist."
    put(Path("in/LOC_val_solution.csv"), b"a,b\n")
    assert "LOC_val_solution.csv has no columns ImageId and PredictionString" in error("in", "imagenet")
    put(Path("in/LOC_synset_mapping.txt"), b"tench\n")
    assert "LOC_synset_mapping.txt, line 1 is not a synset and its names: 'tench'." in error("in", "imagenet")


def test_imagenet_with_a_file_among_the_synsets():
    kaggle(Path("in"))
    put(Path("in/ILSVRC/Data/CLS-LOC/train/notes.txt"))
    pictures, left_out = listed("in", "imagenet")
    assert len(pictures) == 5 and "train/notes.txt" in left_out["not in LOC_synset_mapping.txt"]


# Labels.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n01484850_great_white_shark", ("n01484850", "great white shark")),
        ("n01484850", ("n01484850", "n01484850")),
        ("n01484850_", ("n01484850", "n01484850")),
        ("n01484850-tench", ("n01484850", "tench")),
        ("n0148485_tench", (None, "n0148485 tench")),
        ("night_owl", (None, "night owl")),
    ],
)
def test_synset_and_label_of_a_name(text, expected):
    assert named(text) == expected


def test_a_label_is_composed_and_has_single_spaces():
    assert tidy(" pin\u0303ata__pie\t") == "piñata pie"


def test_a_label_holds_nothing_that_a_terminal_obeys():
    assert tidy("\x1b[2Jcat\0\x9b1m") == "[2Jcat 1m" and tidy("\x07") == ""


def test_a_label_has_one_synset():
    rows = [("crane", "n1"), ("crane", "n2"), ("crane", None), ("tench", "n3"), ("tench", None), ("cat", None)]
    pictures = distinct(Picture("", label, b"", synset) for label, synset in rows)
    assert [(picture.label, picture.synset) for picture in pictures] == [
        ("crane (n1)", "n1"),
        ("crane (n2)", "n2"),
        ("crane", None),
        ("tench", "n3"),
        ("tench", "n3"),
        ("cat", None),
    ]


# The stage, and real photographs.


def run_stage(monkeypatch, images: Params):
    spec = importlib.util.spec_from_file_location("fetch_images", ROOT / "stages/fetch_images.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(params, "load", lambda: SimpleNamespace(images=images, checks="stop"))
    return CliRunner().invoke(module.fetch_images, catch_exceptions=False)


def test_the_stage_writes_its_report_and_shows_what_it_left_out(monkeypatch):
    for row in range(60):
        put(Path(f"mine/thing {row}/a.png"))
    put(Path("mine/thing 0/b.png"), b"")
    done = run_stage(monkeypatch, Params(source="folder", path="mine"))
    assert done.output.splitlines() == [
        "60 pictures with 60 labels from folder",
        "1 left out:",
        "  empty file: 1 (the first: mine/thing 0/b.png)",
    ]
    assert Path("reports/devise/images.json").read_text().startswith('{\n  "pictures": 60,\n  "labels": 60,')
    assert len(PictureArchive.open("data/images")) == 60


def test_the_stage_stops_at_a_folder_of_folders(monkeypatch):
    for row in range(60):
        put(Path(f"mine/pictures/thing {row}/a.png"))
    with pytest.raises(QuoiError, match="number of labels is 1"):
        run_stage(monkeypatch, Params(source="folder", path="mine"))


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="the photographs are not beside the checkout")
def test_real_photographs():
    fetched = fetch(Params(source="folder", path=str(SAMPLE)), Path("images"))
    images = PictureArchive.open("images")
    assert fetched.pictures == len(fetched.labels) == 500 and not fetched.left_out
    assert None not in images.table.column("synset").to_pylist()
    assert min(images[0].size) == 256
