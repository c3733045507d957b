"""Published vectors: a local copy or a download, archives, digests, and what a report says of them."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from quoi.io.download import FOLDER
from quoi.io.errors import QuoiError
from quoi.params.vectors import LanguageVectors, PublishedVectors, Vectors
from quoi.vectors.fasttext_bin import BinaryModel
from quoi.vectors.published import open_published
from quoi.vectors.text_file import TextFile
from tests.server import file, serving
from tests.vectors.conftest import Model, vec

VEC = vec({"le": [1.0, 2.0], "de": [3.0, 5.0]})
GLOVE = vec({"the": [1.0, 2.0], "of": [3.0, 5.0]}, header=False)


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def opened(source: str, **given: Any) -> TextFile | BinaryModel:
    published = PublishedVectors(**given)
    return open_published(Vectors(source=source, published=published), "fr")


def error(source: str, **given: Any) -> str:
    with pytest.raises(QuoiError) as raised:
        opened(source, **given)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def zipped(path: str, members: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return Path(path).read_bytes()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(("source", "content"), [("fasttext-vec", VEC), ("glove", GLOVE)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_local_copy(source: str, content: bytes, pack) -> None:
    Path("vectors").write_bytes(pack(content))
    found = opened(source, path="vectors", licence="CC0", sha256=sha256(pack(content)))
    assert not found.subwords and str(found).startswith("vectors, ")
    assert found.lookup(["of", "de"]).vectors.sum() == 8
    assert found.describe() == {
        "name": source, "file": "vectors", "url": None, "licence": "CC0", "sha256": sha256(pack(content)),
        "words": 2, "repeated": 0, "left_out": 0,
    }  # fmt: skip
    assert not FOLDER.exists()


def test_a_binary_model_and_one_in_gzip(model: Model) -> None:
    Path("cc.fr.bin.gz").write_bytes(gzip.compress(model.path.read_bytes()))
    expected = model.trained.lookup(["où", "heures"])
    for path in (model.path, Path("cc.fr.bin.gz")):
        found = opened("fasttext-bin", path=str(path))
        assert found.subwords and found.lookup(["où", "heures"]).vectors.tobytes() == expected.vectors.tobytes()
    assert found.describe()["file"] == "cc.fr.bin.gz" and found.describe()["words"] == 10
    (unpacked,) = FOLDER.iterdir()
    assert unpacked.name.endswith("-cc.fr.bin") and unpacked.read_bytes() == model.path.read_bytes()


def test_an_archive_is_unpacked_once(monkeypatch) -> None:
    zipped("wiki.fr.zip", {"wiki.fr.vec": VEC, "wiki.fr.bin": b"not asked for"})
    for _ in range(2):
        assert opened("fasttext-vec", path="wiki.fr.zip").lookup(["le"]).found.all()
        monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert [path.read_bytes() for path in FOLDER.iterdir()] == [VEC]


def test_another_archive_of_the_same_name_is_unpacked_anew() -> None:
    zipped("wiki.zip", {"wiki.vec": VEC})
    assert opened("fasttext-vec", path="wiki.zip").lookup(["le"]).found.all()
    zipped("wiki.zip", {"wiki.vec": VEC.replace(b"le", b"la")})
    assert not opened("fasttext-vec", path="wiki.zip").lookup(["le"]).found.any()


def test_the_only_file_of_an_archive_and_one_of_several() -> None:
    zipped("one.zip", {"vectors/": b"", "vectors/anything": GLOVE})
    assert opened("glove", path="one.zip").lookup(["the"]).found.all()
    zipped("glove.6B.zip", {"glove.6B.50d.txt": b"wrong", "glove.6B.100d.txt": GLOVE})
    assert opened("glove", path="glove.6B.zip", member="glove.6B.100d.txt").lookup(["the"]).found.all()
    several = "and must name one of the files in glove.6B.zip: glove.6B.50d.txt, glove.6B.100d.txt."
    assert error("glove", path="glove.6B.zip") == f"vectors.published.member is None, {several}"
    said = error("glove", path="glove.6B.zip", member="glove.6B.300d.txt")
    assert said == f"vectors.published.member is 'glove.6B.300d.txt', {several}"


def test_names_in_an_archive_lead_nowhere() -> None:
    for name in ("../../../escaped.vec", "/escaped.vec", "..", "C:\\escaped.vec"):
        zipped("hostile.zip", {name: VEC})
        assert opened("fasttext-vec", path="hostile.zip").lookup(["le"]).found.all()
        shutil.copy("hostile.zip", f"other{len(name)}.zip")
    assert {path.name for path in Path().iterdir()} == {
        ".quoi",
        "hostile.zip",
        *(f"other{n}.zip" for n in (20, 12, 2, 14)),
    }
    assert all(path.parent == FOLDER and path.is_file() for path in FOLDER.iterdir())


def test_archives_that_are_damaged_or_hold_another_file() -> None:
    whole = zipped("wiki.zip", {"wiki.vec": VEC * 50})
    damaged = bytearray(whole)
    damaged[60] ^= 0xFF
    for content in (whole[:-30], bytes(damaged)):
        Path("bad.zip").write_bytes(content)
        assert "bad.zip is damaged, truncated or cannot be unpacked: " in error("fasttext-vec", path="bad.zip")
    encrypted = bytearray(whole)
    encrypted[6] |= 1
    encrypted[whole.index(b"PK\x01\x02") + 8] |= 1
    Path("secret.zip").write_bytes(encrypted)
    assert "cannot be unpacked: File 'wiki.vec' is encrypted" in error("fasttext-vec", path="secret.zip")
    said = error("fasttext-vec", path="wiki.zip", member="a")
    assert said == "vectors.published.member is 'a', and must name one of the files in wiki.zip: wiki.vec."
    Path("empty.zip").write_bytes(zipped("empty.zip", {}))
    assert "one of the files in empty.zip: none." in error("glove", path="empty.zip")
    assert not FOLDER.exists() or not list(FOLDER.iterdir())


def test_a_gzip_file_that_breaks_off(model: Model) -> None:
    packed = gzip.compress(model.path.read_bytes())
    damaged = bytearray(packed)
    damaged[len(packed) // 2] ^= 0xFF
    for content in (packed[:-20], bytes(damaged)):
        Path("cc.bin.gz").write_bytes(content)
        assert "cc.bin.gz is damaged, truncated or cannot be unpacked: " in error("fasttext-bin", path="cc.bin.gz")
    assert not FOLDER.exists() or not list(FOLDER.iterdir())


def test_files_that_are_not_as_params_say() -> None:
    Path("wiki.vec").write_bytes(VEC)
    assert error("fasttext-vec", path="wiki.vec", sha256="0" * 64) == (
        f"wiki.vec has the SHA-256 {sha256(VEC)}, but vectors.published.sha256 pins {'0' * 64}."
    )
    said = error("fasttext-vec", path="wiki.vec", member="wiki.fr.vec")
    assert said == "wiki.vec is no .zip archive, so vectors.published.member must be null; it is 'wiki.fr.vec'."
    assert error("glove", path="absent") == "absent, which vectors.published.path names, does not exist."
    said = "., which vectors.published.path names, is a folder; a file of word vectors is needed."
    assert error("glove", path=".") == said
    assert "wiki.vec is no fastText model" in error("fasttext-bin", path="wiki.vec")


def test_a_download() -> None:
    with serving(file(VEC)) as server:
        found = opened("fasttext-vec", urls=[f"{server.url}?raw=1"], sha256=sha256(VEC), licence="CC BY-SA 3.0")
        again = opened("fasttext-vec", urls=[f"{server.url}?raw=1"])
    assert found.lookup(["le"]).found.all() and again.lookup(["le"]).found.all()
    assert len(server.asked) == 1 and (FOLDER / "fr-file.tar").read_bytes() == VEC
    about = found.describe()
    assert (about["file"], about["url"], about["sha256"]) == ("file.tar", f"{server.url}?raw=1", sha256(VEC))


def test_a_local_copy_goes_before_a_download() -> None:
    Path("mine.vec").write_bytes(VEC)
    with serving(file(VEC)) as server:
        assert opened("fasttext-vec", path="mine.vec", urls=[server.url]).describe()["url"] is None
    assert not server.asked


@pytest.mark.parametrize("end", ["..", "a/?b=c", "%2e%2e"])
def test_the_name_of_a_download_is_harmless(end: str) -> None:
    with serving(file(VEC)) as server:
        opened("fasttext-vec", urls=[server.url.replace("file.tar", end)])
    (path,) = (path for path in FOLDER.iterdir() if path.read_bytes() == VEC)
    assert path.name.startswith("fr-") and len(path.name) > 3


def test_a_language_may_have_a_source_of_its_own() -> None:
    Path("glove.txt").write_bytes(GLOVE)
    Path("wiki.vec").write_bytes(VEC)
    settings = Vectors(
        source="fasttext-vec",
        published=PublishedVectors(path="wiki.vec"),
        languages={"en": LanguageVectors(source="glove", path="glove.txt")},
    )
    assert open_published(settings, "en").lookup(["of"]).found.all()
    assert open_published(settings, "fr").lookup(["de"]).found.all()
    assert [open_published(settings, language).origin["name"] for language in ("en", "fr")] == ["glove", "fasttext-vec"]
