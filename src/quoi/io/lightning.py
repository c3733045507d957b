"""Lightning, which runs the training loops: imported beside any build of torch, and without its notices."""

from __future__ import annotations

import logging
import warnings

from quoi.io import torchvision_compat

torchvision_compat.prepare()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import lightning.pytorch as lightning
    from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint

__all__ = ["Callback", "EarlyStopping", "ModelCheckpoint", "lightning", "quiet"]


def quiet() -> None:
    """Silence Lightning's notices about hardware, workers and plug-ins: a person sees our own progress instead."""
    for name in ("lightning.pytorch", "lightning.fabric", "lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for pattern in (
        ".*does not have many workers.*",
        ".*isinstance.*LeafSpec.*",
        ".*exists and is not empty.*",
        ".*batch_size.*",
    ):
        warnings.filterwarnings("ignore", pattern)
