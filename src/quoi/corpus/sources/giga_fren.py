"""The Giga French-English corpus, release 2 (WMT10): a tar of two gzip files, which is never unpacked."""

from __future__ import annotations

import tarfile
from pathlib import Path, PurePosixPath

from quoi.io.download import obtain
from quoi.io.errors import QuoiError
from quoi.io.files import link_or_copy, write_json
from quoi.params.corpus import GigaFren
from quoi.params.languages import Languages

DESCRIPTION = "The Giga French-English corpus, release 2, collected from the web for the workshop WMT10."
LICENCE = "not stated by its publisher"
TAR = "training-giga-fren.tar"
MEMBER = "giga-fren.release2.fixed.{}.gz"


def fetch(params: GigaFren, languages: Languages, folder: Path) -> None:
    """Put the tar into the folder, and a source.json that tells where in it the two sides lie.

    It is linked there, or copied from another file system; a download is then removed, a copy of your own stays.

    Raises:
        QuoiError: the tar cannot be downloaded, is absent, or is not this corpus; the disk is full.
    """
    file = obtain(params, "corpus.giga_fren", "the Giga-fren corpus")
    with file.removed_if_refused():
        members = _members(file.path, languages)
    note = {
        "name": "giga-fren",
        "description": DESCRIPTION,
        "url": file.url,
        "licence": LICENCE,
        "lines": None,
        "sha256": {TAR: file.sha256},
        "bytes": {TAR: file.bytes},
        "sides": [
            {"file": TAR, "member": member.name, "offset": member.offset_data, "bytes": member.size}
            for member in members
        ],
    }
    write_json(folder / "source.json", note)
    link_or_copy(file.path, folder / TAR)
    if file.url is not None:
        file.path.unlink()


def _members(path: Path, languages: Languages) -> list[tarfile.TarInfo]:
    """The files of source and target in the tar, in whichever folder.

    Raises:
        QuoiError: the file is no uncompressed tar, breaks off, or lacks one of the two.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            members = {PurePosixPath(member.name).name: member for member in tar if member.isreg()}
        return [members[MEMBER.format(language)] for language in languages.both.values()]
    except KeyError as error:
        raise QuoiError(f"There is no {error.args[0]} in {path}: it is another archive than the one needed.") from None
    except (tarfile.TarError, ValueError, OSError) as error:
        raise QuoiError(f"{path} is no readable tar archive: {error}.") from None
