"""CIFAR-100 and Imagenette in the form they are published in, from a server or a copy; and broken ones."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from quoi.images.archive import PictureArchive
from quoi.images.fetch import fetch
from quoi.io.errors import QuoiError
from quoi.params.images import ImageParams as Params
from tests.images.pictures import encoded, pixels
from tests.server import file, serving, status

JPEG = encoded(pixels(), "JPEG")


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def tar(members: dict[str, bytes | None]) -> bytes:
    """A compressed tar; None is a link out of the archive's folder."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            if content is None:
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            else:
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content or b""))
    return data.getvalue()


def record(group: int, label: int, red: int) -> bytes:
    """A picture of CIFAR-100 whose upper half is red, and whose lower half is green."""
    pixels = np.zeros((3, 32, 32), np.uint8)
    pixels[0, :16], pixels[1, 16:] = red, 255
    return bytes([group, label]) + pixels.tobytes()


CIFAR = {
    "cifar-100-binary/train.bin": record(1, 0, 10) + record(0, 1, 20),
    "cifar-100-binary/test.bin": record(0, 2, 30),
    "cifar-100-binary/coarse_label_names.txt": b"aquatic_mammals\nfish\n\n",
    "cifar-100-binary/fine_label_names.txt": b"aquarium_fish\nbeaver\ndolphin\n",
}
IMAGENETTE = {
    "imagenette2-320/train/n01440764/n01440764_1.JPEG": JPEG,
    "imagenette2-320/train/n01440764/ILSVRC2012_val_2.JPEG": JPEG[:-60],
    "imagenette2-320/val/n03888257/n03888257_3.JPEG": JPEG,
    "imagenette2-320/val/n00000000/a.JPEG": JPEG,
    "imagenette2-320/noisy_imagenette.csv": b"path\n",
    "imagenette2-320/val/n03888257/link.JPEG": None,
    "../val/n03888257/out.JPEG": JPEG,
}


def copy(source: str, content: bytes, **settings) -> Params:
    Path("copy.tgz").write_bytes(content)
    return Params(source=source, **{source: {"path": "copy.tgz", **settings}})


def error(settings: Params) -> str:
    with pytest.raises(QuoiError) as raised:
        fetch(settings, Path("data/images"))
    assert "\n" not in str(raised.value) and not Path("data/images").exists()
    return str(raised.value)


def test_cifar100():
    fetched = fetch(copy("cifar100", tar(CIFAR)), Path("data/images"))
    images = PictureArchive.open()
    rows = images.table.select(["name", "label", "group", "split"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("train 00000", "aquarium fish", "fish", "train"),
        ("train 00001", "beaver", "aquatic mammals", "train"),
        ("test 00000", "dolphin", "aquatic mammals", "val"),
    ]
    assert images[1].size == (32, 32)
    assert images[1].getpixel((0, 0)) == (20, 0, 0) and images[1].getpixel((0, 31)) == (0, 255, 0)
    assert fetched.pictures == 3 and not fetched.left_out


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cifar-100-binary/fine_label_names.txt": None}, "copy.tgz lacks the files of label names"),
        ({"cifar-100-binary/train.bin": b"", "cifar-100-binary/test.bin": b""}, "There is no picture in cifar100"),
    ],
)
def test_cifar100_in_another_form(change, sentence):
    assert sentence in error(copy("cifar100", tar(CIFAR | change)))


def test_imagenette():
    fetched = fetch(copy("imagenette", tar(IMAGENETTE)), Path("data/images"))
    images = PictureArchive.open()
    rows = images.table.select(["name", "label", "synset", "split"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("n01440764_1", "tench", "n01440764", "train"),
        ("n03888257_3", "parachute", "n03888257", "val"),
        ("out", "parachute", "n03888257", "val"),
    ]
    assert images.encoded(0) == JPEG
    assert fetched.examples == {"cut off": "ILSVRC2012_val_2", "no label": "val/n00000000/a.JPEG"}
    assert images.source["archive"]["sha256"] == hashlib.sha256(Path("copy.tgz").read_bytes()).hexdigest()
    assert sorted(path.name for path in Path().iterdir()) == ["copy.tgz", "data"]


def test_an_archive_of_something_else():
    assert "There is no picture in imagenette" in error(copy("imagenette", tar(CIFAR)))
    assert "copy.tgz lacks the files of label names" in error(copy("cifar100", tar(IMAGENETTE)))


@pytest.mark.parametrize("pixels", [record(0, 2, 30)[:-1], record(0, 3, 30), record(2, 2, 30)])
def test_records_of_cifar100_that_are_cut_or_have_unknown_labels(pixels):
    sentence = error(copy("cifar100", tar({**CIFAR, "cifar-100-binary/test.bin": pixels})))
    assert "copy.tgz is damaged" in sentence and "test.bin" in sentence


@pytest.mark.parametrize("source", ["cifar100", "imagenette"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-6],
        lambda data: data[:-8] + b"\0\0\0\0" + data[-4:],
        lambda data: data[:60] + bytes(60) + data[120:],
        lambda data: gzip.decompress(data),
        lambda data: gzip.compress(gzip.decompress(data)[:1000]),
        lambda data: b"",
        lambda data: b"<html>",
    ],
    ids=["half", "end", "check sum", "middle", "plain", "cut inside", "empty", "page"],
)
def test_a_damaged_archive(source, damage):
    whole = tar({**CIFAR, "cifar-100-binary/train.bin": record(1, 0, 10) * 50} if source == "cifar100" else IMAGENETTE)
    sentence = error(copy(source, damage(whole)))
    assert "copy.tgz" in sentence
    assert Path("copy.tgz").exists()


def test_a_download_is_kept_for_the_next_run():
    data = tar(IMAGENETTE)
    with serving(file(data)) as server:
        settings = Params(source="imagenette", imagenette={"urls": [server.url]})
        for _ in range(2):
            fetch(settings, Path("data/images"))
        assert len(server.asked) == 1
    source = PictureArchive.open().source
    assert source["url"] == server.url and source["archive"]["bytes"] == len(data)


def test_a_damaged_download_is_removed():
    data = tar(IMAGENETTE)
    with serving(file(data[: len(data) // 2])) as server:
        error(Params(source="imagenette", imagenette={"urls": [server.url]}))
    assert [path for path in Path(".quoi/downloads").iterdir() if path.suffix == ".tar"] == []


def test_the_digest_of_a_published_archive_is_known():
    with serving(file(tar(IMAGENETTE))) as server:
        url = server.url.replace("file.tar", "imagenette2-160.tgz")
        sentence = error(Params(source="imagenette", imagenette={"urls": [url]}))
    assert "but 64d0c4859f35a461889e0147755a999a48b49bf38a7e0f9bd27003f10db02fe5 is pinned" in sentence


def test_no_server_gives_it():
    with serving(status(404)) as server:
        sentence = error(Params(source="cifar100", cifar100={"urls": [server.url]}))
    assert sentence.startswith(f"CIFAR-100 could not be downloaded: {server.url} ")
    assert sentence.endswith("a copy of your own can be named in images.cifar100.path.")


def test_a_copy_that_is_absent_or_another_one():
    settings = Params(source="cifar100", cifar100={"path": "absent.tgz"})
    assert error(settings) == "absent.tgz, which images.cifar100.path names, does not exist."
    sentence = error(copy("cifar100", tar(CIFAR), sha256="ab" * 32))
    assert f"but images.cifar100.sha256 pins {'ab' * 32}" in sentence
