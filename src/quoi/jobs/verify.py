"""Proof of reproduction: a stage is run again elsewhere, and every output is compared with dvc.lock."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from quoi import params
from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.jobs import named
from quoi.params import profiles
from quoi.params.errors import closest
from quoi.params.settings import flat
from quoi.repo import dvc, worktree
from quoi.repo.digests import of_file
from quoi.repo.dvc import Pipeline, Stage

IDENTICAL, WITHIN, DIFFERS = "identical", "within tolerance", "differs"
MEASURED = Path("benchmarks/results/machines.json")
"""How far numbers have been seen to move between kinds of machines."""


@dataclass(frozen=True)
class ComparedNumber:
    """A number of a JSON output by its dotted key: as it was recorded, and as it was found."""

    key: str
    recorded: float
    found: float

    @property
    def difference(self) -> float:
        """As a share of the recorded number; infinite where that is 0 and the other is not."""
        if self.recorded == self.found:
            return 0.0
        return abs(self.found / self.recorded - 1) if self.recorded else math.inf


@dataclass(frozen=True)
class Compared:
    """An output: its path, its digests, IDENTICAL, WITHIN or DIFFERS, and a remark on that."""

    path: str
    recorded: str
    found: str
    result: str
    says: str = ""
    numbers: list[ComparedNumber] = field(default_factory=list)


@dataclass(frozen=True)
class Verified:
    """A stage that was run again, how long that took, and its outputs."""

    stage: str
    seconds: float
    outputs: list[Compared]

    @property
    def reproduced(self) -> bool:
        """Whether nothing differs that may not."""
        return all(out.result != DIFFERS for out in self.outputs)


def choose(pipeline: Pipeline, names: Sequence[str]) -> list[Stage]:
    """The stages by name, or all repetitions of one (`train` for `train@…`); default: all that write anything.

    Raises:
        QuoiError: there is no such stage, it writes nothing, or it has not run yet.
    """
    writing = [stage for stage in pipeline.own.values() if stage.outs]
    chosen = {stage.name: stage for stage in ([] if names else writing)}
    for name in names:
        named = [stage for stage in pipeline.stages.values() if name in (stage.name, stage.name.split("@")[0])]
        if not named:
            raise QuoiError(f"There is no stage {name!r}{closest(name, [stage.name for stage in writing])}.")
        chosen |= {stage.name: stage for stage in named}
    for stage in chosen.values():
        if not stage.outs:
            raise QuoiError(f"{stage.name} writes nothing that could be compared.")
        if not all(stage.outs.values()):
            raise QuoiError(f"{stage.name} is not in dvc.lock: run `dvc repro` first.")
    return list(chosen.values())


def verify(
    names: Sequence[str] = (), root: Path = Path(), tolerances: Mapping[str, float] | None = None
) -> Iterator[Verified]:
    """Run stages again, one after the other, each with the inputs that dvc.lock has for it.

    An output is reproduced when it has the same bytes. With tolerances, the stage's metrics (or the numbers in its JSON
    outputs where it has no metrics) are compared in place of bytes, and what else the stage writes may differ. A stage
    without such numbers has to write the same bytes.

    Args:
        tolerances: the largest difference as a share of the recorded number, by the last part of its key; that of
            "" is for all others, and where there is none they have what was measured. None: the bytes count.

    Raises:
        QuoiError: as `choose` and `worktree.sandbox`; a tolerance is for no number of these stages; a stage fails.
    """
    pipeline = dvc.read(root)
    chosen = choose(pipeline, names)
    _check_names(root, chosen, tolerances or {})
    if tolerances is not None and "" not in tolerances:
        tolerances = {**measured_tolerances(root), **tolerances}
    given = params.load(root / profiles.PARAMS)
    for stage in chosen:
        with worktree.sandbox(root, pipeline, stage, named.changed(given, stage.name, root)) as folder:
            recorded = {path: _json(root / path, md5) for path, md5 in stage.outs.items()}
            started = time.monotonic()
            digests = worktree.run(folder, stage)
            seconds = time.monotonic() - started
            outputs = [
                _compare(path, md5, digests[path], recorded[path], _json(folder / path))
                for path, md5 in stage.outs.items()
            ]
        if tolerances is not None:
            outputs = _judged(outputs, _deciding(stage), tolerances)
        yield Verified(stage.name, seconds, outputs)


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


def numbers(value: Any) -> dict[str, float]:
    """The numbers of a JSON value that are reached by keys alone, which is what DVC calls metrics, by dotted key."""
    values = flat(value) if isinstance(value, dict) else {}
    return {key: float(number) for key, number in values.items() if type(number) in (int, float)}


def _deciding(stage: Stage) -> list[str]:
    """The outputs whose numbers decide: the metrics, or every JSON file where there are none."""
    return [path for path in stage.outs if path in stage.metrics] or [p for p in stage.outs if p.endswith(".json")]


def _check_names(root: Path, stages: Sequence[Stage], tolerances: Mapping[str, float]) -> None:
    keys = (key for stage in stages for path in _deciding(stage) for key in numbers(_json(root / path)))
    known = sorted({_last(key) for key in keys})
    for name in tolerances:
        if name and name not in known:
            asked = ", ".join(stage.name for stage in stages)
            allowed = closest(name, known) if known else ": they record none"
            raise QuoiError(f"--tolerance {name}: no number of {asked} is called so{allowed}.")


def _last(key: str) -> str:
    return key.rpartition(".")[2]


def _compare(path: str, md5: str, now: str, recorded: Any, found: Any) -> Compared:
    if now == md5:
        return Compared(path, md5, now, IDENTICAL)
    before, after = numbers(recorded), numbers(found)
    says = f"{now[:8]}, recorded {md5[:8]}"
    if path.endswith(".json") and recorded is None:
        says = "the recorded file is not here to compare numbers with"
    elif before.keys() != after.keys():
        says, before = "other numbers than those recorded", {}
    return Compared(path, md5, now, DIFFERS, says, [ComparedNumber(key, before[key], after[key]) for key in before])


def _judged(outputs: list[Compared], deciding: Sequence[str], tolerances: Mapping[str, float]) -> list[Compared]:
    """The same outputs, where the numbers of those that decide, if there are any, stand in place of the bytes."""
    judged = [_by_numbers(out, tolerances) if out.path in deciding else out for out in outputs]
    measured = [out for out in judged if out.path in deciding]
    if not measured or any(out.result == DIFFERS for out in measured):
        return judged
    says = f"its numbers are in {measured[0].path}"
    return [replace(out, result=WITHIN, says=says) if out.result == DIFFERS else out for out in judged]


def _by_numbers(out: Compared, tolerances: Mapping[str, float]) -> Compared:
    if out.result != DIFFERS or not out.numbers:
        return out

    def allowed(number: ComparedNumber) -> float:
        return tolerances.get(_last(number.key), tolerances.get("", 0.0))

    worst = max(out.numbers, key=lambda number: number.difference - allowed(number))
    moved = f"{worst.key} {worst.recorded:g}, now {worst.found:g}: {worst.difference:.2%}"
    result = WITHIN if worst.difference <= allowed(worst) else DIFFERS
    return replace(out, result=result, says=f"{moved}, {allowed(worst):.2%} are allowed")


def _json(path: Path, md5: str | None = None) -> Any:
    """The content of a JSON file; None where it is none, or not that with the digest."""
    if path.suffix != ".json" or not path.is_file() or (md5 and of_file(path) != md5):
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
