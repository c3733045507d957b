"""The Giga French-English corpus, release 2 (WMT10): a tar of two gzip files, which is never unpacked."""

from __future__ import annotations

from pathlib import Path

from quoi.corpus.sources.archives import in_tar, obtain
from quoi.corpus.stretches import Stretch
from quoi.io.errors import QuoiError
from quoi.io.files import link_or_copy, move, write_json
from quoi.params.corpus import GigaFren

DESCRIPTION = "The Giga French-English corpus, release 2, collected from the web for the workshop WMT10."
LICENCE = "not stated by its publisher"
TAR = "training-giga-fren.tar"
MEMBERS = "giga-fren.release2.fixed.en.gz", "giga-fren.release2.fixed.fr.gz"

_GZIP = b"\x1f\x8b\x08"


def fetch(params: GigaFren, folder: Path) -> None:
    """Put the tar into the folder, and a source.json that tells where in it the two sides lie.

    A download is moved there. A copy of your own stays where it is and is linked, or copied from another file system.

    Raises:
        QuoiError: the tar cannot be downloaded, is absent, is refused, or is not this corpus; the disk is full.
    """
    got, sides = obtain(params, "corpus.giga_fren", TAR, "the Giga-fren corpus", _look)
    note = {
        "name": "giga-fren",
        "description": DESCRIPTION,
        "url": got.url,
        "licence": LICENCE,
        "lines": None,
        "sha256": {TAR: got.sha256},
        "bytes": {TAR: got.bytes},
        "sides": [{"file": TAR, "member": side.name, "offset": side.offset, "bytes": side.size} for side in sides],
    }
    # The tar comes last: were this cut in between, the download would still be where downloads are.
    write_json(folder / "source.json", note)
    (link_or_copy if got.url is None else move)(got.path, folder / TAR)


def _look(path: Path) -> list[Stretch]:
    sides = in_tar(path, MEMBERS)
    with path.open("rb") as file:
        for side in sides:
            file.seek(side.offset)
            if file.read(len(_GZIP)) != _GZIP[: side.size]:
                raise QuoiError(f"{path} is refused: {side.name} in it is no gzip file.")
    return sides
