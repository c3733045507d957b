"""data/images: pictures in one uncompressed zip, a table of what they are, and a note on where they are from."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.images.pictures import Picture, shown
from quoi.io.errors import absent
from quoi.io.files import read_json
from quoi.io.tables import read_table

if TYPE_CHECKING:
    import pyarrow as pa
    from PIL.Image import Image

    from quoi.images.convert import Converted

ZIP, TABLE, NOTE = "images.zip", "images.parquet", "source.json"

COLUMNS = ("file", "name", "label", "synset", "group", "split", "offset", "bytes")
"""Of the table. `file` is the zip's member; its bytes lie in the zip from `offset` on, as they are."""

_ROWS = 4096
_LOCAL_HEADER = 30


@dataclass(frozen=True)
class PictureArchive:
    """Labelled pictures that are read when they are asked for; safe to hand to other processes."""

    path: Path
    table: pa.Table
    """A row a picture, in the order of their numbers; columns `COLUMNS`."""
    source: dict[str, Any]
    """What source.json says: name, url, licence, attribution, …"""

    @classmethod
    def open(cls, folder: Path | str = "data/images") -> PictureArchive:
        """Read the table; pictures are read later.

        Raises:
            QuoiError: the folder, or a file in it, is not there, or is damaged.
        """
        folder = Path(folder)
        note, table = read_json(folder / NOTE), read_table(folder / TABLE, COLUMNS)
        if not (folder / ZIP).exists():
            raise absent(folder / ZIP)
        return cls(folder / ZIP, table, note)

    def __len__(self) -> int:
        return len(self.table)

    def encoded(self, number: int) -> bytes:
        """A picture as the PNG or JPEG file that it is."""
        offset, size = (self.table.column(name)[number].as_py() for name in ("offset", "bytes"))
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def __getitem__(self, number: int) -> Image:
        """A picture, RGB.

        Raises:
            IndexError: there is no such number.
        """
        from PIL import Image

        return Image.open(io.BytesIO(self.encoded(number)), formats=["JPEG", "PNG"]).convert("RGB")


def write(folder: Path, pictures: Iterable[tuple[Picture, Converted]]) -> None:
    """Write the zip and the table into an existing folder; the same pictures give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    with zipfile.ZipFile(folder / ZIP, "w", zipfile.ZIP_STORED) as archive:
        for number, (picture, converted) in enumerate(pictures):
            # Dated at the first moment that a zip knows, and readable by everybody.
            member = zipfile.ZipInfo(f"{number:06}{converted.suffix}", (1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, converted.data)
            columns["file"].append(member.filename)
            columns["name"].append(shown(picture.name))
            for name in ("label", "synset", "group", "split"):
                columns[name].append(getattr(picture, name))
            columns["offset"].append(member.header_offset + _LOCAL_HEADER + len(member.filename))
            columns["bytes"].append(len(converted.data))
    kinds = {name: pa.int64() if name in ("offset", "bytes") else pa.string() for name in COLUMNS}
    table = pa.table(columns, pa.schema(kinds))
    pq.write_table(table, folder / TABLE, compression="zstd", row_group_size=_ROWS)
