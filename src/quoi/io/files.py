"""Files: written so that a reader sees the old content or the new, and read with one sentence for each failure."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from quoi.io.errors import QuoiError, absent
from quoi.io.progress import bar

T = TypeVar("T")
_PIECE = 1 << 20

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "there is no permission to write there",
    errno.EPERM: "there is no permission to write there",
    errno.EROFS: "the file system is read-only",
}


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it over `path` when the block ends without an error.

    The temporary may be made a file or a folder. When the block fails, or the process is killed, `path` keeps
    what it held before; a temporary left by a killed process is removed by the next writer.

    Raises:
        QuoiError: the disk is full or may not be written.
    """
    path = Path(path)
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove(partial)
        yield partial
        if partial.is_dir():
            _remove(path)
        os.replace(partial, path)
    except BaseException as error:
        _remove(partial)
        if reason := why_not_written(error):
            raise QuoiError(f"{path} cannot be written: {reason}.") from error
        raise


def why_not_written(error: BaseException) -> str | None:
    """The reason why the system refused to write, in words; None where the error is another one.

    Libraries in Rust (safetensors) put the system's number into their message, all others into `errno`.
    """
    number = error.errno if isinstance(error, OSError) else None
    if number is None and (match := re.search(r"\(os error (\d+)\)", str(error))):
        number = int(match[1])
    return _REASONS.get(number)


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8, whole or not at all."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON with a final newline, whole or not at all."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


@contextmanager
def reading(name: Path | str, needed: str) -> Iterator[None]:
    """Say in one sentence why a file that the block opens cannot be read.

    Args:
        needed: what it ought to be, for an error where it is a folder.

    Raises:
        QuoiError: it is absent, a folder, or may not be read.
    """
    try:
        yield
    except FileNotFoundError:
        raise QuoiError(f"{name} does not exist.") from None
    except IsADirectoryError:
        raise QuoiError(f"{name} is a folder; {needed} is needed.") from None
    except PermissionError:
        raise QuoiError(f"{name} may not be read: there is no permission.") from None


def read_json(path: Path) -> Any:
    """Read a JSON file that an earlier stage wrote.

    Raises:
        QuoiError: the file is absent or is not JSON.
    """
    path = Path(path)
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise absent(path) from None
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, and brackets without end
        raise QuoiError(f"{path} is not valid JSON ({error}).") from error


def read_note(path: Path) -> dict[str, Any]:
    """A JSON object that quoi keeps for itself; empty where it is gone or damaged, and the work is then done anew."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def read_as(path: Path, kind: type[T]) -> T:
    """Read a JSON file that holds a dataclass's fields: all, of their types, and no others.

    Raises:
        QuoiError: the file is absent, is not JSON, or is not of this kind.
    """
    path = Path(path)
    read_json(path)  # says it in one sentence if it is no JSON at all
    return checked_as(path.read_bytes(), kind, path)


def checked_as(content: bytes, kind: type[T], path: Path) -> T:
    """As `read_as`, of JSON that has been read; `path` is where, for an error.

    Raises:
        QuoiError: it is not of this kind.
    """
    from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

    try:
        checked = TypeAdapter(with_config(ConfigDict(extra="forbid", strict=True))(kind))
        return checked.validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "it"
        raise QuoiError(f"{path} is not what this version of quoi writes: {key}: {first['msg']}.") from error


def sha256(path: Path) -> Any:
    """A hashlib object that has seen the whole file; its `hexdigest()` is the digest."""
    digest, path = hashlib.sha256(), Path(path)
    with path.open("rb") as file, bar(f"Checking {path.name}", path.stat().st_size, in_bytes=True) as advance:
        while piece := file.read(_PIECE):
            digest.update(piece)
            advance(len(piece))
    return digest


def link_or_copy(source: Path, path: Path) -> None:
    """Make `path` the same content as a file: a hard link on the same file system, else a copy.

    Raises:
        QuoiError: the disk is full or may not be written.
    """
    with replacing(path) as partial:
        try:
            os.link(Path(source).resolve(), partial)
        except OSError:
            shutil.copyfile(source, partial)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
