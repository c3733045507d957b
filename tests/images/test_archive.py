"""data/images, written and read again: order, bytes, damage."""

from __future__ import annotations

import json
import pickle
import zipfile

import numpy as np
import pytest
from PIL import Image

from quoi.images import fetch as fetching
from quoi.images.archive import COLUMNS, NOTE, TABLE, ZIP, PictureArchive
from quoi.images.fetch import fetch
from quoi.images.pictures import Picture, Source
from quoi.io.errors import QuoiError
from quoi.params.images import ImageParams as Params
from tests.images.pictures import encoded


def colours(count: int) -> list[Picture]:
    """Pictures in different colours; every seventh is damaged."""
    return [
        Picture(f"p{number}", f"label {number % 5}", b"?" if number % 7 == 6 else coloured(number), group="g")
        for number in range(count)
    ]


def coloured(number: int) -> bytes:
    return encoded(Image.new("RGB", (8, 8), (number, 255 - number, 7)))


@pytest.fixture
def source(monkeypatch):
    """A source with these pictures."""

    def use(pictures: list[Picture]) -> None:
        made = Source("made", "Made up.", "CC0", lambda leave_out: iter(pictures), attribution="us")
        monkeypatch.setattr(fetching, "open_source", lambda params: made)

    return use


def test_what_was_written_is_read_again(tmp_path, source):
    source(colours(20))
    fetched = fetch(Params(), tmp_path / "images")
    images = PictureArchive.open(tmp_path / "images")
    assert len(images) == fetched.pictures == 18
    assert images.table.column_names == list(COLUMNS)
    assert images.table.column("file").to_pylist()[:2] == ["000000.png", "000001.png"]
    assert images.table.column("name").to_pylist()[5:8] == ["p5", "p7", "p8"]
    assert images[6].getpixel((0, 0)) == (7, 248, 7) and images[6].mode == "RGB"
    assert images[np.int64(17)].getpixel((0, 0)) == images[-1].getpixel((0, 0)) == (19, 236, 7)
    assert images.source["left_out"] == {"no picture": 2} and images.source["attribution"] == "us"
    with pytest.raises(IndexError):
        images[18]


def test_the_zip_is_a_zip_and_the_table_has_the_places_of_its_members(tmp_path, source):
    source(colours(9))
    fetch(Params(), tmp_path / "images")
    images = PictureArchive.open(tmp_path / "images")
    with zipfile.ZipFile(tmp_path / "images" / ZIP) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == images.table.column("file").to_pylist()
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
        assert [archive.read(name) for name in archive.namelist()] == [images.encoded(n) for n in range(len(images))]


def test_pictures_can_be_read_in_other_processes(tmp_path, source):
    source(colours(3))
    fetch(Params(), tmp_path / "images")
    again = pickle.loads(pickle.dumps(PictureArchive.open(tmp_path / "images")))
    assert again[2].getpixel((0, 0)) == (2, 253, 7)


def test_the_bytes_do_not_depend_on_the_workers(tmp_path, source):
    source(colours(100))
    for workers in (1, 2):
        fetch(Params(), tmp_path / str(workers), workers)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("1", "2"))
    assert one == two and one.keys() == {ZIP, TABLE, NOTE}


def test_only_the_first_of_each_label_and_split_are_taken(tmp_path, source):
    data = coloured(1)
    rows = [("a", "train"), ("a", "train"), ("a", "val"), ("b", None), ("b", None), ("b", None)]
    source([Picture(f"p{number}", label, data, split=split) for number, (label, split) in enumerate(rows)])
    fetched = fetch(Params(per_label=1), tmp_path / "images")
    assert PictureArchive.open(tmp_path / "images").table.column("name").to_pylist() == ["p0", "p2", "p3"]
    assert fetched.counts() == {
        "pictures": 3,
        "labels": 2,
        "made": {"as they were": 3},
        "left_out": {"more than images.per_label": 3},
    }
    assert fetched.summary().splitlines() == ["3 left out:", "  more than images.per_label: 3 (the first: p1)"]


def test_only_the_first_labels_are_taken(tmp_path, source):
    source([Picture(label, label, coloured(1)) for label in "abcab"])
    fetched = fetch(Params(labels=2), tmp_path / "images")
    assert PictureArchive.open(tmp_path / "images").table.column("label").to_pylist() == ["a", "b", "a", "b"]
    assert fetched.examples == {"more than images.labels": "c"}


def test_without_a_single_picture_nothing_is_written(tmp_path, source):
    source([Picture("a", "x", b""), Picture("b", "x", b"?"), Picture("c", "y", b"")])
    with pytest.raises(QuoiError) as raised:
        fetch(Params(), tmp_path / "images")
    assert str(raised.value) == ("There is no picture in made; left out: empty file (2), no picture (1).")
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_result_outlives_a_failure(tmp_path, source):
    source(colours(2))
    fetch(Params(), tmp_path / "images")
    source([])
    with pytest.raises(QuoiError, match=r"There is no picture in .*; left out: nothing\.$"):
        fetch(Params(), tmp_path / "images")
    assert len(PictureArchive.open(tmp_path / "images")) == 2


def test_a_failing_source_ends_the_workers(tmp_path, source, monkeypatch):
    def broken():
        yield from colours(60)
        raise QuoiError("It breaks off.")

    monkeypatch.setattr(fetching, "open_source", lambda params: Source("m", "", "", lambda leave_out: broken()))
    with pytest.raises(QuoiError, match="It breaks off"):
        fetch(Params(), tmp_path / "images", 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [ZIP, TABLE, NOTE])
def test_a_file_that_is_not_there_is_named(tmp_path, source, name):
    source(colours(3))
    fetch(Params(), tmp_path / "images")
    (tmp_path / "images" / name).unlink()
    with pytest.raises(QuoiError, match=rf"images/{name} does not exist yet: run `dvc repro`"):
        PictureArchive.open(tmp_path / "images")


def test_the_note_is_json_for_people(tmp_path, source):
    source(colours(3))
    fetch(Params(), tmp_path / "images")
    note = json.loads((tmp_path / "images" / NOTE).read_text())
    assert {"name", "url", "licence", "attribution", "pictures", "labels", "left_out"} <= note.keys()
