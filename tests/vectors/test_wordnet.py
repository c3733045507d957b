"""The nouns: from an archive, a folder or a file of WordNet's, or timm's list; which of several a name means."""

from __future__ import annotations

import hashlib
import random
import tarfile
from importlib import util
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.io.download import FOLDER
from quoi.io.errors import QuoiError
from quoi.params.vectors import Labels, WordNet
from quoi.vectors import wordnet
from quoi.vectors.wordnet import LICENCE, Nouns, Synset, nouns, read_synsets
from tests.archives import tar
from tests.imports import loaded
from tests.server import file, serving, status
from tests.vectors.wordnet_files import LICENCE as LICENCE_LINE
from tests.vectors.wordnet_files import data_noun, line

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
            members,
            "w" + ":gz"[: 3 * (form != "tar")],
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
    assert error(WordNet(path="data.noun", sha256="0" * 64)) == (
        f"data.noun has the SHA-256 {digest}, but labels.wordnet.sha256 pins {'0' * 64}."
    )


def test_the_published_archive_is_loaded_once() -> None:
    packed = tar(Path("made.tar.gz"), {"WordNet-3.0/dict/data.noun": CONTENT}, "w:gz").read_bytes()
    with serving(file(packed)) as server:
        params = Labels(nouns="wordnet", wordnet=WordNet(urls=[f"{server.url}/WordNet-3.0.tar.gz"]))
        first, second = nouns(params), nouns(params)
        assert len(server.asked) == 1
    assert first.synsets == second.synsets and len(first) == 2
    assert first.source["url"].endswith("/WordNet-3.0.tar.gz") and (FOLDER / "nouns-WordNet-3.0.tar.gz").is_file()


def test_a_download_that_is_refused_is_not_kept() -> None:
    with serving(file(b"not at all an archive of nouns")) as server:
        said = error(WordNet(urls=[f"{server.url}/WordNet-3.0.tar.gz"]))
    assert "line 1 is no noun synset" in said and "'not at all" in said
    assert not (FOLDER / "nouns-WordNet-3.0.tar.gz").exists()


def test_no_archive_to_be_had_names_the_other_way() -> None:
    with serving(status(404)) as server:
        said = error(WordNet(urls=[f"{server.url}/w.tar.gz"]))
    assert said.startswith("WordNet could not be downloaded: ")
    assert said.endswith("a copy of your own can be named in labels.wordnet.path.")


def test_what_is_no_copy() -> None:
    assert error(WordNet(path="absent")) == "absent, which labels.wordnet.path names, does not exist."
    Path("empty").mkdir()
    assert error(WordNet(path="empty")) == "empty/data.noun, which labels.wordnet.path names, does not exist."
    tar(Path("other.tar.gz"), {"data.verb": CONTENT, "dict": b""}, "w:gz")
    assert error(WordNet(path="other.tar.gz")) == (
        "There is no data.noun in other.tar.gz: it is another archive than WordNet's."
    )


def test_every_truncation_of_an_archive_is_refused() -> None:
    packed = tar(Path("wn.tar.gz"), {"README": b"x" * 3000, "dict/data.noun": CONTENT}, "w:gz").read_bytes()
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


def test_the_nouns_of_imagenet() -> None:
    found = nouns(Labels())
    assert len(found) == 21_844 and [id for id, _ in found.synsets] == sorted({id for id, _ in found.synsets})
    assert found.of_id("n02084071").lemmas == ("dog", "domestic dog", "Canis familiaris")
    assert found.of_id("n04399382").lemmas == ("teddy", "teddy bear") and found.of_id("n00000001") is None
    assert found.named("Boat").id == "n02858304" and found.named("ice-cream").id == "n07614500"
    assert found.source["name"] == "imagenet21k" and found.source["file"].startswith("imagenet_synset_to_lemma.txt of")


def test_neither_timm_nor_torch_is_imported_for_its_list() -> None:
    code = "from quoi.vectors.wordnet import imagenet21k; imagenet21k()"
    assert loaded(code, "timm", "torch", "pandas") == []


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


# data.noun, line by line

