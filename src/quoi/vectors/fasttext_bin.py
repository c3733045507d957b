"""fastText's binary models (.bin), loaded in a process of their own.

fastText is C++ that ends its process where a file or the memory fails it. As a program this module loads a model:
`python -m quoi.vectors.fasttext_bin MODEL.bin ANSWER.safetensors`, with a JSON list of words on standard input.
"""

from __future__ import annotations

import json
import mmap
import struct
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from rich.filesize import decimal

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


class BinaryModel(WordVectorSource):
    """A model in fastText's binary form.

    Raises:
        QuoiError: the file is absent, no fastText model of word vectors, or truncated.
    """

    subwords = True

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.words = _count_words(self.path)

    def __str__(self) -> str:
        return f"{self.path.name}, {decimal(self.path.stat().st_size)}, into memory"

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
                why = done.stderr.strip().rpartition("\n")[2].rstrip(".")
                if done.returncode < 0:
                    why = "it was ended, as happens when memory runs out; vectors.source: fasttext-vec needs less of it"
                raise QuoiError(f"fastText cannot load {self.path}: {why}.")
            return WordVectors(**load_file(answer))

    def frequent(self, count: int) -> Iterator[tuple[list[str], np.ndarray]]:
        """As `WordVectorSource.frequent`, without words that are no valid UTF-8. Raises as `lookup`."""
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


def _count_words(path: Path) -> int:
    """The number of words of a model whose file is whole; fastText itself reads what was cut off as zeros."""
    with reading(path, "a fastText model, a .bin file,"), path.open("rb") as file:
        start, size = file.read(_HEAD.size), file.seek(0, 2)
        numbers = _HEAD.unpack(start) if len(start) == _HEAD.size else (0,) * 20
        model, words, labels = numbers[9], numbers[15], numbers[17]
        if numbers[0] != _MAGIC or model == _CLASSIFIER or labels:
            raise QuoiError(
                f"{path} is no fastText model of word vectors (skip-gram or CBOW): vectors in text are vectors.source: "
                f"fasttext-vec or glove."
            )
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


def _main(path: str, answer: str) -> None:
    from fasttext import FastText
    from safetensors.numpy import save_file

    save_file(vars(lookup(FastText._FastText(path), json.load(sys.stdin))), answer)


if __name__ == "__main__":
    _main(*sys.argv[1:])
