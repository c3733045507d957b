"""A small repository whose page can be live: a variant, pictures, and a model of them on a real backbone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from quoi.devise.head import Head, Standard
from quoi.devise.model import DeviseDescription, Model
from quoi.devise.space import Space
from quoi.images import backbone
from quoi.nearest import build
from quoi.nearest.catalogue import Catalogue
from quoi.params.devise import BackParams, Devise, Kernel, Nearest
from tests.report import gallery_repository, test_site


def make(folder: Path) -> Path:
    """Write everything, the page included; returns the folder."""
    test_site.make(folder)
    (folder / "params.yaml").touch()
    network, models = backbone.load(backbone.LITE0, 0), folder / "models/devise"
    (size,), space = network.widths, Space.load(models / "space.safetensors")
    settings = Devise(hidden=None, kernel=Kernel(weight=0), back=BackParams(weight=0))
    torch.manual_seed(0)
    head = Head(size, len(space.centre), settings)
    zeros, ones = np.zeros(size, np.float32), np.ones(size, np.float32)
    model = Model(space, Standard(zeros, ones, ones), head, None, 0.0, None, zeros)
    told = DeviseDescription(
        settings.model_dump(mode="json"), network.name, network.digest, 64, 0, ["plain"], network.widths, 1, 10,
        list(gallery_repository.UNSEEN),
    )  # fmt: skip
    model.save(models, told)
    build.build_all(Nearest(), Catalogue(folder))
    test_site.written(folder)
    return folder
