"""Getting a compressed tar of pictures, and going through it without unpacking."""

from __future__ import annotations

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from quoi.io.download import FOLDER, fetch
from quoi.io.errors import QuoiError
from quoi.io.files import reading, sha256
from quoi.params.corpus import Archive

# Of the files as they have been published for years.
DIGESTS = {
    "cifar-100-binary.tar.gz": "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
    "imagenette2.tgz": "6cbfac238434d89fe99e651496f0812ebc7a10fa62bd42d6874042bf01de4efd",
    "imagenette2-320.tgz": "569b4497c98db6dd29f335d1f109cf315fe127053cedf69010d047f0188e158c",
    "imagenette2-160.tgz": "64d0c4859f35a461889e0147755a999a48b49bf38a7e0f9bd27003f10db02fe5",
}


@dataclass(frozen=True)
class Tar:
    """A tar, compressed with gzip, that is here: a download, or, without a URL, the copy that params.yaml names."""

    path: Path
    url: str | None
    bytes: int
    sha256: str

    def note(self) -> dict[str, Any]:
        """What source.json says of it."""
        return {"archive": {"file": self.path.name, "bytes": self.bytes, "sha256": self.sha256}}

    def members(self, wanted: re.Pattern[str]) -> Iterator[tuple[re.Match[str], bytes]]:
        """The match of the name and the content of each file whose name matches.

        Links and everything else that is no file are passed over; nothing is written anywhere.

        Raises:
            QuoiError: the tar is damaged or breaks off; a download is then removed.
        """
        try:
            with gzip.open(self.path) as raw:
                with tarfile.open(fileobj=raw, mode="r|") as tar:
                    for member in tar:
                        if member.isreg() and (match := wanted.fullmatch(member.name)):
                            yield match, tar.extractfile(member).read()
                # gzip compares its check sum with the content at the end, so the file is read to there.
                while raw.read(1 << 20):
                    pass
        except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
            if self.url is not None:
                self.path.unlink(missing_ok=True)
            raise QuoiError(f"{self.path} is no readable tar.gz archive: {error}.") from None


def obtain(params: Archive, key: str, what: str) -> Tar:
    """Download an archive, or take the copy that is named.

    Args:
        key: of the section in params.yaml, for errors.
        what: what to call it in errors.

    Raises:
        QuoiError: as `quoi.io.download.fetch`; the copy is absent or has another digest than the pinned one.
    """
    if params.path is None:
        names = {PurePosixPath(urlsplit(url).path).name for url in params.urls}
        known = DIGESTS.get(next(iter(names))) if len(names) == 1 else None
        otherwise = f"a copy of your own can be named in {key}.path"
        path = FOLDER / (PurePosixPath(urlsplit(params.urls[0]).path).name or "pictures.tar.gz")
        loaded = fetch(params.urls, path, sha256=params.sha256 or known, what=what, otherwise=otherwise)
        return Tar(loaded.path, loaded.url, loaded.bytes, loaded.sha256)
    path = Path(params.path)
    with reading(f"{path}, which {key}.path names,", "the archive itself"):
        size, digest = path.stat().st_size, sha256(path).hexdigest()
    if params.sha256 and digest != params.sha256:
        raise QuoiError(f"{path} has the SHA-256 {digest}, but {key}.sha256 pins {params.sha256}.")
    return Tar(path, None, size, digest)
