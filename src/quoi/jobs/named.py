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
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.io.files import read_note, reading, sha256, write_json
from quoi.params import Params
from quoi.params.outside import own_paths, wanted
from quoi.repo import dvc

NOTES = Path("data/named")
"""A note for each stage that may read something from elsewhere, by the stage's name."""
READERS = ("fetch_corpus", "embed@en", "embed@fr", "fetch_images", "label_vectors")
MEMORY = Path(".quoi/named")

# A file written to since is not told from one that was written to in the same moment as it was read.
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
    stages = [stage for stage in dvc.read(root).stages.values() if not stage.elsewhere]
    outs = [(out, stage.name) for stage in stages for out in stage.outs]
    for key, path in named.items():
        for out, stage in outs:
            inside = _lies_in(root / path, root / out)
            if inside or _lies_in(root / out, root / path):
                how = "lies in" if inside else "holds"
                raise QuoiError(
                    f"params.yaml: {key} is {path!r}, which {how} {out}: DVC empties that before {stage} makes it "
                    f"anew, so keep what is yours in another place."
                )


def note(given: Params, root: Path = Path()) -> list[str]:
    """Write down what the named files hold: path, digest, size and number of files, by key.

    A file is read only where its size or its times are not those of the last time. Where one is not here, as with a
    teammate who has pulled what was made of it, the note keeps what it says of it.

    Returns:
        a sentence for each of these.

    Raises:
        QuoiError: a file or folder is not here and no note is either, or it may not be read.
    """
    kept = []
    for stage, named in _read_by(given).items():
        before = read_note(root / NOTES / f"{stage}.json")
        told = {}
        for key, path in named.items():
            told[key] = found = {"path": path, **_content(root, key, path, given)}
            earlier = before.get(key, {})
            if found["sha256"] is None:
                if earlier.get("path") != path or not earlier.get("sha256"):
                    raise QuoiError(f"params.yaml: {key} is {path!r}, and there is no such file or folder.")
                told[key] = earlier
                kept.append(f"{key}: {path} is not here; what {stage} made of it earlier stands.")
        if told != before or not (root / NOTES / f"{stage}.json").is_file():
            write_json(root / NOTES / f"{stage}.json", told)
    return kept


def changed(given: Params, stage: str, root: Path = Path()) -> list[str]:
    """The named paths that a stage reads and that hold something else than its note says; not those that are gone.

    Raises:
        QuoiError: a file or folder may not be read.
    """
    before = read_note(root / NOTES / f"{stage}.json")
    found = {path: _content(root, key, path, given) for key, path in _read_by(given).get(stage, {}).items()}
    noted = {told["path"]: told["sha256"] for told in before.values()}
    return [path for path, told in found.items() if told["sha256"] not in (None, noted.get(path))]


def _read_by(given: Params) -> dict[str, dict[str, str]]:
    """The paths that each stage reads, by key."""
    paths: dict[str, dict[str, str]] = {stage: {} for stage in READERS}
    for each in wanted(given):
        paths[each.stage] |= each.paths
    return paths


def _lies_in(path: Path, folder: Path) -> bool:
    """Whether a path, or what it leads to, is the folder or lies in it, whatever links lead there."""
    for each in (_place(path), Path(os.path.realpath(path))):
        for above in (each, *each.parents):
            for other in (_place(folder), Path(os.path.realpath(folder))):
                if above == other or _same(above, other):
                    return True
    return False


def _place(path: Path) -> Path:
    """Where a path's own entry is: links above it are followed, and it is not."""
    path = Path(os.path.abspath(path))
    return Path(os.path.realpath(path.parent)) / path.name


def _same(one: Path, other: Path) -> bool:
    # By two names, where a file system takes capitals for small letters.
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)


def _content(root: Path, key: str, path: str, given: Params) -> dict[str, Any]:
    """Digest, bytes and number of files of what a key names; the digest is None where nothing is there."""
    place = root / path
    told = f"{path}, which {key} names,"
    with reading(told, "a file or a folder"):
        if not place.exists():
            return {"sha256": None}
        if not (place.is_dir() or place.is_file()):
            raise QuoiError(f"{told} is neither a file nor a folder.")
        files = {_text(os.path.relpath(file, place)): file for file in read_of(place, key, given)}
        return _remembered(root / MEMORY / f"{key}.json", files)


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
            files = {each.content for each in pictures if isinstance(each.content, Path)}
            yield from (file for file in files if file.is_file())


def _below(folder: Path) -> Iterator[Path]:
    seen = set()
    for above, folders, files in os.walk(folder, followlinks=True):
        told = os.stat(above)
        if (told.st_dev, told.st_ino) in seen:  # a link that leads back
            folders.clear()
            continue
        seen.add((told.st_dev, told.st_ino))
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (path for name in files if not name.startswith(".") and (path := Path(above, name)).is_file())


def _remembered(memory: Path, files: dict[str, Path]) -> dict[str, Any]:
    """What the files hold, with the digests of those that have not been written to since they were last read."""
    before, now = read_note(memory), _now()
    after, digests, size = {}, {}, 0
    for name, file in sorted(files.items()):
        told = file.stat()
        stamp = [told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino]
        known = before.get(place := _text(file.absolute()), [])
        digests[name] = known[-1] if known[:-1] == stamp else sha256(file).hexdigest()
        size += told.st_size
        if told.st_ctime_ns < now - _MOMENT:
            after[place] = [*stamp, digests[name]]
    if after != before:
        write_json(memory, after)
    return {"sha256": _together(digests), "bytes": size, "files": len(files)}


def _together(digests: dict[str, str]) -> str:
    """A file's own digest; that of the names and digests of several."""
    if digests.keys() == {"."}:
        return digests["."]
    together = hashlib.sha256()
    for name, digest in digests.items():
        together.update(f"{digest}  {name}\0".encode())
    return together.hexdigest()


def _text(path: str | Path) -> str:
    """A path that need not be UTF-8, as text."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")
