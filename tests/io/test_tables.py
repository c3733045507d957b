"""The Parquet tables between the stages."""

from __future__ import annotations

from pathlib import Path

import pytest

from quoi.io.errors import QuoiError
from quoi.io.tables import read_columns, write_tokens


def test_tokens_survive_the_file_and_are_the_same_bytes(tmp_path: Path) -> None:
    english, french = [["what", "?"], [], ["\n"]], [["où", "\u00a0", "?"], ["x"], []]
    for name in ("a", "b"):
        write_tokens(tmp_path / name, english, french)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert read_columns(tmp_path / "a") == [english, french]
    assert read_columns(tmp_path / "a", ["target"]) == [french]


def test_tables_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "tokens.parquet"
    with pytest.raises(QuoiError, match=r"tokens\.parquet does not exist yet: run `dvc repro`"):
        read_columns(path)
    write_tokens(path, [["a"]], [["b"]])
    with pytest.raises(QuoiError, match=r"tokens\.parquet is damaged or has no columns line"):
        read_columns(path, ["line"])
    whole = path.read_bytes()
    for content in (b"", b"rubbish", whole[:-20]):
        path.write_bytes(content)
        with pytest.raises(QuoiError, match=r"tokens\.parquet is damaged"):
            read_columns(path)
