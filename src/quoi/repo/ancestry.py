"""The lineage of a run: the lock's entry of its stage and of all stages before it, and where the raw data came from.

A run gets its lineage from dvc.lock, not from what a training could compute of itself: DVC writes that entry only when
the stage has ended, it alone knows every dependency, parameter and output, and a restored or imported run has one
too. What proves that an entry is a run's: the digests of the record's files, which the run keeps a copy of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quoi.repo import git, lockfile
from quoi.repo.digests import of_path
from quoi.repo.lockfile import Made, Stage, Stages
from quoi.repo.objects import Cache

_STATEMENT = 1 << 18  # bytes; a larger JSON file states no source


@dataclass(frozen=True)
class Lineage:
    """What a run stands on.

    Attributes:
        stage: the run's own stage.
        entries: its entry in dvc.lock, and those of all stages before it, by name.
        sources: by file (and key in it) what is said of data from outside: name, url, licence, digest.
    """

    stage: str
    entries: Stages
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def own(self) -> Stage:
        """The run's own stage."""
        return Stage.of(self.stage, self.entries[self.stage])

    @property
    def stages(self) -> list[Stage]:
        """The run's own stage and all before it, nearest first."""
        return [Stage.of(name, told) for name, told in self.entries.items()]

    @property
    def outs(self) -> dict[str, str]:
        """Digests of all that these stages wrote, by path."""
        return {path: digest for stage in self.stages for path, digest in stage.outs.items()}

    @property
    def code(self) -> dict[str, str]:
        """Digests of all that these stages read and none of them wrote, by path."""
        outs = self.outs
        found = {path: digest for stage in self.stages for path, digest in stage.deps.items()}
        return {path: found[path] for path in sorted(found) if not any(lockfile.inside(path, out) for out in outs)}

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Values by dotted key, by file, of all these stages."""
        found: dict[str, dict[str, Any]] = {}
        for stage in self.stages:
            for file, values in stage.params.items():
                found.setdefault(file, {}).update(values)
        return found

    def before(self, path: str) -> list[str]:
        """The names of the stages that wrote what was read as `path`."""
        return lockfile.producers(self.entries, path)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"stage": self.stage, "stages": self.entries, "sources": self.sources}

    def text(self) -> str:
        """As JSON, for the run to keep."""
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False, default=str) + "\n"

    @classmethod
    def parse(cls, text: str) -> Lineage:
        """Read what `text` has written."""
        told = json.loads(text)
        return cls(told["stage"], told["stages"], told["sources"])


def find(root: Path, stage: str, kept: Mapping[str, str], made: Made = lockfile.UNKNOWN) -> Lineage | None:
    """The lineage of a run of a stage whose record has these digests, by the files' names.

    dvc.lock is asked first, then the locks of Git's history; of several that tell of it, the one counts whose code is
    that of the commit which made the run. None where no lock tells of it: the stage was cut short, or ran without DVC,
    or its lock was written over before it was committed or imported.
    """

    def fits(stages: Stages) -> str | None:
        return stage if _is_of(stages.get(stage), kept) else None

    told = lockfile.matching(root, lockfile.read(root), kept.values(), fits, made)
    if told is None:
        return None
    found = Lineage(stage, lockfile.upstream(told[0], stage, root, made))
    return Lineage(stage, found.entries, sources(root, found))


def sources(root: Path, lineage: Lineage) -> dict[str, dict[str, Any]]:
    """What the JSON files that these stages wrote say of data from outside: wherever one names a licence.

    Looked for here, then in DVC's cache, then in Git. Nothing is found where the data are not here yet.
    """
    cache = Cache(root)
    found = {}
    with git.contents(root) as content:
        for stage in lineage.stages:
            # What a stage has read is a file of an output whose listing may not be here.
            read = {path: digest for path, digest in stage.deps.items() if path.endswith(".json")}
            for path, digest in {**read, **stage.outs}.items():
                for name, wanted in _statements(root, cache, path, digest):
                    text = _content(root, cache, name, wanted)
                    if text is None and (commit := lockfile.recorded(root, stage.name, lineage.entries[stage.name])):
                        text = _committed(content, commit, name)
                    if text is not None and len(text) <= _STATEMENT:
                        found |= dict(_licensed(text, name))
    return found


def _is_of(entry: Mapping[str, Any] | None, kept: Mapping[str, str]) -> bool:
    """Whether an entry's outputs are these, as far as they have the same names; at least one must."""
    if entry is None:
        return False
    outs: dict[str, set[str]] = {}
    for path, digest in Stage.of("", entry).outs.items():
        outs.setdefault(Path(path).name, set()).add(digest)
    common = outs.keys() & kept.keys()
    return bool(common) and all(kept[name] in outs[name] for name in common)


def _statements(root: Path, cache: Cache, path: str, digest: str) -> Iterator[tuple[str, str]]:
    """The JSON files of an output, with their digests."""
    if not digest.endswith(".dir"):
        if path.endswith(".json"):
            yield path, digest
        return
    listed = cache.listing(digest)
    if listed is None and of_path(root / path) == digest:
        listed = {file.relative_to(root / path).as_posix(): "" for file in (root / path).rglob("*.json")}
    for name, wanted in sorted((listed or {}).items()):
        if name.endswith(".json"):
            yield f"{path}/{name}", wanted


def _content(root: Path, cache: Cache, name: str, wanted: str) -> bytes | None:
    if (root / name).is_file() and wanted in ("", of_path(root / name)):
        return (root / name).read_bytes()
    return cache.content(wanted)


def _committed(content: Any, commit: str, name: str) -> bytes | None:
    try:
        return content(f"{commit}:./{name}")
    except KeyError:
        return None


def _licensed(text: bytes, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        todo = [(name, json.loads(text))]
    except ValueError:
        return
    while todo:
        where, value = todo.pop(0)
        if isinstance(value, dict):
            if "licence" in value:
                yield where, value
            else:
                todo += [(f"{where}#{key}" if where == name else f"{where}.{key}", each) for key, each in value.items()]
