"""What lies in DVC's cache by digest, and files taken from wherever they still have theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quoi.repo.cache import Cache
from quoi.repo.digests import of_bytes, of_path
from quoi.repo.worktree import place


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def store(cache: Cache, content: bytes, folder: bool = False) -> str:
    """Put content into the cache; its digest."""
    digest = of_bytes(content) + (".dir" if folder else "")
    cache.object(digest).parent.mkdir(parents=True, exist_ok=True)
    cache.object(digest).write_bytes(content)
    return digest


def listing(*files: tuple[str, str]) -> bytes:
    return json.dumps([{"md5": digest, "relpath": name} for name, digest in files]).encode()


def test_the_files_of_an_output(cache):
    first = store(cache, b"one")
    folder = store(cache, listing(("a.txt", first), ("b/c.txt", "f" * 32)), folder=True)
    assert cache.files("data/one", first) == {"data/one": first}
    assert cache.files("data/all", folder) == {"data/all/a.txt": first, "data/all/b/c.txt": "f" * 32}


def test_an_output_is_whole_where_its_list_and_all_its_files_are_there(cache):
    first = store(cache, b"one")
    folder = store(cache, listing(("a.txt", first)), folder=True)
    assert cache.is_whole(first) and cache.is_whole(folder)
    cache.object(first).unlink()
    assert not cache.is_whole(first) and not cache.is_whole(folder)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'[{"md5": "a"}]'])
def test_a_list_that_is_damaged_or_gone_is_none(cache, content):
    folder = store(cache, content, folder=True)
    assert cache.files("data", folder) is None and not cache.is_whole(folder)
    assert cache.files("data", "0" * 32 + ".dir") is None


def test_a_file_is_placed_from_the_first_place_where_it_has_its_digest(tmp_path):
    for name, content in (("damaged", "two"), ("whole", "one")):
        (tmp_path / name).write_text(content)
    sources = [tmp_path / name for name in ("missing", "damaged", "whole")]
    (tmp_path / "cached").write_text("kept")
    (tmp_path / "target").symlink_to(tmp_path / "cached")
    assert place(tmp_path / "target", of_bytes(b"one"), sources)
    assert (tmp_path / "target").read_text() == "one" and (tmp_path / "cached").read_text() == "kept"
    assert not place(tmp_path / "other", of_bytes(b"three"), sources) and not (tmp_path / "other").exists()


def test_a_folder_is_placed_whole_and_in_place_of_what_was_there(tmp_path):
    for name in ("source/a", "source/__pycache__/a.pyc", "target/old"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert place(tmp_path / "target", of_path(tmp_path / "source"), [tmp_path / "source"])
    assert [path.name for path in (tmp_path / "target").rglob("*")] == ["a"]
