"""Word vectors trained here: fastText's skip-gram with subwords, on sentences of one language."""

from __future__ import annotations

import ctypes
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from quoi.io.errors import QuoiError
from quoi.io.progress import bar
from quoi.params.vectors import Vectors
from quoi.vectors.fasttext_bin import lookup
from quoi.vectors.table import WordVectors, WordVectorSource

_SEPARATORS = re.compile(r"[ \n\r\t\v\f\0]")
"""What fastText takes for the end of a word; a no-break space is not among them."""

WORDS_TO_READ = 4_000_000
FEWEST_EPOCHS, MOST_EPOCHS = 5, 100

_M_PERTURB = -6
"""glibc's option (malloc.h): new memory is filled with the complement of this byte."""


class TrainedVectors(WordVectorSource):
    """A fastText model in memory.

    Args:
        model: fastText's own.
        described: what a report says of the training.
    """

    subwords = True

    def __init__(self, model: Any, described: dict[str, Any]) -> None:
        self.model, self._described = model, described

    def __str__(self) -> str:
        return f"trained on {self._described['words_read']:,} words, epochs: {self._described['epochs']}"

    def lookup(self, words: Sequence[str]) -> WordVectors:
        return lookup(self.model, words)

    def describe(self) -> dict[str, Any]:
        return self._described


def suitable_epochs(words: int) -> int:
    """How often to read a text of so many words: until about four million were read, 5 to 100 times.

    Skip-gram first moves all words one way, and tells them apart only later. At 5 or 10 epochs of a small text it never
    comes that far: all vectors are one (a mean cosine of 1.000 on 55,000 words, of 0.3 after 30 epochs and more).
    """
    return max(FEWEST_EPOCHS, min(MOST_EPOCHS, round(WORDS_TO_READ / words)))


def train(sentences: Iterable[Sequence[str]], settings: Vectors) -> TrainedVectors:
    """Train on tokenized sentences, in one thread: the same sentences and settings give the same vectors.

    Raises:
        QuoiError: the sentences hold no word.
    """
    # The bindings leave the seed out of their arguments, though not out of their defaults.
    from fasttext import FastText

    with tempfile.TemporaryDirectory(prefix="quoi-") as folder:
        path = Path(folder) / "sentences.txt"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            words = 0
            for sentence in sentences:
                line = [word for word in sentence if not _SEPARATORS.search(word)]
                file.write(" ".join(line) + "\n")
                words += len(line)
        if not words:
            raise QuoiError("There are no words to train vectors on.")
        epochs = settings.epochs or suitable_epochs(words)
        chosen = {
            "input": str(path),
            "model": "skipgram",
            "dim": settings.dimensions,
            "epoch": epochs,
            "lr": settings.learning_rate,
            "ws": settings.window,
            "minCount": 1,
            "minn": settings.min_n,
            "maxn": settings.max_n,
            "bucket": settings.buckets,
            "seed": settings.seed,
            "thread": 1,
            "verbose": 0,
        }
        arguments = FastText._build_args({**FastText.unsupervised_default, **chosen}, set(chosen))
        model = FastText._FastText(args=arguments)
        with bar(f"Training word vectors on {words:,} words"), _zeroed_memory():
            FastText.fasttext.train(model.f, arguments)
        model.set_args(model.f.getArgs())
    described = {"name": "train", "words_read": words, "epochs": epochs}
    return TrainedVectors(model, described | {"learning_rate": settings.learning_rate, "window": settings.window})


@contextmanager
def _zeroed_memory() -> Iterator[None]:
    """Have the C library hand out zeros while the block runs.

    With one thread, fastText 0.9.3 draws random numbers for the first tenth of its input matrix (the words, as far as
    there are ten times as many rows) and never writes the rest before it reads it (`DenseMatrix::uniform`). On memory
    that was used before, the vectors differ from run to run, or end as NaN.
    """
    change = getattr(ctypes.CDLL(None), "mallopt", None)
    if change:
        change(_M_PERTURB, 0xFF)
    try:
        yield
    finally:
        if change:
            change(_M_PERTURB, 0)
