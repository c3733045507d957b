"""How far results move from one kind of machine to another: stages run again as other processors would run them.

Run, where `make repro` has run: python benchmarks/quality/machines.py [STAGE ...]
Writes benchmarks/results/machines.json: for each kind of machine and each number that `dvc metrics show` prints, what
is recorded and what came out; and what `quoi verify --tolerance` allows, twice the largest difference seen. Each kind
is this machine with its libraries told to use no newer instructions, or with other threads: an older processor rounds
as they then do. Recorded numbers and those of all kinds have the same seeds.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from unittest import mock

import click
import torch

from quoi.io.files import write_json
from quoi.jobs import verify
from quoi.params.settings import set_values
from quoi.repo import dvc, worktree

ROOT = Path(__file__).parents[2]
MARGIN = 2
"""Of some ten differences the largest is about 1.7 standard deviations: at twice that one comparison in 1,500 fails."""


def _instructions(aten: str, onednn: str, mkl: str, openblas: str) -> dict[str, str]:
    return {
        "ATEN_CPU_CAPABILITY": aten,
        "ONEDNN_MAX_CPU_ISA": onednn,
        "MKL_ENABLE_INSTRUCTIONS": mkl,
        "OPENBLAS_CORETYPE": openblas,
    }


MACHINES: dict[str, tuple[dict[str, str], int]] = {
    "without AVX2, as before 2013": (_instructions("default", "SSE41", "SSE4_2", "Nehalem"), 1),
    "AVX2 and no AVX-512": (_instructions("avx2", "AVX2", "AVX2", "Haswell"), 1),
    "this one, two threads": ({}, 2),
}


@click.command()
@click.argument("stages", nargs=-1)
def main(stages: tuple[str, ...]) -> None:
    """Run STAGEs (train@baseline, train@all and train_devise, unless told) as each kind of machine would."""
    pipeline = dvc.read()
    chosen = verify.choose(pipeline, stages or ("train@baseline", "train@all", "train_devise"))
    rows: dict[str, dict[str, dict[str, list[float]]]] = {}
    here = torch.backends.cpu.get_cpu_capability().lower()
    for kind, (environment, threads) in MACHINES.items():
        if environment.get("ATEN_CPU_CAPABILITY") == here:
            continue  # that is this one
        rows[kind] = {}
        for stage in chosen:
            (path,) = stage.metrics
            recorded = verify.numbers(json.loads(Path(path).read_text()))
            with worktree.sandbox(Path(), pipeline, stage) as folder, mock.patch.dict(os.environ, environment):
                set_values(folder / "params.yaml", {"hardware.threads": threads})
                worktree.run(folder, stage)
                found = verify.numbers(json.loads((folder / path).read_text()))
            rows[kind][stage.name] = {key: [recorded[key], found[key]] for key in recorded}
            for key, (before, now) in rows[kind][stage.name].items():
                click.echo(f"{kind:30} {stage.name:15} {key:16} {before:8.4f} {now:8.4f} {now / before - 1:+.2%}")
    largest: dict[str, float] = {}
    for numbers in (numbers for by_stage in rows.values() for numbers in by_stage.values()):
        for key, (before, now) in numbers.items():
            largest[key] = max(largest.get(key, 0.0), abs(now / before - 1))
    write_json(
        ROOT / verify.MEASURED,
        {
            "machine": f"{platform.machine()}, {torch.backends.cpu.get_cpu_capability()}",
            "torch": torch.__version__,
            "rows": rows,
            "tolerance": {key: round(MARGIN * share, 4) for key, share in largest.items()},
        },
    )


if __name__ == "__main__":
    sys.exit(main())
