"""fastText's binary models (.bin): checked before they are loaded, and loaded in a process of their own."""

from __future__ import annotations

import json
import mmap
import os
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.io.progress import bar
from quoi.vectors.table import Found

_MAGIC = 793712314
_VERSIONS = 11, 12
_MODELS = 1, 2  # CBOW, skip-gram
_CLASSIFIER = 3
_LOSSES = 1, 2, 3, 4
_COMPRESSED = "is a compressed fastText model; one with whole vectors, a .bin file, is needed."

# magic, version; dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, lrUpdateRate, t;
# words and labels, words, labels, tokens, pruned. Then the dictionary: a word, NUL, its count and its kind, each.
_HEAD = struct.Struct("<2i12id3i2q")
_ENTRY = struct.Struct("<qb")
_MOST = 10**15  # what fastText takes for infinity in its tree of words
# Whether it is compressed, rows, columns; then the numbers. Of the input (words and subwords), then of the output.
_MATRIX = struct.Struct("<b2q")
_LONGEST_WORD = 1 << 16

_MEMORY_A_WORD = 400
"""Bytes: a dictionary entry, the list of its subwords and its places in the table of hashes."""
_MEMORY_ANYWAY = 100 << 20
"""Bytes: Python, numpy, and fastText's table of 10 million negative samples."""

_LOADER = [sys.executable, "-P", "-m", "quoi.vectors.fasttext_lookup"]


@dataclass(frozen=True)
class Contents:
    """What the file of a model holds."""

    words: int
    dimensions: int
    subwords: bool
    """Whether it composes vectors of words that are not in its dictionary."""
    memory: int
    """Bytes that loading it takes, about."""


