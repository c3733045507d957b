"""Digests as DVC writes them into dvc.lock: the MD5 of a file, and of a folder the MD5 of its listing."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

# What .dvcignore leaves out: what Python leaves beside the code, and a killed writer beside its output.
_IGNORED_FOLDER, _IGNORED_ENDING = "__pycache__", ".partial"
_PIECE = 1 << 20


def of_path(path: Path) -> str | None:
    """The digest of a file, or of a folder (`….dir`), read anew; None where there is neither."""
    if path.is_file():
        return of_file(path)
    if not path.is_dir():
        return None
    files = (each for each in path.rglob("*") if each.is_file())
    inside = {each.relative_to(path): each for each in files}
    return of_listing((name.as_posix(), of_file(file)) for name, file in inside.items() if not ignored(name))


def of_file(path: Path, advance: Callable[[float], None] = lambda size: None) -> str:
    """The digest of a file's content, read anew; `advance` is told how many bytes were read."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            advance(len(piece))
    return digest.hexdigest()


def of_bytes(content: bytes) -> str:
    """The digest of a file's content."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def of_listing(files: Iterable[tuple[str, str]]) -> str:
    """The digest of a folder, from path (relative, with slashes) and digest of each file in it."""
    listed = [{"md5": digest, "relpath": name} for name, digest in sorted(files)]
    return of_bytes(json.dumps(listed, sort_keys=True).encode()) + ".dir"


def listed(content: bytes) -> dict[str, str]:
    """Digest by path (relative, with slashes) of the files of a folder, from the listing that DVC's cache keeps of it.

    Raises:
        ValueError, TypeError, KeyError: it is none.
    """
    return {each["relpath"]: each["md5"] for each in json.loads(content)}


def of_value(value: Any) -> str:
    """The digest of a parameter: that of its value as JSON. DVC itself keeps the value."""
    return of_bytes(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode())


def of_commit(blobs: Mapping[str, str], path: str, content: Callable[[str], bytes]) -> str | None:
    """The digest of a file or folder as a commit holds it; None where it holds neither.

    Args:
        blobs: path to Git's own id of each file of the commit.
        path: which file or folder.
        content: gives an id's bytes.
    """
    path = posixpath.normpath(path)
    if path in blobs:
        return of_bytes(content(blobs[path]))
    prefix = "" if path == "." else f"{path}/"
    inside = {name.removeprefix(prefix): blob for name, blob in blobs.items() if name.startswith(prefix)}
    return of_listing((name, of_bytes(content(blob))) for name, blob in inside.items()) if inside else None


def ignored(name: Path) -> bool:
    """Whether DVC passes over a file of that name (relative to the folder)."""
    return _IGNORED_FOLDER in name.parts or any(part.endswith(_IGNORED_ENDING) for part in name.parts)
