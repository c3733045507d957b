"""Each combination of `hardware` is refused at once where the machine cannot do it, and left alone where it can."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import product

import pytest
import torch

from quoi.io.errors import QuoiError
from quoi.jobs import hardware
from quoi.params import Hardware

EVERY = list(product(("auto", "cpu", "gpu"), ("auto", 1, 2, 3), ("32-true", "16-mixed", "bf16-mixed")))


@pytest.mark.parametrize("gpus", [0, 1, 2])
@pytest.mark.parametrize(("accelerator", "devices", "precision"), EVERY)
def test_what_the_machine_lacks_is_named(monkeypatch, gpus, accelerator, devices, precision) -> None:
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    usable = 0 if accelerator == "cpu" else gpus
    lacking = set()
    if accelerator == "gpu" and not usable:
        lacking.add("hardware.accelerator is gpu")
    if precision == "16-mixed" and not usable:
        lacking.add("hardware.precision is 16-mixed")
    if devices not in ("auto", 1) and devices > usable:
        lacking.add(f"hardware.devices is {devices}")
    asked = Hardware(accelerator=accelerator, devices=devices, precision=precision)
    if not lacking:
        return hardware.check(asked)
    with pytest.raises(QuoiError) as caught:
        hardware.check(asked)
    assert any(str(caught.value).startswith(each) for each in lacking) and "allowed" in str(caught.value)


def test_torchrun_counts_its_processes_itself(monkeypatch) -> None:
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "none")
    hardware.check(Hardware(accelerator="cpu", devices=2))


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("accelerator", ["auto", "cpu", "gpu"])
def test_the_accelerator_is_honoured(monkeypatch, there, accelerator) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    wanted = "cuda" if there and accelerator != "cpu" else "cpu"
    assert hardware.device(Hardware(accelerator=accelerator)).type == wanted


def test_results_do_not_depend_on_the_threads_that_the_environment_asks_for() -> None:
    def computed(threads: int) -> str:
        code = (
            "from quoi.jobs import hardware; hardware.set_threads(1); import hashlib, numpy as np, torch; "
            "a = np.random.default_rng(0).random((1501, 1501), dtype=np.float32); b = torch.from_numpy(a); "
            "done = [a @ a, (b @ b).numpy(), b.sum().numpy(), np.linalg.svd(a[:200])[0]]; "
            "print(hashlib.sha256(b''.join(each.tobytes() for each in done)).hexdigest())"
        )
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = os.environ | dict.fromkeys(names, str(threads))
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    assert computed(1) == computed(2) == computed(4)
