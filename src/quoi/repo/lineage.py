"""The lineage of a run: the lock's entry of its stage and of all stages before it, and where the raw data came from.

A run gets its lineage from dvc.lock, not from what a training could compute of itself: DVC writes that entry only when
the stage has ended, it alone knows every dependency, parameter and output, and a restored or imported run has one
too. What proves that an entry is a run's: the digests of the record's files, which the run keeps a copy of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from quoi.repo import dvc, git
from quoi.repo.cache import Cache
from quoi.repo.digests import of_commit, of_path
from quoi.repo.dvc import Entries, Stage


@dataclass(frozen=True)
class Made:
    """What a run says of the code that made it: a commit, and whether nothing differed from it."""

    commit: str | None = None
    clean: bool = False


UNKNOWN = Made()


@dataclass(frozen=True)
class Lineage:
    """What a run stands on.

    Attributes:
        entries: the own stage's entry in dvc.lock, and those of all stages before it, by name.
        sources: by file (and key in it) what is said of data from outside: name, url, licence, digest.
    """

    stage: str
    entries: Entries
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def own(self) -> Stage:
        """The run's own stage."""
        return Stage.of(self.stage, self.entries[self.stage])

    @property
    def stages(self) -> list[Stage]:
        """The run's own stage and all before it, nearest first."""
        return [Stage.of(name, entry) for name, entry in self.entries.items()]

    @property
    def outs(self) -> dict[str, str]:
        """Digests of all that these stages wrote, by path."""
        return {path: digest for stage in self.stages for path, digest in stage.outs.items()}

    @property
    def code(self) -> dict[str, str]:
        """Digests of all that these stages read and none of them wrote, by path."""
        outs = self.outs
        deps = {path: digest for stage in self.stages for path, digest in stage.deps.items()}
        return {path: deps[path] for path in sorted(deps) if not any(dvc.inside(path, out) for out in outs)}

    @property
    def parameters(self) -> dict[str, dict[str, Any]]:
        """Values by dotted key, by file, of all these stages."""
        by_file: dict[str, dict[str, Any]] = {}
        for stage in self.stages:
            for file, values in stage.params.items():
                by_file.setdefault(file, {}).update(values)
        return by_file

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"stage": self.stage, "stages": self.entries, "sources": self.sources}

    def text(self) -> str:
        """As JSON, for the run to keep."""
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False, default=str) + "\n"

    @classmethod
    def parse(cls, text: str) -> Lineage:
        """Read what `text` has written.

        Raises:
            ValueError, KeyError, TypeError: it is something else.
        """
        content = json.loads(text)
        return cls(content["stage"], content["stages"], content["sources"])


def find(root: Path, stage: str, kept: Mapping[str, str], made: Made = UNKNOWN) -> Lineage | None:
    """The lineage of a run of a stage whose record has these digests, by the files' names.

    dvc.lock is asked first, then the locks of Git's history. None where no lock records it: the stage was cut short,
    or ran without DVC, or its lock was written over before it was committed or imported.
    """

    def name_of(entries: Entries) -> str | None:
        outs: dict[str, set[str]] = {}
        for path, digest in dvc.digests(entries.get(stage, {}), "outs").items():
            outs.setdefault(Path(path).name, set()).add(digest)
        common = outs.keys() & kept.keys()
        return stage if common and all(kept[name] in outs[name] for name in common) else None

    fitting = _matching(root, dvc.read_lock(root), kept.values(), name_of, made)
    if fitting is None:
        return None
    entries = upstream(fitting[0], stage, root, made)
    return Lineage(stage, entries, sources(root, entries))


def upstream(entries: Entries, stage: str, root: Path | str = ".", made: Made = UNKNOWN) -> Entries:
    """A stage and all that its dependencies come from, nearest first.

    A lock may have gone on: a stage before this one has run again since, and what it wrote is not what was read. The
    entry that wrote it is then looked for in the locks of commits, and left out where there is none.
    """
    reached: Entries = {}
    todo = [(stage, entries[stage])]
    partly: list[tuple[str, dict[str, Any]]] = []  # of these only a part is read, or they are a part of what is read
    while todo or partly:
        name, entry = (todo or partly).pop(0)
        if name in reached:
            continue
        reached[name] = entry
        for path, digest in dvc.digests(entry, "deps").items():
            writers = {name: outs[path] for name, outs in _outs(entries).items() if path in outs}
            if not writers:
                partly += [(name, entries[name]) for name in dvc.producers(entries, path)]
            elif wrote := [name for name, written in writers.items() if written == digest]:
                todo += [(name, entries[name]) for name in wrote]
            elif earlier := _matching(root, {}, [digest], partial(_writer, path=path, digest=digest), made):
                todo.append((earlier[1], earlier[0][earlier[1]]))
    return reached


