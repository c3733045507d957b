"""Imagenette, ten classes of ImageNet that are easily told apart; read from its archive, which stays as it is.

torchvision would unpack it, and take what a killed run has unpacked for the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from quoi.images.pictures import SYNSET, LeaveOut, Picture, Source
from quoi.images.sources import tars
from quoi.io.download import LocalFile
from quoi.params.images import ImageParams

LABELS = {
    "n01440764": "tench",
    "n02102040": "English springer",
    "n02979186": "cassette player",
    "n03000684": "chain saw",
    "n03028079": "church",
    "n03394916": "French horn",
    "n03417042": "garbage truck",
    "n03425413": "gas pump",
    "n03445777": "golf ball",
    "n03888257": "parachute",
}

_PICTURES = re.compile(rf"(?:.*/)?(train|val)/({SYNSET.pattern})/([^/]+\.JPEG)")


def source(params: ImageParams) -> Source:
    """13,394 photographs, with the source's own split.

    Raises:
        QuoiError: the archive cannot be downloaded, is absent or damaged.
    """
    file = tars.obtain(params.imagenette, "images.imagenette", "Imagenette")
    return Source(
        name="imagenette",
        description="Imagenette: photographs of ten ImageNet classes, chosen by fast.ai.",
        licence="the photographs are ImageNet's: for non-commercial research and education",
        attribution="Imagenette by fast.ai (Howard), out of ImageNet (Deng et al., 2009).",
        url=file.url or "https://github.com/fastai/imagenette",
        more=tars.note(file),
        pictures=lambda leave_out: _pictures(file, leave_out),
    )


def _pictures(file: LocalFile, leave_out: LeaveOut) -> Iterator[Picture]:
    for match, content in tars.members(file, _PICTURES):
        split, synset, name = match.groups()
        if synset in LABELS:
            yield Picture(PurePosixPath(name).stem, LABELS[synset], content, synset, split=split)
        else:
            leave_out("no label", f"{split}/{synset}/{name}")
