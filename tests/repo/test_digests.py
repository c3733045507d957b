from __future__ import annotations

import posixpath

from hypothesis import given
from hypothesis import strategies as st

from quoi.repo import digests

NAMES = st.from_regex(r"\A[a-cé ._/@-]{1,12}\Z").filter(
    lambda name: posixpath.normpath(name) == name and not name.startswith((".", "/")) and "\x00" not in name
)


@given(st.dictionaries(NAMES, st.binary(max_size=20), min_size=1, max_size=6))
def test_a_folder_has_the_digest_that_dvc_gives_it(files):
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.tree import Tree

    files = {name: content for name, content in files.items() if not any(o.startswith(f"{name}/") for o in files)}
    tree = Tree()
    for name, content in files.items():
        tree.add(tuple(name.split("/")), None, HashInfo("md5", digests.of_bytes(content)))
    tree.digest()
    assert digests.of_listing((name, digests.of_bytes(content)) for name, content in files.items()) == tree.oid


def test_of_a_path_of_nothing_and_without_what_dvc_ignores(tmp_path):
    assert digests.of_path(tmp_path / "none") is None
    (tmp_path / "code/sub").mkdir(parents=True)
    (tmp_path / "code/a.py").write_text("a")
    (tmp_path / "code/sub/b.py").write_text("b")
    before = digests.of_path(tmp_path / "code")
    (tmp_path / "code/__pycache__").mkdir()
    (tmp_path / "code/__pycache__/a.pyc").write_text("compiled")
    (tmp_path / "code/model.partial").write_text("half")
    assert digests.of_path(tmp_path / "code") == before
    assert before == digests.of_listing([("sub/b.py", digests.of_bytes(b"b")), ("a.py", digests.of_bytes(b"a"))])
    (tmp_path / "code/sub/b.py").write_text("c")
    assert digests.of_path(tmp_path / "code") != before


def test_in_a_commit_a_folder_has_the_digest_it_has_on_disk(monkeypatch):
    monkeypatch.setattr(digests.git, "files", lambda *_: {"code/a.py": "1", "code/sub/b.py": "2", "coder": "3"})
    monkeypatch.setattr(digests.git, "content", lambda root, blob: {"1": b"a", "2": b"b", "3": b"c"}[blob])
    listed = digests.of_listing([("a.py", digests.of_bytes(b"a")), ("sub/b.py", digests.of_bytes(b"b"))])
    assert digests.of_commit(".", "HEAD", "code") == digests.of_commit(".", "HEAD", "./code/") == listed
    assert digests.of_commit(".", "HEAD", "coder") == digests.of_bytes(b"c")
    assert digests.of_commit(".", "HEAD", "cod") is None


def test_a_value_has_one_digest_however_it_is_written():
    assert digests.of_value({"a": 1, "b": [None]}) == digests.of_value({"b": [None], "a": 1})
    assert digests.of_value({"a": 1}) != digests.of_value({"a": "1"})