def recorded(root: Path | str, stage: str, entry: Mapping[str, Any]) -> str | None:
    """The first commit whose lock has exactly this entry for the stage."""
    digest = next(iter(dvc.digests(entry, "outs").values()), "none")
    commits = (git.ask(root, "log", "--reverse", "--format=%H", f"-S{digest}", "--", dvc.LOCK) or "").split()
    return next((commit for commit in commits if dvc.lock_of_commit(root, commit).get(stage) == entry), None)


def sources(root: Path, entries: Entries) -> dict[str, dict[str, Any]]:
    """What the JSON files that these stages read or wrote say of data from outside: wherever one names a licence.

    Looked for here and in DVC's cache; nothing is found where the data are not here yet.
    """
    cache, statements = Cache.of(root), {}
    for name, entry in entries.items():
        stage = Stage.of(name, entry)
        # What a stage has read may be a file of an output whose listing is not here.
        read = {path: digest for path, digest in stage.deps.items() if path.endswith(".json")}
        files: dict[str, str] = {}
        for path, digest in (read | stage.outs).items():
            files |= cache.files(path, digest) or {}
        for path, digest in sorted(files.items()):
            if path.endswith(".json"):
                for place in (root / path, cache.object(digest)):
                    if of_path(place) == digest:
                        with suppress(ValueError):
                            statements |= _licensed(json.loads(place.read_bytes()), path)
                        break
    return statements


def _matching(
    root: Path | str, here: Entries, digests: Iterable[str], name_of: Callable[[Entries], str | None], made: Made
) -> tuple[Entries, str] | None:
    """The lock with an entry that fits, and its name; None where neither the one here nor a commit's has one.

    Other code may write the same, so that several locks have such an entry. The one counts whose code is that of the
    commit which made the run; else the first that is found.

    Args:
        digests: one of them stands in every lock with such an entry.
        name_of: gives the name of a lock's entry that fits.
    """
    first = None
    for entries in chain([here], _past(root, list(digests), made)):
        if (name := name_of(entries)) is not None:
            if _has_code(root, entries, name, made):
                return entries, name
            first = first or (entries, name)
    return first


def _past(root: Path | str, digests: list[str], made: Made) -> Iterator[Entries]:
    """The locks of commits that hold one of the digests: those since the commit that made the run, then the oldest."""
    history = ["log", "--reverse", "--format=%H", "--all"]
    # What a run wrote was committed after it, and what made it may have had the same from an earlier run.
    since = [*history, "--ancestry-path", f"^{made.commit}"] if made.commit and git.has(root, made.commit) else None
    asked = [git.ask(root, *options, "--", dvc.LOCK) or "" for options in (since, history) if options]
    for commit in dict.fromkeys(" ".join(asked).split()):
        text = git.ask(root, "show", f"{commit}:./{dvc.LOCK}") or ""
        if any(digest in text for digest in digests):
            yield dvc.lock_of_commit(root, commit)


def _has_code(root: Path | str, entries: Entries, name: str, made: Made) -> bool:
    """Whether an entry's code is that of the run's commit; also where that is not known, or the tree had changes."""
    return not (made.clean and made.commit) or all(
        of_commit(root, made.commit, path) in (None, digest)
        for path, digest in dvc.digests(entries[name], "deps").items()
        if not dvc.producers(entries, path)
    )


def _outs(entries: Entries) -> dict[str, dict[str, str]]:
    return {name: dvc.digests(entry, "outs") for name, entry in entries.items()}


def _writer(entries: Entries, path: str, digest: str) -> str | None:
    """The stage that wrote this."""
    return next((name for name, outs in _outs(entries).items() if outs.get(path) == digest), None)


def _licensed(value: Any, place: str, separator: str = "#") -> dict[str, dict[str, Any]]:
    """The objects within a JSON value, those in lists apart, that name a licence, by their place in it."""
    if not isinstance(value, dict):
        return {}
    if "licence" in value:
        return {place: value}
    licensed: dict[str, dict[str, Any]] = {}
    for key, inner in value.items():
        licensed |= _licensed(inner, f"{place}{separator}{key}", ".")
    return licensed
