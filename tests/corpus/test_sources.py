"""From a source to the two gzip files: form, checks and repeatability."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from quoi.corpus.sources import fetch
from quoi.errors import QuoiError
from quoi.params.corpus import Atlas, Corpus, Files

NAMES = "corpus.en.gz", "corpus.fr.gz"


def files(**given: Path) -> Corpus:
    return Corpus(source="files", files=Files(**{name: str(path) for name, path in given.items()}))


def raw(folder: Path) -> list[bytes]:
    return [gzip.decompress((folder / name).read_bytes()) for name in NAMES]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_two_aligned_files(tmp_path: Path, pack) -> None:
    english, french = tmp_path / "en", tmp_path / "fr"
    english.write_bytes(pack(b"\xef\xbb\xbfWhat?\r\n\xff\nlast"))
    french.write_bytes(pack("Quoi ?\n\ndernière\n".encode()))
    assert fetch(files(english=english, french=french), tmp_path / "raw") == 3
    assert raw(tmp_path / "raw") == [b"\xef\xbb\xbfWhat?\r\n\xff\nlast\n", "Quoi ?\n\ndernière\n".encode()]
    note = json.loads((tmp_path / "raw" / "source.json").read_text())
    assert (note["name"], note["url"], note["licence"], note["lines"]) == ("files", None, "not stated", 3)
    for name in NAMES:
        data = (tmp_path / "raw" / name).read_bytes()
        assert note["sha256"][name] == hashlib.sha256(data).hexdigest()
        assert note["bytes"][name] == len(data)
        assert data[4:8] == bytes(4)  # no time in the header


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("leading", [b"", b"source\t"], ids=["2 columns", "3 columns"])
def test_table(tmp_path: Path, pack, leading: bytes) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(pack(b"\xef\xbb\xbf" + leading + b"What?\tQuoi ?\r\n" + leading + b"Who?\tQui ?"))
    assert fetch(files(pairs=path), tmp_path / "raw") == 2
    assert raw(tmp_path / "raw") == [b"What?\nWho?\n", b"Quoi ?\r\nQui ?\n"]


def test_same_data_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(b"What?\tQuoi ?\n" * 50_000)
    for folder in ("a", "b"):
        fetch(files(pairs=path), tmp_path / folder)
    for name in (*NAMES, "source.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"What?\tQuoi ?\nWho?\n", r"pairs\.tsv, line 2 has 1 column: 2 .* as line 1 has 2\."),
        (b"a\tWhat?\tQuoi ?\nWho?\tQui ?\n", r"line 2 has 2 columns: .* as line 1 has 3\."),
        (b"a\tb\tWhat?\tQuoi ?\n", r"line 1 has 4 columns: 2 \(english, french\) or 3 \(anything, english, french\)"),
        (b"What? Quoi ?\n", r"line 1 has 1 column: .* are needed\."),
        (b"", r"There is no line in column english of .*pairs\.tsv"),
        (gzip.compress(b"What?\tQuoi ?\n" * 10_000)[:-60], r"pairs\.tsv is a truncated gzip file: .* after line"),
    ],
)
def test_tables_that_are_none(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(content)
    with pytest.raises(QuoiError, match=said):
        fetch(files(pairs=path), tmp_path / "raw")
    assert not list((tmp_path / "raw").iterdir())


def test_differing_line_counts_give_both(tmp_path: Path) -> None:
    english, french = tmp_path / "mine.en", tmp_path / "mine.fr"
    english.write_bytes(b"a\nb\nc")
    french.write_bytes(b"a\nb\n")
    with pytest.raises(QuoiError, match=r"mine\.en has 3 lines and .*mine\.fr has 2: the two must be aligned"):
        fetch(files(english=english, french=french), tmp_path / "raw")
    french.write_bytes(b"")
    with pytest.raises(QuoiError, match=r"There is no line in .*mine\.fr"):
        fetch(files(english=english, french=french), tmp_path / "raw")


def test_absent_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(QuoiError, match=r"absent\.tsv does not exist"):
        fetch(files(pairs=tmp_path / "absent.tsv"), tmp_path / "raw")
    with pytest.raises(QuoiError, match="is a folder"):
        fetch(files(pairs=tmp_path), tmp_path / "raw")


def test_full_disk_leaves_the_earlier_corpus(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes(b"What?\tQuoi ?\n")
    fetch(files(pairs=path), tmp_path / "raw")
    before = raw(tmp_path / "raw")
    path.write_bytes(b"Other?\tAutre ?\n")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gzip.GzipFile, "write", full)
    with pytest.raises(QuoiError, match=r"corpus\.fr\.gz cannot be written: the disk is full\."):
        fetch(files(pairs=path), tmp_path / "raw")
    monkeypatch.undo()
    assert raw(tmp_path / "raw") == before
    assert len(list((tmp_path / "raw").iterdir())) == 3


def test_the_generated_corpus_has_the_same_form(tmp_path: Path, monkeypatch) -> None:
    stub = ModuleType("quoi.corpus.sources.atlas")
    stub.DESCRIPTION, stub.LICENCE = "Made up.", "MIT"
    stub.generate = lambda questions, seed: iter([("What?", "Quoi ?"), ("", "é"), (f"{questions}", f"{seed}")])
    monkeypatch.setitem(sys.modules, "quoi.corpus.sources.atlas", stub)
    monkeypatch.setattr("quoi.corpus.sources.atlas", stub, raising=False)
    assert fetch(Corpus(atlas=Atlas(questions=50, seed=7)), tmp_path) == 3
    assert raw(tmp_path) == [b"What?\n\n50\n", "Quoi ?\né\n7\n".encode()]
    assert json.loads((tmp_path / "source.json").read_text())["description"] == "Made up."
