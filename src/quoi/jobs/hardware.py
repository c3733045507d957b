"""What `hardware` in params.yaml asks for: whether this machine has it, and with how many threads it computes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from quoi.io.errors import QuoiError
from quoi.params import Hardware

if TYPE_CHECKING:
    import torch


def check(asked: Hardware) -> None:
    """Refuse what a training would fail at, or would quietly do in another way, hours later.

    Raises:
        QuoiError: a GPU is asked for and PyTorch finds none, or too few; or several processes on a CPU, which
            torchrun has to start.
    """
    if asked.accelerator != "gpu" and asked.precision != "16-mixed" and asked.devices in ("auto", 1):
        return  # so that the usual run need not import torch, which takes seconds
    gpus = 0 if asked.accelerator == "cpu" else _gpus()
    if asked.accelerator == "gpu" and not gpus:
        raise QuoiError("hardware.accelerator is gpu, and PyTorch finds none here: auto and cpu are allowed.")
    if asked.precision == "16-mixed" and not gpus:
        raise QuoiError("hardware.precision is 16-mixed, which needs a GPU: here 32-true and bf16-mixed are allowed.")
    if asked.devices not in ("auto", 1) and asked.devices > gpus and "TORCHELASTIC_RUN_ID" not in os.environ:
        raise QuoiError(
            f"hardware.devices is {asked.devices}, and PyTorch finds {gpus} GPUs here: auto and 1 to {max(1, gpus)} "
            "are allowed; on a CPU, torchrun starts more processes."
        )


def device(asked: Hardware) -> torch.device:
    """Where what Lightning does not run is computed: on the first GPU of NVIDIA's, unless the CPU is asked for."""
    import torch

    return torch.device("cuda" if asked.accelerator != "cpu" and torch.cuda.is_available() else "cpu")


def set_threads(number: int) -> None:
    """Let numpy and PyTorch compute with so many threads in this process from now on, whatever the environment says.

    With another number sums are done in another order, and what a training ends with moves by more than its last digit.
    """
    import numpy  # noqa: F401 - only libraries that are loaded can be limited
    from threadpoolctl import threadpool_limits

    # Read by what is loaded later: a stage without a model need not wait seconds for PyTorch.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(number)))
    threadpool_limits(number)
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(number)


def _gpus() -> int:
    import torch

    return torch.cuda.device_count() or int(torch.backends.mps.is_available())
