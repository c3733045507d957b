"""Parquet tables between the stages: any of them read, and that of the tokens written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError, absent
from quoi.io.files import replacing


def read_columns(path: Path, names: Sequence[str] = ("source", "target")) -> list[list]:
    """Read columns of a table that an earlier stage wrote, each as a list with one entry a row.

    Raises:
        QuoiError: the file is absent, is no Parquet table, or lacks a column.
    """
    table = read_table(path, names)
    return [table.column(name).to_pylist() for name in names]


def read_table(path: Path, names: Sequence[str] | None = None) -> Any:
    """Read a table that an earlier stage wrote, whole or the columns of these names, as a pyarrow table.

    Raises:
        QuoiError: the file is absent, is no Parquet table, or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read(columns=names and list(names))
        return table.select(names) if names else table
    except FileNotFoundError:
        raise absent(path) from None
    except (KeyError, OSError, ValueError, pa.ArrowException) as error:
        lacks = f" or has no columns {', '.join(names)}" if names else ""
        raise QuoiError(f"{path} is damaged{lacks} ({error}): run `dvc repro`.") from None


def write_tokens(path: Path, source: list[list[str]], target: list[list[str]]) -> None:
    """Write columns source and target, each a list of strings a row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kind = pa.list_(pa.string())
    table = pa.table({"source": pa.array(source, kind), "target": pa.array(target, kind)})
    with replacing(path) as partial:
        pq.write_table(table, partial, compression="zstd")
