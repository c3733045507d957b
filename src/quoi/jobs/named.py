"""The user's own files and folders that params.yaml names: kept from harm, and looked at for changes.

DVC knows a stage's dependencies by dvc.yaml, and what a parameter names is not among them. So `check_params` writes
down, for each stage that reads such a file, what the file holds now; the stage depends on that note.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.io.files import read_note, reading, sha256, write_json
from quoi.params import Params
from quoi.params.outside import own_paths, wanted
from quoi.repo import dvc

NOTES = Path("data/named")
"""A note for each stage that may read something from elsewhere, by the stage's name."""
READERS = ("fetch_corpus", "embed@source", "embed@target", "fetch_images", "label_vectors")
MEMORY = Path(".quoi/named")

# A file written to later in the same moment as it was read looks as if it had not been.
_MOMENT = 2 * 10**9  # nanoseconds: the coarsest time stamps there are
_now = time.time_ns


def refuse_outputs(given: Params, root: Path = Path()) -> None:
    """Refuse a path of the user's own that lies in an output of the pipeline, or holds one.

    DVC removes a stage's outputs before it runs the stage, and the user's file would go with them.

    Raises:
        QuoiError: one does; the message names the key, the path and the output.
    """
    named = own_paths(given)
    if not named:
        return
    # A file that the user has given to DVC by `dvc add` is an output too, and stays where it is.
    stages = list(dvc.read(root).own.values())
    outs = [(out, stage.name) for stage in stages for out in stage.outs]
    for (key, path), (out, stage) in product(named.items(), outs):
        inside = _lies_in(root / path, root / out)
        if inside or _lies_in(root / out, root / path):
            how = "lies in" if inside else "holds"
            raise QuoiError(
                f"params.yaml: {key} is {path!r}, which {how} {out}: DVC empties that before {stage} makes it anew, so "
                "keep what is yours in another place."
            )


def note(given: Params, root: Path = Path()) -> list[str]:
    """Write down what the named files hold: path, digest, size and number of files, by key.

    A file is read only where its size or its times are not those of the last time. Where one is not here, as with a
    teammate who has pulled what was made of it, the note keeps what it says of it.

    Returns:
        a sentence for each of these.

    Raises:
        QuoiError: a file or folder is not here and no note is either, it may not be read, or a folder stands in a
            corpus's place.
    """
    kept = []
    read = _read_by(given)
    for path in (root / NOTES).glob("*.json"):
        if path.stem not in read:  # a stage of an earlier version, whose note would stay in dvc.lock
            path.unlink()
    for stage, named in read.items():
        before = read_note(root / NOTES / f"{stage}.json")
        now = {}
        for key, path in named.items():
            if key.startswith("corpus.") and (root / path).is_dir():
                raise QuoiError(f"params.yaml: {key} is {path!r}, which is a folder; a file is needed.")
            now[key] = {"path": path, **_content(root, stage, key, path, given)}
            earlier = before.get(key, {})
            if now[key]["sha256"] is None:
                if earlier.get("path") != path or not earlier.get("sha256"):
                    raise QuoiError(f"params.yaml: {key} is {path!r}, and there is no such file or folder.")
                now[key] = earlier
                kept.append(f"{key}: {path} is not here; what {stage} made of it earlier stands.")
        if now != before or not (root / NOTES / f"{stage}.json").is_file():
            write_json(root / NOTES / f"{stage}.json", now)
    return kept


def changed(given: Params, stage: str, root: Path = Path()) -> list[str]:
    """The named paths that a stage reads and that hold something else than its note says; not those that are gone.

    Raises:
        QuoiError: a file or folder may not be read.
    """
    before = read_note(root / NOTES / f"{stage}.json")
    now = {
        path: _content(root, stage, key, path, given)["sha256"] for key, path in _read_by(given).get(stage, {}).items()
    }
    noted = {content["path"]: content["sha256"] for content in before.values()}
    return [path for path, digest in now.items() if digest not in (None, noted.get(path))]


def _read_by(given: Params) -> dict[str, dict[str, str]]:
    """The paths that each stage reads, by key."""
    paths: dict[str, dict[str, str]] = {stage: {} for stage in READERS}
    for source in wanted(given):
        paths[source.stage] |= source.paths
    return paths


def _lies_in(path: Path, folder: Path) -> bool:
    """Whether a path, or what it leads to, is the folder or lies in it, whatever links lead there."""
    return any(place.is_relative_to(other) for place in _places(path) for other in _places(folder))


def _places(path: Path) -> tuple[Path, Path]:
    """Where a path's own entry is, with the links above it followed; and what it leads to."""
    path = Path(os.path.abspath(path))
    return Path(os.path.realpath(path.parent)) / path.name, Path(os.path.realpath(path))


def _content(root: Path, stage: str, key: str, path: str, given: Params) -> dict[str, Any]:
    """Digest, bytes and number of files of what a key names; the digest is None where nothing is there."""
    place = root / path
    called = f"{path}, which {key} names,"
    with reading(called, "a file or a folder"):
        if not place.exists():
            return {"sha256": None}
        if not (place.is_dir() or place.is_file()):
            raise QuoiError(f"{called} is neither a file nor a folder.")
        files = {_text(os.path.relpath(file, place)): file for file in read_of(place, key, given)}
        return _remembered(root / MEMORY / f"{stage}.{key}.json", files)


def read_of(place: Path, key: str, given: Params) -> Iterator[Path]:
    """What is read of the path that a key names: a file; a folder's files but hidden ones; a table and its pictures."""
    if place.is_dir():
        yield from _below(place)
        return
    yield place
    if key == "images.path":
        from quoi.images.sources import folder

        with suppress(QuoiError):  # what is wrong with a table is for fetch_images to say
            pictures = folder.source(given.images).pictures(lambda reason, which: None)
            files = {picture.content for picture in pictures if isinstance(picture.content, Path)}
            yield from (file for file in files if file.is_file())


def _below(folder: Path) -> Iterator[Path]:
    seen = set()
    for above, folders, files in os.walk(folder, followlinks=True):
        state = os.stat(above)
        if (state.st_dev, state.st_ino) in seen:  # a link that leads back
            folders.clear()
            continue
        seen.add((state.st_dev, state.st_ino))
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (path for name in files if not name.startswith(".") and (path := Path(above, name)).is_file())


def _remembered(memory: Path, files: dict[str, Path]) -> dict[str, Any]:
    """What the files hold: the digest of the only one, else that of all names and digests.

    Those that have not been written to since they were last read are not read again.
    """
    before, now = read_note(memory), _now()
    after, digests, size = {}, {}, 0
    for name, file in sorted(files.items()):
        state = file.stat()
        stamp = [state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino]
        known = before.get(place := _text(file.absolute()), [])
        digests[name] = known[-1] if known[:-1] == stamp else sha256(file).hexdigest()
        size += state.st_size
        if state.st_ctime_ns < now - _MOMENT:
            after[place] = [*stamp, digests[name]]
    if after != before:
        write_json(memory, after)
    together = "".join(f"{digest}  {name}\0" for name, digest in digests.items())
    whole = digests["."] if digests.keys() == {"."} else hashlib.sha256(together.encode()).hexdigest()
    return {"sha256": whole, "bytes": size, "files": len(files)}


def _text(path: str | Path) -> str:
    """A path that need not be UTF-8, as text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