def inspect(path: Path) -> Contents:
    """Read a model's header and walk through its structure to the last byte, without loading it.

    fastText itself trusts a file: a truncated one is read as zeros, and a wrong number in it ends the process.

    Raises:
        QuoiError: the file is absent, no fastText model, of an unknown version, a classifier, compressed, truncated,
            or its parts do not fit together.
    """
    path = Path(path)
    with reading(path, "a fastText model, a .bin file,"), path.open("rb") as file:
        size = file.seek(0, 2)
        if size < _HEAD.size:
            raise QuoiError(f"{path} is no fastText model: it has {size:,} bytes, fewer than a header.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _inspect(path, data, size)


def _inspect(path: Path, data: mmap.mmap, size: int) -> Contents:
    magic, version, *settings, total, words, labels, _, pruned = _HEAD.unpack_from(data)
    dimensions, buckets, shortest, longest = settings[0], *settings[8:11]
    if magic != _MAGIC:
        shown = data[:12].decode("utf-8", "backslashreplace")
        raise QuoiError(
            f"{path} is no fastText model: it begins with {shown!r}; for vectors in text, vectors.source is "
            f"fasttext-vec or glove."
        )
    if version not in _VERSIONS:
        raise QuoiError(f"{path} is a fastText model of version {version}; 11 and 12 can be read.")
    if settings[7] == _CLASSIFIER or labels:
        raise QuoiError(f"{path} is a fastText classifier; a model of word vectors (skip-gram or CBOW) is needed.")
    if total != words or words < 1 or dimensions < 1 or settings[6] not in _LOSSES or settings[7] not in _MODELS:
        raise QuoiError(f"{path} is damaged: the numbers in its header make no model.")
    if min(shortest, longest) < 0 or (longest > 0 and buckets < 1):
        raise QuoiError(f"{path} is damaged: its header has subwords of {shortest} to {longest} characters.")
    if pruned >= 0:
        raise QuoiError(f"{path} {_COMPRESSED}")
    position = _HEAD.size
    for _ in range(words):
        position = data.find(b"\0", position, position + _LONGEST_WORD) + 1
        if not position or position + _ENTRY.size > size:
            raise QuoiError(f"{path} breaks off or is damaged within its dictionary of {words:,} words.")
        count, kind = _ENTRY.unpack_from(data, position)
        if kind or not 0 <= count < _MOST:
            raise QuoiError(
                f"{path} is damaged: its dictionary has an entry of kind {kind} that is there {count:,} times."
            )
        position += _ENTRY.size
    rows = words + (buckets if longest > 0 else 0)
    for name, least in (("input", rows), ("output", words)):
        if position + _MATRIX.size > size:
            raise QuoiError(f"{path} breaks off before its {name} matrix: it has {size:,} bytes.")
        compressed, height, width = _MATRIX.unpack_from(data, position)
        if compressed == 1:
            raise QuoiError(f"{path} {_COMPRESSED}")
        if compressed or width != dimensions or height < least:
            raise QuoiError(f"{path} is damaged: its {name} matrix does not fit its header.")
        position += _MATRIX.size + 4 * height * width
    if position != size:
        what = "breaks off" if position > size else "is damaged"
        raise QuoiError(f"{path} {what}: by its header it has {position:,} bytes, and there are {size:,}.")
    return Contents(words, dimensions, longest > 0, size + words * _MEMORY_A_WORD + _MEMORY_ANYWAY)


def available_memory(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes that can be taken without swapping: of the machine's memory, or of what a container may still have."""
    import psutil

    available = psutil.virtual_memory().available
    try:
        limit, used = ((cgroup / f"memory.{name}").read_text().strip() for name in ("max", "current"))
        told = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
    except FileNotFoundError:
        return available
    if limit == "max":
        return available
    # What the kernel keeps of files is given back when memory is needed.
    return min(available, int(limit) - int(used) + int(told["inactive_file"]) + int(told["active_file"]))


class BinaryModel:
    """A model in fastText's binary form, whose file has been checked and whose memory there is.

    Args:
        path: the file.

    Raises:
        QuoiError: as `inspect`; or loading it takes more memory than is available.
    """

    subwords = True
    repeated = 0

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        contents = inspect(self.path)
        self.words, self.dimensions, self.memory = contents.words, contents.dimensions, contents.memory
        self.available = available_memory()
        if self.memory > self.available:
            raise QuoiError(
                f"Loading {self.path} takes about {_gigabytes(self.memory)} of memory, and "
                f"{_gigabytes(self.available)} are available: use the .vec file of the same vectors, which is streamed "
                f"(vectors.source: fasttext-vec), or a machine with more memory."
            )

    def __str__(self) -> str:
        return (
            f"{self.path.name}, loading it takes about {_gigabytes(self.memory)} of memory "
            f"({_gigabytes(self.available)} are available)"
        )

    def lookup(self, words: Sequence[str]) -> Found:
        """The vectors of some words, those composed of subwords included; see `quoi.vectors.table.Found`.

        Raises:
            QuoiError: fastText fails on the file, is ended by the system, or answers with numbers that are not finite.
        """
        from safetensors.numpy import load_file

        with tempfile.TemporaryDirectory(prefix="quoi-") as folder, bar(f"Loading {self.path.name}"):
            answer = Path(folder) / "answer.safetensors"
            command = [*_LOADER, str(self.path), str(answer)]
            done = subprocess.run(command, input=json.dumps(words), capture_output=True, text=True, env=_environment())
            if done.returncode:
                raise QuoiError(f"fastText cannot load {self.path}: {_why(done)}.")
            tensors = load_file(answer)
        found = Found(tensors["vectors"], tensors["found"], tensors["by_subwords"])
        if not np.isfinite(found.vectors).all():
            row = int(np.flatnonzero(~np.isfinite(found.vectors).all(axis=1))[0])
            raise QuoiError(f"{self.path} is damaged: the vector of {words[row]!r} holds numbers that are not finite.")
        return found

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        """Yield the first `count` words of the dictionary, which are the most frequent ones, with their vectors.

        The model is loaded once more, and answers in one piece: words, and float32 (words, dimensions).

        Raises:
            QuoiError: as `lookup`.
        """
        words = self._dictionary(count)
        yield words, self.lookup(words).vectors

    def _dictionary(self, count: int) -> list[str]:
        """The first `count` words, those left out that are no valid UTF-8; `inspect` has seen that they are there."""
        words: list[str] = []
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            position = _HEAD.size
            for _ in range(self.words):
                end = data.find(b"\0", position)
                with suppress(UnicodeDecodeError):
                    words.append(data[position:end].decode())
                if len(words) == count:
                    break
                position = end + 1 + _ENTRY.size
        return words


def _environment() -> dict[str, str]:
    """In which the other process finds the package that this one runs, wherever it was started."""
    folders = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}


def _why(done: subprocess.CompletedProcess[str]) -> str:
    """Why the process that loads a model did not come to its end."""
    if done.returncode == -signal.SIGKILL:
        return "the system ended it, as happens when memory runs out"
    if done.returncode < 0:
        return f"it crashed ({signal.Signals(-done.returncode).name}), so the file is damaged"
    lines = done.stderr.strip().splitlines() or ["no reason was given"]
    return lines[-1].rstrip(".")


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
