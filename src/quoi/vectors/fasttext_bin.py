"""fastText's binary models (.bin): measured before they are loaded, and loaded in a process of their own.

fastText is C++ that ends its process where a file or the memory fails it. As a program this module loads a model:
`python -m quoi.vectors.fasttext_bin MODEL.bin ANSWER.safetensors`, with a JSON list of words on standard input.
"""

from __future__ import annotations

import json
import mmap
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.io.processes import run_module
from quoi.io.progress import bar
from quoi.vectors.table import WordVectors, WordVectorSource

_MAGIC, _CLASSIFIER = 793712314, 3

# magic, version; dim, ws, epoch, minCount, neg, wordNgrams, loss, model, bucket, minn, maxn, lrUpdateRate, t;
# words and labels, words, labels, tokens, pruned. Then the dictionary: a word, NUL, its count and its kind, each.
_HEAD = struct.Struct("<2i12id3i2q")
_ENTRY = struct.Struct("<qb")
# Whether it is compressed, rows, columns; then the numbers. Of the input (words and subwords), then of the output.
_MATRIX = struct.Struct("<b2q")

_MEMORY_A_WORD = 400
"""Bytes: a dictionary entry, the list of its subwords and its places in the table of hashes."""
_MEMORY_ANYWAY = 100 << 20
"""Bytes: Python, numpy, and fastText's table of 10 million negative samples."""


class BinaryModel(WordVectorSource):
    """A model in fastText's binary form, whose file is whole and whose memory there is.

    Args:
        path: the file.

    Raises:
        QuoiError: the file is absent, no fastText model, a classifier, or truncated; or loading it takes more memory
            than is available.
    """

    subwords = True

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.words = _check(self.path)
        self.memory = self.path.stat().st_size + self.words * _MEMORY_A_WORD + _MEMORY_ANYWAY
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

    def lookup(self, words: Sequence[str]) -> WordVectors:
        """The vectors of some words, those composed of subwords included.

        Raises:
            QuoiError: fastText fails on the file, or is ended by the system.
        """
        from safetensors.numpy import load_file

        with tempfile.TemporaryDirectory(prefix="quoi-") as folder, bar(f"Loading {self.path.name}"):
            answer = Path(folder) / "answer.safetensors"
            done = run_module(__name__, self.path, answer, input=json.dumps(words))
            if done.returncode:
                raise QuoiError(f"fastText cannot load {self.path}: {_why(done)}.")
            return WordVectors(**load_file(answer))

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        """As `WordVectorSource.frequent`, in one piece; words that are no valid UTF-8 are left out.

        Raises:
            QuoiError: as `lookup`.
        """
        words: list[str] = []
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for start, end in _dictionary(data, self.words):
                with suppress(UnicodeDecodeError):
                    words.append(data[start:end].decode())
                if len(words) == count:
                    break
        yield words, self.lookup(words).vectors


def lookup(model: Any, words: Sequence[str]) -> WordVectors:
    """The vectors of some words in a model that is loaded.

    A word of the model's dictionary has its own vector (Bojanowski et al., "Enriching Word Vectors with Subword
    Information", 2017). Another gets the mean of its subwords, where it is long enough to have any.
    """
    vectors = np.zeros((len(words), model.get_dimension()), dtype=np.float32)
    own = np.array([model.get_word_id(word) >= 0 for word in words], dtype=bool)
    by_subwords = np.zeros(len(words), dtype=bool)
    for row, word in enumerate(words):
        by_subwords[row] = not own[row] and len(model.get_subwords(word)[1]) > 0
        if own[row] or by_subwords[row]:
            vectors[row] = model.get_word_vector(word)
    return WordVectors(vectors, own | by_subwords, by_subwords)


def available_memory(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Bytes that can be taken without swapping: of the machine's memory, or of what a container may still have."""
    import psutil

    available = psutil.virtual_memory().available
    try:
        limit, used = ((cgroup / f"memory.{name}").read_text().strip() for name in ("max", "current"))
        size_of = dict(line.split() for line in (cgroup / "memory.stat").read_text().splitlines())
    except FileNotFoundError:
        return available
    if limit == "max":
        return available
    # What the kernel keeps of files is given back when memory is needed.
    return min(available, int(limit) - int(used) + int(size_of["inactive_file"]) + int(size_of["active_file"]))


def _check(path: Path) -> int:
    """The number of words of a model whose file is whole; fastText itself reads what was cut off as zeros."""
    with reading(path, "a fastText model, a .bin file,"), path.open("rb") as file:
        start, size = file.read(_HEAD.size), file.seek(0, 2)
        if len(start) < _HEAD.size or (numbers := _HEAD.unpack(start))[0] != _MAGIC:
            raise QuoiError(
                f"{path} is no fastText model: it begins with {start[:12].decode('utf-8', 'backslashreplace')!r}; for "
                f"vectors in text, vectors.source is fasttext-vec or glove."
            )
        model, words, labels = numbers[9], numbers[15], numbers[17]
        if model == _CLASSIFIER or labels:
            raise QuoiError(f"{path} is a fastText classifier; a model of word vectors (skip-gram or CBOW) is needed.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                end = _HEAD.size
                for _, word_end in _dictionary(data, words):
                    end = word_end + 1 + _ENTRY.size
                for _ in ("input", "output"):
                    _, rows, columns = _MATRIX.unpack_from(data, end)
                    end += _MATRIX.size + 4 * rows * columns
            except (struct.error, ValueError, OverflowError):
                end = size + 1
    if end != size:
        raise QuoiError(f"{path} breaks off or is damaged: it has {size:,} bytes, which are not those of its parts.")
    return words


def _dictionary(data: mmap.mmap, words: int) -> Iterator[tuple[int, int]]:
    """Where each word of the dictionary begins and ends. Raises ValueError where there are fewer."""
    start = _HEAD.size
    for _ in range(words):
        end = data.find(b"\0", start)
        if end < 0:
            raise ValueError("no more words")
        yield start, end
        start = end + 1 + _ENTRY.size


def _why(done: subprocess.CompletedProcess[str]) -> str:
    """Why the process that loads a model did not come to its end."""
    if done.returncode == -signal.SIGKILL:
        return "the system ended it, as happens when memory runs out"
    if done.returncode < 0:
        return f"it crashed ({signal.Signals(-done.returncode).name}), so the file is damaged"
    return (done.stderr.strip().splitlines() or ["no reason was given"])[-1].rstrip(".")


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _main(path: str, answer: str) -> None:
    from fasttext import FastText
    from safetensors.numpy import save_file

    save_file(vars(lookup(FastText._FastText(path), json.load(sys.stdin))), answer)


if __name__ == "__main__":
    _main(*sys.argv[1:])
