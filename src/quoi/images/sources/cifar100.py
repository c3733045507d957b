"""CIFAR-100 in its binary form: records of two labels and 32 x 32 pixels.

torchvision reads the form for Python, which is pickles: loading one runs what is written in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from quoi.images.pictures import LeaveOut, Picture, Source, tidy
from quoi.images.sources.tars import Member, Tar, obtain
from quoi.io.errors import QuoiError
from quoi.params.images import Cifar100

SIDE = 32
RECORD = 2 + 3 * SIDE * SIDE
"""Bytes: the group's number, the label's, then the red, green and blue pixels, each row by row."""

_NAMES = re.compile(r"(?:.*/)?(coarse|fine)_label_names\.txt")
_PIXELS = re.compile(r"(?:.*/)?(train|test)\.bin")
_LONGEST = 1 << 16
_RECORDS = 256


def source(params: Cifar100) -> Source:
    """60,000 pictures: `group` is one of 20 kinds, and the test pictures are split `val`.

    Raises:
        QuoiError: the archive cannot be downloaded, is absent or damaged.
    """
    tar = obtain(params, "images.cifar100", "CIFAR-100")
    groups, labels = _label_names(tar)
    return Source(
        name="cifar100",
        description="CIFAR-100: photographs of 32 x 32 pixels, 600 of each of 100 labels.",
        licence="not stated by its authors",
        attribution="Krizhevsky: Learning multiple layers of features from tiny images. 2009.",
        url=tar.url or "https://www.cs.toronto.edu/~kriz/cifar.html",
        total=60_000,
        more=tar.note(),
        pictures=lambda leave_out: _pictures(tar, groups, labels, leave_out),
    )


def _label_names(tar: Tar) -> tuple[list[str], list[str]]:
    found: dict[str, list[str]] = {}
    for member in tar.members(_NAMES):
        lines = member.read(_LONGEST).decode("utf-8", "replace").splitlines()
        found[member.match[1]] = [tidy(line) for line in lines if line.strip()]
    if found.keys() != {"coarse", "fine"}:
        raise QuoiError(f"{tar.path} lacks the files of label names: it is not CIFAR-100 in its binary form.")
    return found["coarse"], found["fine"]


def _pictures(tar: Tar, groups: list[str], labels: list[str], leave_out: LeaveOut) -> Iterator[Picture]:
    for member in tar.members(_PIXELS):
        half = member.match[1]
        if member.size % RECORD:
            raise QuoiError(f"{half}.bin in {tar.path} has {member.size:,} bytes, which is no multiple of {RECORD:,}.")
        for number, record in enumerate(_records(member)):
            name = f"{half} {number:05}"
            if record[0] >= len(groups) or record[1] >= len(labels):
                leave_out("no label", name)
                continue
            pixels = np.frombuffer(record, np.uint8, offset=2).reshape(3, SIDE, SIDE).transpose(1, 2, 0)
            yield Picture(
                name,
                labels[record[1]],
                np.ascontiguousarray(pixels),
                group=groups[record[0]],
                split="train" if half == "train" else "val",
            )


def _records(member: Member) -> Iterator[bytes]:
    while block := member.read(_RECORDS * RECORD):
        yield from (block[start : start + RECORD] for start in range(0, len(block), RECORD))
