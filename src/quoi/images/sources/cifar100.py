"""CIFAR-100 in its binary form: records of two labels and 32 x 32 pixels.

torchvision reads the form for Python, which is pickles: loading one runs what is written in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from quoi.images.pictures import Picture, Source, tidy
from quoi.images.sources import tars
from quoi.io.download import LocalFile
from quoi.io.errors import QuoiError
from quoi.params.images import ImageParams

SIDE = 32
RECORD = 2 + 3 * SIDE * SIDE
"""Bytes: the group's number, the label's, then the red, green and blue pixels, each row by row."""

_NAMES = re.compile(r"(?:.*/)?(coarse|fine)_label_names\.txt")
_PIXELS = re.compile(r"(?:.*/)?(train|test)\.bin")
_PPM = b"P6 %d %d 255\n" % (SIDE, SIDE)
"""What makes pixels a file in the simplest form there is."""


def source(params: ImageParams) -> Source:
    """60,000 pictures: `group` is one of 20 kinds, and the test pictures are split `val`.

    Raises:
        QuoiError: the archive cannot be downloaded, is absent or damaged.
    """
    file = tars.obtain(params.cifar100, "images.cifar100", "CIFAR-100")
    names = {match[1]: content.decode(errors="replace").splitlines() for match, content in tars.members(file, _NAMES)}
    if names.keys() != {"coarse", "fine"}:
        raise QuoiError(f"{file.path} lacks the files of label names: it is not CIFAR-100 in its binary form.")
    groups, labels = ([tidy(line) for line in names[kind] if line.strip()] for kind in ("coarse", "fine"))
    return Source(
        name="cifar100",
        description="CIFAR-100: photographs of 32 x 32 pixels, 600 of each of 100 labels.",
        licence="not stated by its authors",
        attribution="Krizhevsky: Learning multiple layers of features from tiny images. 2009.",
        url=file.url or "https://www.cs.toronto.edu/~kriz/cifar.html",
        total=60_000,
        more=tars.note(file),
        pictures=lambda leave_out: _pictures(file, groups, labels),
    )


def _pictures(file: LocalFile, groups: list[str], labels: list[str]) -> Iterator[Picture]:
    for match, content in tars.members(file, _PIXELS):
        split = "train" if match[1] == "train" else "val"
        whole = len(content) // RECORD * RECORD
        records = np.frombuffer(content[:whole], np.uint8).reshape(-1, RECORD)
        if whole < len(content) or (records[:, :2] >= (len(groups), len(labels))).any():
            raise QuoiError(f"{file.path} is damaged: {match[0]} does not hold CIFAR-100's records.")
        for number, record in enumerate(records):
            group, label = record[:2]
            data = _PPM + record[2:].reshape(3, SIDE, SIDE).transpose(1, 2, 0).tobytes()
            yield Picture(f"{match[1]} {number:05}", labels[label], data, group=groups[group], split=split)
