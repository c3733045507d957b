"""Proof of reproduction: a stage is run again elsewhere, and every output is compared with dvc.lock."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quoi import params
from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.jobs import named
from quoi.params import profiles
from quoi.params.errors import closest
from quoi.repo import cache, pipeline, sandbox
from quoi.repo.digests import of_file
from quoi.repo.pipeline import Output, Pipeline, Stage

IDENTICAL, WITHIN, DIFFERS = "identical", "within tolerance", "differs"
MEASURED = Path("benchmarks/results/machines.json")
"""How far numbers have been seen to move between kinds of machines."""


@dataclass(frozen=True)
class Number:
    """A number of a JSON output by its dotted key: as it was recorded, and as it was found."""

    key: str
    recorded: float
    found: float

    @property
    def difference(self) -> float:
        """The difference as a share of the recorded number; infinite where that is 0 and the other is not."""
        if self.recorded == self.found:
            return 0.0
        return abs(self.found - self.recorded) / abs(self.recorded) if self.recorded else math.inf


@dataclass(frozen=True)
class Compared:
    """An output: its path, its digests, IDENTICAL, WITHIN or DIFFERS, and what there is to say about that."""

    path: str
    recorded: str
    found: str
    result: str
    says: str = ""
    numbers: list[Number] = field(default_factory=list)


@dataclass(frozen=True)
class Verified:
    """A stage that was run again, how long that took, and its outputs."""

    stage: str
    seconds: float
    outputs: list[Compared]

    @property
    def reproduced(self) -> bool:
        """Whether nothing differs that may not."""
        return all(each.result != DIFFERS for each in self.outputs)


def choose(told: Pipeline, names: Sequence[str]) -> list[Stage]:
    """The stages by name, or all repetitions of one (`train` for `train@…`); all that write anything, if none is named.

    Raises:
        QuoiError: there is no such stage, it writes nothing, or it has not run yet.
    """
    writing = [stage for stage in told.stages.values() if stage.outputs]
    chosen = {stage.name: stage for stage in ([] if names else writing)}
    for name in names:
        found = [stage for stage in told.stages.values() if name in (stage.name, stage.name.split("@")[0])]
        if not found:
            raise QuoiError(f"There is no stage {name!r}{closest(name, [stage.name for stage in writing])}.")
        chosen |= {stage.name: stage for stage in found}
    for stage in chosen.values():
        if not stage.outputs:
            raise QuoiError(f"{stage.name} writes nothing that could be compared.")
        if any(out.md5 is None for out in stage.outputs):
            raise QuoiError(f"{stage.name} is not in dvc.lock: run `dvc repro` first.")
    return list(chosen.values())


def verify(
    names: Sequence[str] = (), root: Path = Path(), tolerances: Mapping[str, float] | None = None
) -> Iterator[Verified]:
    """Run stages again, one after the other, each with the inputs that dvc.lock has for it.

    An output is reproduced when it has the same bytes. On another kind of machine, where sums round otherwise, a
    training has other weights: with tolerances, the stage's metrics, or the numbers in its JSON outputs where it has no
    metrics, are compared in its place, as far as DVC takes them for metrics (those in lists are not), and what else the
    stage writes may differ. A stage without such numbers has to write the same bytes on every machine.

    Args:
        names: as for `choose`.
        tolerances: the largest difference as a share of the recorded number, by the last part of its key; that of
            "" is for all others, and where there is none they have what was measured. None: the bytes count.

    Raises:
        QuoiError: as `choose` and `sandbox.sandbox`; a tolerance is for no number of these stages; a stage fails.
    """
    told = pipeline.read(root)
    chosen = choose(told, names)
    _check_names(root, chosen, tolerances or {})
    if tolerances is not None and "" not in tolerances:
        tolerances = {**measured_tolerances(root), **tolerances}
    given = params.load(root / profiles.PARAMS)
    for stage in chosen:
        changed = named.changed(given, stage.name, root)
        with sandbox.sandbox(root, told, stage, changed) as folder:
            recorded = {out.path: _json(root / out.path, out.md5) for out in stage.outputs}
            started = time.monotonic()
            found = sandbox.run(folder, stage)
            seconds = time.monotonic() - started
            outputs = [_compare(told, out, found[out.path], folder, recorded[out.path]) for out in stage.outputs]
        deciding = _deciding(stage)
        yield Verified(stage.name, seconds, outputs if tolerances is None else _judged(outputs, deciding, tolerances))


def measured_tolerances(root: Path = Path()) -> dict[str, float]:
    """What kinds of machines have been seen to differ by, by the last part of a number's key.

    Raises:
        QuoiError: the file that `benchmarks/quality/machines.py` writes is gone or damaged.
    """
    if not (root / MEASURED).exists():
        raise QuoiError(
            f"{MEASURED} is gone: `git checkout {MEASURED}` restores it, or give a share: --tolerance 0.05."
        )
    return dict(read_json(root / MEASURED)["tolerance"])


def numbers(value: Any, prefix: str = "") -> Iterator[tuple[str, float]]:
    """The numbers of a JSON value that are reached by keys alone, which is what DVC calls metrics."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from numbers(each, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield prefix, float(value)