# As WordNet 3.0 has it, but for the offsets: the pointers lead to the one other line.
DOG = (
    b"00000000 05 n 03 dog 0 domestic_dog 0 Canis_familiaris 0 003 @ 00000148 n 0000 #m 00000148 n 0000 "
    b"+ 01000000 a 0103 | a member of the genus Canis  \n"
)
ENTITY = b"00000148 03 n 01 entity 0 000 | that which is perceived or known  \n"


def refusal(content: bytes) -> str:
    with pytest.raises(QuoiError) as raised:
        read_synsets(content, "data.noun")
    assert "\n" not in str(raised.value) and str(raised.value).endswith(".")
    return str(raised.value)


def test_synsets_by_hand() -> None:
    assert read_synsets(DOG + ENTITY, "data.noun") == [
        Synset("n00000000", ("dog", "domestic dog", "Canis familiaris")),
        Synset("n00000148", ("entity",)),
    ]


def test_the_lines_of_licence_are_passed_over() -> None:
    content, ids = data_noun([(["hen"], [])], LICENCE_LINE * 29)
    assert read_synsets(content, "data.noun") == [Synset(ids[0], ("hen",))]


word = st.from_regex(r"[A-Za-z0-9.'/-]{1,12}( [A-Za-z0-9.'-]{1,9}){0,2}", fullmatch=True)


@settings(max_examples=50)
@given(st.lists(st.lists(word, min_size=1, max_size=9), min_size=1, max_size=6), st.data())
def test_what_is_written_is_read(lemmas: list[list[str]], data: st.DataObject) -> None:
    pointers = st.lists(st.integers(0, len(lemmas) - 1), max_size=3)
    content, ids = data_noun([(words, data.draw(pointers)) for words in lemmas])
    synsets = read_synsets(content, "data.noun")
    assert synsets == [Synset(id, tuple(words)) for id, words in zip(ids, lemmas, strict=True)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "data.noun holds no synset: it is not data.noun of WordNet."),
        (LICENCE_LINE, "data.noun holds no synset: it is not data.noun of WordNet."),
        (b"\x1f\x8b\x08", "data.noun, line 1 is no noun synset"),
        (DOG.replace(b" n 03", b" v 03"), "data.noun, line 1 is no noun synset"),
        (DOG.replace(b"03 dog", b"00 003 dog"), "data.noun, line 1 is no noun synset"),
        (DOG.replace(b"domestic_dog 0", b"domestic_dog"), "data.noun, line 1 is no noun synset"),
        (DOG.replace(b"_", b"\xc3"), "data.noun, line 1 is no noun synset"),
        (DOG.replace(b"| ", b""), "data.noun, line 1 is no noun synset"),
        (DOG + ENTITY[:-9], "data.noun, line 2 is no noun synset"),
        (
            ENTITY,
            "data.noun, line 1 is no noun synset",
        ),
        (
            DOG + DOG,
            "data.noun, line 2 is no noun synset of WordNet's that begins with its own offset, 00000148",
        ),
        (
            (LICENCE_LINE + line(len(LICENCE_LINE), ["hen"]) * 2).replace(b"\n", b"\r\n"),
            "data.noun, line 2 is no noun synset",
        ),
    ],
)
def test_what_is_wrong(content: bytes, sentence: str) -> None:
    assert refusal(content).startswith(sentence)


def test_a_file_that_breaks_off_in_a_line_is_refused() -> None:
    content, _ = data_noun([(["hen"], [1]), (["cock", "rooster"], [2]), (["chick"], [0])])
    for size in range(len(content)):
        if not content[:size].endswith(b"\n") or content[:size] == LICENCE_LINE:
            refusal(content[:size])


def test_random_damage_is_refused_or_read() -> None:
    content, _ = data_noun([([f"word {number}", "x"], [number // 2]) for number in range(30)])
    draw = random.Random(1)
    refused = 0
    for _ in range(600):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            place = draw.randrange(len(damaged))
            damaged[place : place + draw.randint(0, 2)] = draw.randbytes(draw.randint(0, 2))
        try:
            synsets = read_synsets(bytes(damaged), "data.noun")
        except QuoiError as raised:
            refused += "\n" not in str(raised)
        else:
            assert len(synsets) <= 30 and all(synset.lemmas and all(synset.lemmas) for synset in synsets)
    assert refused > 300
