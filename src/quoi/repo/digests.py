"""Digests as DVC writes them into dvc.lock: the MD5 of a file, and of a folder the MD5 of its listing."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from quoi.repo import git


def of_path(path: Path) -> str | None:
    """The digest of a file, or of a folder (`….dir`), read anew; None where there is neither."""
    if path.is_file():
        return of_file(path)
    if not path.is_dir():
        return None
    files = {file.relative_to(path): file for file in path.rglob("*") if file.is_file()}
    return of_listing((name.as_posix(), of_file(file)) for name, file in files.items() if not ignored(name))


def of_file(path: Path) -> str:
    """The digest of a file's content, read anew."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, _md5).hexdigest()


def of_bytes(content: bytes) -> str:
    """The digest of a file's content."""
    return _md5(content).hexdigest()


def of_listing(files: Iterable[tuple[str, str]]) -> str:
    """The digest of a folder, from path (relative, with slashes) and digest of each file in it."""
    listing = [{"md5": digest, "relpath": name} for name, digest in sorted(files)]
    return of_bytes(json.dumps(listing, sort_keys=True).encode()) + ".dir"


def of_value(value: Any) -> str:
    """The digest of a parameter: that of its value as JSON. DVC itself keeps the value."""
    return of_bytes(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode())


def of_commit(root: Path | str, commit: str, path: str) -> str | None:
    """The digest of a file or folder as a commit holds it; None where it holds neither."""
    path = posixpath.normpath(path)
    prefix = "" if path == "." else f"{path}/"
    blobs = {name: blob for name, blob in git.files(root, commit).items() if name == path or name.startswith(prefix)}
    digests = {name: of_bytes(git.content(root, blob) or b"") for name, blob in blobs.items()}
    if path in digests:
        return digests[path]
    return of_listing((name.removeprefix(prefix), md5) for name, md5 in digests.items()) if digests else None


def ignored(name: Path) -> bool:
    """Whether .dvcignore leaves out a file of that name (relative to the folder): Python's, or a killed writer's."""
    return "__pycache__" in name.parts or any(part.endswith(".partial") for part in name.parts)


def _md5(content: bytes = b"") -> Any:
    return hashlib.md5(content, usedforsecurity=False)