def _deciding(stage: Stage) -> list[str]:
    """The outputs whose numbers decide: the metrics, or every JSON file where there are none."""
    metrics = [out.path for out in stage.outputs if out.metrics]
    return metrics or [out.path for out in stage.outputs if out.path.endswith(".json")]


def _check_names(root: Path, stages: Sequence[Stage], tolerances: Mapping[str, float]) -> None:
    keys = (key for stage in stages for path in _deciding(stage) for key, _ in numbers(_json(root / path)))
    known = sorted({_last(key) for key in keys})
    for name in tolerances:
        if name and name not in known:
            asked = ", ".join(stage.name for stage in stages)
            allowed = closest(name, known) if known else ": they record none"
            raise QuoiError(f"--tolerance {name}: no number of {asked} is called so{allowed}.")


def _last(key: str) -> str:
    return key.rsplit(".", 1)[-1]


def _compare(told: Pipeline, out: Output, found: str, folder: Path, recorded: Any) -> Compared:
    assert out.md5 is not None
    if found == out.md5:
        return Compared(out.path, out.md5, found, IDENTICAL)
    before, now = dict(numbers(recorded)), dict(numbers(_json(folder / out.path)))
    both = [Number(key, before[key], now[key]) for key in before if before.keys() == now.keys()]
    if out.path.endswith(".json") and recorded is None:
        says = "the recorded file is not here to compare numbers with"
    elif before.keys() != now.keys():
        says = "other numbers than those recorded"
    else:
        says = _other_files(told, out, folder) or f"{found[:8]}, recorded {out.md5[:8]}"
    return Compared(out.path, out.md5, found, DIFFERS, says, both)


def _judged(outputs: list[Compared], deciding: Sequence[str], tolerances: Mapping[str, float]) -> list[Compared]:
    """The same outputs, where the numbers of those that decide, if there are any, stand in place of the bytes."""
    measured = [each for each in outputs if each.path in deciding]
    judged = {each.path: _by_numbers(each, tolerances) for each in measured if each.result == DIFFERS}
    may_differ = measured and all(each.result == WITHIN for each in judged.values())
    told = []
    for each in outputs:
        if each.path in judged:
            told.append(judged[each.path])
        elif each.result == DIFFERS and may_differ:
            says = f"{each.says}; its numbers are in {measured[0].path}".removeprefix("; ")
            told.append(Compared(each.path, each.recorded, each.found, WITHIN, says))
        else:
            told.append(each)
    return told


def _by_numbers(each: Compared, tolerances: Mapping[str, float]) -> Compared:
    if not each.numbers:
        return each

    def allowed(number: Number) -> float:
        return tolerances.get(_last(number.key), tolerances.get("", 0.0))

    worst = max(each.numbers, key=lambda number: number.difference - allowed(number))
    result = WITHIN if worst.difference <= allowed(worst) else DIFFERS
    says = (
        f"{worst.key} {worst.recorded:g}, now {worst.found:g}: {worst.difference:.2%}, {allowed(worst):.2%} are allowed"
    )
    return Compared(each.path, each.recorded, each.found, result, says, each.numbers)


def _other_files(told: Pipeline, out: Output, folder: Path) -> str:
    """Which files of a folder differ, where the cache has the list of those recorded."""
    listed = cache.files(told, out)
    if listed is None or not (folder / out.path).is_dir():
        return ""
    here = {path.relative_to(folder).as_posix(): path for path in (folder / out.path).rglob("*") if path.is_file()}
    other = sorted(
        path.removeprefix(f"{out.path}/")
        for path in listed.keys() | here.keys()
        if path not in here or of_file(here[path]) != listed.get(path)
    )
    more = f" and {len(other) - 3} more" if len(other) > 3 else ""
    return f"{len(other)} of {len(listed.keys() | here.keys())} files: {', '.join(other[:3])}{more}"


def _json(path: Path, md5: str | None = None) -> Any:
    """The content of a JSON file; None where it is none, or not that with the digest."""
    if path.suffix != ".json" or not path.is_file() or (md5 and of_file(path) != md5):
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
