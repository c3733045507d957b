"""The nouns: from an archive, a folder or a file of WordNet's, or timm's list; which of several a name means."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from importlib import util
from pathlib import Path
from types import SimpleNamespace

import pytest

from quoi.io.download import FOLDER
from quoi.io.errors import QuoiError
from quoi.params.vectors import Labels, WordNet
from quoi.vectors import wordnet
from quoi.vectors.data_noun import LARGEST, Synset
from quoi.vectors.wordnet import LICENCE, Nouns, nouns
from tests.imports import loaded
from tests.server import file, serving, status
from tests.vectors.wordnet_files import data_noun, tar

CONTENT, IDS = data_noun([(["hen"], [1]), (["domestic fowl", "fowl"], [])])


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def error(params: WordNet) -> str:
    with pytest.raises(QuoiError) as raised:
        wordnet.wordnet(params)
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("form", ["file", "database", "folder above", "tar", "tar.gz", "renamed"])
def test_a_copy_of_ones_own(form: str) -> None:
    members = {"WordNet-3.0/README": b"x" * 5000, "WordNet-3.0/dict/data.noun": CONTENT, "z": b"y"}
    if form in ("tar", "tar.gz", "renamed"):
        path = tar(
            Path({"tar": "wn.tar", "tar.gz": "wn.tar.gz", "renamed": "wn"}[form]),
            "w" + ":gz"[: 3 * (form != "tar")],
            members,
        )
    else:
        folder = Path("wn/dict") if form == "folder above" else Path("wn")
        folder.mkdir(parents=True)
        (folder / "data.noun").write_bytes(CONTENT)
        path = folder / "data.noun" if form == "file" else Path("wn")
    found = wordnet.wordnet(WordNet(path=str(path)))
    assert found.synsets == [Synset(IDS[0], ("hen",)), Synset(IDS[1], ("domestic fowl", "fowl"))]
    assert found.source == {
        "name": "wordnet",
        "file": path.name if form not in ("database", "folder above") else "data.noun",
        "url": None,
        "licence": LICENCE,
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }


def test_the_digest_of_a_copy() -> None:
    Path("data.noun").write_bytes(CONTENT)
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert len(wordnet.wordnet(WordNet(path="data.noun", sha256=digest))) == 2
    told = f"data.noun has the SHA-256 {digest}, but labels.wordnet.sha256 pins {'0' * 64}."
    assert error(WordNet(path="data.noun", sha256="0" * 64)) == told


def test_the_published_archive_is_loaded_once() -> None:
    packed = tar(Path("made.tar.gz"), "w:gz", {"WordNet-3.0/dict/data.noun": CONTENT}).read_bytes()
    with serving(file(packed)) as server:
        params = Labels(nouns="wordnet", wordnet=WordNet(urls=[f"{server.url}/WordNet-3.0.tar.gz"]))
        first, second = nouns(params), nouns(params)
        assert len(server.asked) == 1
    assert first.synsets == second.synsets and len(first) == 2
    assert first.source["url"].endswith("/WordNet-3.0.tar.gz") and (FOLDER / "nouns-WordNet-3.0.tar.gz").is_file()


def test_a_download_that_is_refused_is_not_kept() -> None:
    with serving(file(b"not at all an archive of nouns")) as server:
        told = error(WordNet(urls=[f"{server.url}/WordNet-3.0.tar.gz"]))
    assert "line 1 is no noun synset: it begins with 'not at all" in told
    assert not (FOLDER / "nouns-WordNet-3.0.tar.gz").exists()


def test_no_archive_to_be_had_names_the_other_way() -> None:
    with serving(status(404)) as server:
        told = error(WordNet(urls=[f"{server.url}/w.tar.gz"]))
    assert told.startswith("WordNet could not be downloaded: ")
    assert told.endswith("a copy of your own can be named in labels.wordnet.path.")


def test_what_is_no_copy() -> None:
    assert error(WordNet(path="absent")) == "absent, which labels.wordnet.path names, does not exist."
    Path("empty").mkdir()
    assert error(WordNet(path="empty")) == "There is no data.noun in the folder empty that labels.wordnet.path names."
    tar(Path("other.tar.gz"), "w:gz", {"data.verb": CONTENT, "dict": b""})
    told = "There is no data.noun in other.tar.gz: it is another archive than WordNet's."
    assert error(WordNet(path="other.tar.gz")) == told


def test_every_truncation_of_an_archive_is_refused() -> None:
    packed = tar(Path("wn.tar.gz"), "w:gz", {"README": b"x" * 3000, "dict/data.noun": CONTENT}).read_bytes()
    # What is missing behind data.noun does no harm: it is only the archive's padding, and gzip's check sum.
    for size in (*range(2, len(packed) // 2, 7), 1):
        Path("wn.tar.gz").write_bytes(packed[:size])
        assert error(WordNet(path="wn.tar.gz")).startswith(("wn.tar.gz", "dict/data.noun in wn.tar.gz", "There is no"))


def test_a_link_named_data_noun_is_not_followed() -> None:
    info = tarfile.TarInfo("dict/data.noun")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open("wn.tar", "w") as archive:
        archive.addfile(info)
    assert error(WordNet(path="wn.tar")).startswith("There is no data.noun in wn.tar")


def test_a_compression_bomb_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordnet, "LARGEST", LARGEST >> 6)
    info = tarfile.TarInfo("README")
    info.size = LARGEST >> 5
    with gzip.open("wn.tar.gz", "wb", compresslevel=1) as packed:
        packed.write(info.tobuf())
        for _ in range(info.size >> 20):
            packed.write(bytes(1 << 20))
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            late = tarfile.TarInfo("data.noun")
            late.size = len(CONTENT)
            archive.addfile(late, io.BytesIO(CONTENT))
        packed.write(content.getvalue())
    assert error(WordNet(path="wn.tar.gz")) == ("wn.tar.gz is no readable tar archive: it holds far more than WordNet.")


def test_the_nouns_of_imagenet() -> None:
    found = nouns(Labels())
    assert len(found) == 21_844 and [each.id for each in found.synsets] == sorted({each.id for each in found.synsets})
    assert found.of_id("n02084071").lemmas == ("dog", "domestic dog", "Canis familiaris")
    assert found.of_id("n04399382").lemmas == ("teddy", "teddy bear") and found.of_id("n00000001") is None
    assert found.named("Boat").id == "n02858304" and found.named("ice-cream").id == "n07614500"
    assert found.source["name"] == "imagenet21k" and found.source["file"].startswith("imagenet_synset_to_lemma.txt of")


def test_neither_timm_nor_torch_is_imported_for_its_list() -> None:
    code = "from quoi.vectors.wordnet import imagenet21k; imagenet21k()"
    assert loaded(code, "timm", "torch", "pandas") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("n00000001\thorse\nn2\tcow\n", "line 2 is 'n2\\tcow': a synset, a tab and its lemmas are needed."),
        ("n00000001 horse\n", "line 1 is 'n00000001 horse': a synset, a tab and its lemmas are needed."),
        ("n00000001\t, ,\n", "line 1 is 'n00000001\\t, ,': a synset, a tab and its lemmas are needed."),
        ("n00000001\thorse\nn00000001\tcow\n", "holds the synset n00000001 twice."),
        (None, "does not exist."),
    ],
)
def test_a_list_of_another_form(monkeypatch, tmp_path: Path, text: str | None, sentence: str) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: SimpleNamespace(submodule_search_locations=[str(tmp_path)]))
    if text is not None:
        (tmp_path / "data/_info").mkdir(parents=True)
        (tmp_path / "data/_info/imagenet_synset_to_lemma.txt").write_text(text)
    with pytest.raises(QuoiError) as raised:
        nouns(Labels())
    assert str(raised.value).endswith(sentence)


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(util, "find_spec", lambda name: None)
    with pytest.raises(QuoiError, match=r"^Package timm is not installed: install it, or .* another labels\.nouns\.$"):
        nouns(Labels())


def test_which_synset_a_name_means() -> None:
    found = Nouns(
        [
            Synset("n00000001", ("porcelain", "china")),
            Synset("n00000002", ("china",)),
            Synset("n00000003", ("Taiwan", "China")),
            Synset("n00000004", ("crane",)),
            Synset("n00000005", ("crane", "hoist")),
            Synset("n00000006", ("hoist", "jack-o'-lantern")),
            Synset("n00000007", ("Hoist",)),
        ],
        {},
    )
    named = {
        "china": 2,  # its first lemma, though the one before has a lower id
        "China": 3,  # spelled so, though it is nobody's first lemma
        "CHINA": 2,
        "Crane": 4,
        "crane": 4,
        "hoist": 6,
        "HOIST": 6,
        "jack_o’_lantern": 6,
        " Jack  O' Lantern": 6,
    }
    assert {name: found.named(name) and int(found.named(name).id[1:]) for name in named} == named
    assert found.named("") is None and found.named("ship") is None
