"""Getting a compressed tar of pictures, and going through it without unpacking."""

from __future__ import annotations

import re
import tarfile
import zlib
from collections.abc import Iterator
from typing import Any

from quoi.io import download
from quoi.io.download import LocalFile
from quoi.io.errors import QuoiError
from quoi.io.http import file_name
from quoi.params.corpus import Archive

# Of the files as they have been published for years.
DIGESTS = {
    "cifar-100-binary.tar.gz": "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
    "imagenette2.tgz": "6cbfac238434d89fe99e651496f0812ebc7a10fa62bd42d6874042bf01de4efd",
    "imagenette2-320.tgz": "569b4497c98db6dd29f335d1f109cf315fe127053cedf69010d047f0188e158c",
    "imagenette2-160.tgz": "64d0c4859f35a461889e0147755a999a48b49bf38a7e0f9bd27003f10db02fe5",
}


def obtain(params: Archive, key: str, what: str) -> LocalFile:
    """Download an archive, or take the copy that is named.

    Args:
        key: of the section in params.yaml, for errors.
        what: what to call it in errors.

    Raises:
        QuoiError: as `quoi.io.download.obtain`.
    """
    names = {file_name(url) for url in params.urls}
    if params.path is None and params.sha256 is None and len(names) == 1:
        params = params.model_copy(update={"sha256": DIGESTS.get(min(names))})
    return download.obtain(params, key, what)


def note(file: LocalFile) -> dict[str, Any]:
    """What source.json says of an archive."""
    return {"archive": {"file": file.path.name, "bytes": file.bytes, "sha256": file.sha256}}


def members(file: LocalFile, wanted: re.Pattern[str]) -> Iterator[tuple[re.Match[str], bytes]]:
    """The match of the name and the content of each file in a tar.gz whose name matches; nothing is written anywhere.

    Raises:
        QuoiError: the tar is damaged or breaks off; a download is then removed.
    """
    with file.removed_if_refused():
        try:
            with tarfile.open(file.path, "r:gz") as tar:
                for member in tar:
                    if member.isreg() and (match := wanted.fullmatch(member.name)):
                        yield match, tar.extractfile(member).read()
                while tar.fileobj.read(1 << 20):  # gzip compares its check sum with the content at the end
                    pass
        except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
            raise QuoiError(f"{file.path} is no readable tar.gz archive: {error}.") from None
