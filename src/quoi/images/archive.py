"""data/images: pictures in one uncompressed zip, a table of what they are, and a note on where they are from."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.images.pictures import Picture, shown
from quoi.io.errors import QuoiError
from quoi.io.files import read_json

if TYPE_CHECKING:
    import pyarrow as pa
    from PIL.Image import Image

    from quoi.images.convert import Converted

ZIP, TABLE, NOTE = "images.zip", "images.parquet", "source.json"

COLUMNS = ("file", "name", "label", "synset", "group", "split", "offset", "bytes")
"""Of the table. `file` is the zip's member; its bytes lie in the zip from `offset` on, as they are."""

_ROWS = 4096
_LOCAL_HEADER = 30


class Images:
    """Labelled pictures that are read when they are asked for; safe to hand to other processes.

    Attributes:
        table: a row a picture, in the order of their numbers; columns `COLUMNS`.
        source: what source.json tells: name, url, licence, attribution, …
    """

    def __init__(self, path: Path, table: pa.Table, source: dict[str, Any]) -> None:
        self.path, self.table, self.source = path, table.select(COLUMNS), source
        self._places = [table.column(name).to_numpy() for name in ("offset", "bytes")]

    @classmethod
    def open(cls, folder: Path | str = "data/images") -> Images:
        """Read the table and look whether the zip holds all of its pictures.

        Raises:
            QuoiError: the folder is not there, or is damaged.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        folder = Path(folder)
        source = read_json(folder / NOTE)
        try:
            table = pq.ParquetFile(folder / TABLE).read(columns=list(COLUMNS))
            images, size = cls(folder / ZIP, table, source), (folder / ZIP).stat().st_size
        except FileNotFoundError as error:
            raise QuoiError(f"{error.filename or folder / TABLE} does not exist: run `dvc repro --force`.") from None
        except (KeyError, OSError, pa.ArrowException) as error:
            raise QuoiError(f"{folder / TABLE} is damaged or has no columns {', '.join(COLUMNS)} ({error}).") from None
        ends = sum(images._places)
        if not len(ends) or ends.max() > size:
            raise QuoiError(f"{folder / ZIP} does not hold the pictures that {folder / TABLE} names.")
        return images

    def __len__(self) -> int:
        return len(self.table)

    def encoded(self, number: int) -> bytes:
        """A picture as the PNG or JPEG file that it is."""
        offset, size = (int(place[number]) for place in self._places)
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def __getitem__(self, number: int) -> Image:
        """A picture, RGB.

        Raises:
            IndexError: there is no such number.
            QuoiError: the zip has been damaged.
        """
        from PIL import Image

        try:
            return Image.open(io.BytesIO(self.encoded(number)), formats=["JPEG", "PNG"]).convert("RGB")
        except (OSError, SyntaxError, ValueError) as error:
            name = self.table.column("file")[number]
            raise QuoiError(f"{name} in {self.path} is damaged ({error}): run `dvc repro --force`.") from None

    def labels(self) -> list[str]:
        """The distinct labels, sorted."""
        return sorted(self.table.column("label").unique().to_pylist())


def write(folder: Path, pictures: Iterable[tuple[Picture, Converted]]) -> None:
    """Write the zip and the table into an existing folder; the same pictures give the same bytes."""
    import pyarrow.parquet as pq

    schema = _schema()
    rows: list[dict[str, Any]] = []
    with (
        zipfile.ZipFile(folder / ZIP, "w", zipfile.ZIP_STORED) as archive,
        pq.ParquetWriter(folder / TABLE, schema, compression="zstd") as table,
    ):
        for number, (picture, kept) in enumerate(pictures):
            # Of the first moment that a zip can tell, and readable by everybody.
            member = zipfile.ZipInfo(f"{number:06}{kept.suffix}", (1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, kept.data)
            rows.append(
                {
                    "file": member.filename,
                    "name": shown(picture.name),
                    "label": picture.label,
                    "synset": picture.synset,
                    "group": picture.group,
                    "split": picture.split,
                    "offset": member.header_offset + _LOCAL_HEADER + len(member.filename),
                    "bytes": len(kept.data),
                }
            )
            if len(rows) == _ROWS:
                _flush(table, rows)
        _flush(table, rows)


def _flush(table: Any, rows: list[dict[str, Any]]) -> None:
    import pyarrow as pa

    table.write_table(pa.Table.from_pylist(rows, _schema()))
    rows.clear()


def _schema() -> pa.Schema:
    import pyarrow as pa

    numbers = {"offset", "bytes"}
    return pa.schema([(name, pa.int64() if name in numbers else pa.string()) for name in COLUMNS])
