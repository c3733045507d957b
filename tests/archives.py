"""Archives made of a few files."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path


def tar(path: Path, members: Mapping[str, bytes], mode: str = "w") -> Path:
    """A tar at `path`, packed as `mode` says (`w:gz`), of files by name."""
    with tarfile.open(path, mode) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path
