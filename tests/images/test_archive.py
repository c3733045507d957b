"""data/images, written and read again: order, bytes, damage."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from quoi.images import fetch as fetching
from quoi.images.archive import COLUMNS, NOTE, TABLE, ZIP, Images
from quoi.images.fetch import fetch
from quoi.images.pictures import Picture, Source
from quoi.io.errors import QuoiError
from quoi.params.images import Images as Params
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
    found = fetch(Params(), tmp_path / "images")
    images = Images.open(tmp_path / "images")
    assert len(images) == found.pictures == 18
    assert images.table.column_names == list(COLUMNS)
    assert images.table.column("file").to_pylist()[:2] == ["000000.png", "000001.png"]
    assert images.table.column("name").to_pylist()[5:8] == ["p5", "p7", "p8"]
    assert images[6].getpixel((0, 0)) == (7, 248, 7) and images[6].mode == "RGB"
    assert images[np.int64(17)].getpixel((0, 0)) == images[-1].getpixel((0, 0)) == (19, 236, 7)
    assert images.labels() == [f"label {number}" for number in range(5)]
    assert images.source["left_out"] == {"no picture": 2} and images.source["attribution"] == "us"
    with pytest.raises(IndexError):
        images[18]


def test_the_zip_is_a_zip_and_the_table_tells_where_its_members_lie(tmp_path, source):
    source(colours(9))
    fetch(Params(), tmp_path / "images")
    images = Images.open(tmp_path / "images")
    with zipfile.ZipFile(tmp_path / "images" / ZIP) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == images.table.column("file").to_pylist()
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
        assert [archive.read(name) for name in archive.namelist()] == [images.encoded(n) for n in range(len(images))]


def test_pictures_can_be_read_in_other_processes(tmp_path, source):
    source(colours(3))
    fetch(Params(), tmp_path / "images")
    again = pickle.loads(pickle.dumps(Images.open(tmp_path / "images")))
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
    found = fetch(Params(per_label=1), tmp_path / "images")
    assert Images.open(tmp_path / "images").table.column("name").to_pylist() == ["p0", "p2", "p3"]
    assert found.counts() == {
        "pictures": 3,
        "labels": 2,
        "made": {"as they were": 3},
        "left_out": {"more than images.per_label": 3},
    }
    assert found.told().splitlines() == ["3 left out:", "  more than images.per_label: 3 (the first: p1)"]


def test_only_the_first_labels_are_taken(tmp_path, source):
    source([Picture(label, label, coloured(1)) for label in "abcab"])
    found = fetch(Params(labels=2), tmp_path / "images")
    assert Images.open(tmp_path / "images").table.column("label").to_pylist() == ["a", "b", "a", "b"]
    assert found.examples == {"more than images.labels": "c"}


def test_without_a_single_picture_nothing_is_written(tmp_path, source):
    source([Picture("a", "x", b""), Picture("b", "x", b"?"), Picture("c", "y", b"")])
    with pytest.raises(QuoiError) as raised:
        fetch(Params(), tmp_path / "images")
    assert str(raised.value) == (
        "There is no picture in source openmoji: all were left out, empty file (2), no picture (1)."
    )
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_result_outlives_a_failure(tmp_path, source):
    source(colours(2))
    fetch(Params(), tmp_path / "images")
    source([])
    with pytest.raises(QuoiError, match=r"There is no picture in source openmoji\.$"):
        fetch(Params(), tmp_path / "images")
    assert len(Images.open(tmp_path / "images")) == 2


def test_a_failing_source_ends_the_workers(tmp_path, source, monkeypatch):
    def broken():
        yield from colours(60)
        raise QuoiError("It breaks off.")

    monkeypatch.setattr(fetching, "open_source", lambda params: Source("m", "", "", lambda leave_out: broken()))
    with pytest.raises(QuoiError, match="It breaks off"):
        fetch(Params(), tmp_path / "images", 2)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda folder: (folder / NOTE).unlink(), "source.json does not exist yet: run `dvc repro`"),
        (lambda folder: (folder / ZIP).unlink(), "images.zip does not exist"),
        (lambda folder: (folder / TABLE).unlink(), "images.parquet does not exist"),
        (lambda folder: (folder / TABLE).write_bytes(b"PAR1"), "images.parquet is damaged or has no columns file"),
        (lambda folder: (folder / ZIP).write_bytes(b"PK"), "images.zip does not hold the pictures that"),
        (lambda folder: without_column(folder / TABLE), "images.parquet is damaged or has no columns"),
    ],
)
def test_a_damaged_folder_is_said_to_be(tmp_path, source, damage, told):
    source(colours(3))
    fetch(Params(), tmp_path / "images")
    damage(tmp_path / "images")
    with pytest.raises(QuoiError) as raised:
        Images.open(tmp_path / "images")
    assert told in str(raised.value) and "\n" not in str(raised.value)


def without_column(path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(pq.read_table(path).drop_columns(["offset"]), path)


def test_a_damaged_picture_is_named(tmp_path, source):
    source(colours(3))
    fetch(Params(), tmp_path / "images")
    images = Images.open(tmp_path / "images")
    whole = bytearray(images.path.read_bytes())
    start = whole.index(b"\x89PNG", 200)
    whole[start : start + 40] = bytes(40)
    images.path.write_bytes(whole)
    assert images[0].size == (8, 8)
    with pytest.raises(QuoiError, match=r"00000[12]\.png in .*images\.zip is damaged"):
        [images[number] for number in range(3)]


def test_the_note_is_json_for_people(tmp_path, source):
    source(colours(3))
    fetch(Params(), tmp_path / "images")
    note = json.loads((tmp_path / "images" / NOTE).read_text())
    assert {"name", "url", "licence", "attribution", "pictures", "labels", "left_out"} <= note.keys()
