"""What a fastText model in memory answers; as a program, the same in a process of its own.

`python -m quoi.vectors.fasttext_lookup MODEL.bin ANSWER.safetensors`, with a JSON list of words on standard input:
fastText is C++ that ends its process when a file or the memory fails it, and here that is no harm.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from quoi.vectors.table import Found


def lookup(model: Any, words: Sequence[str]) -> Found:
    """The vectors of some words; see `quoi.vectors.table.Found`.

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
    return Found(vectors, own | by_subwords, by_subwords)


def main(path: str, answer: str) -> None:
    """Load a model and write the three arrays of `Found`."""
    from fasttext import FastText
    from safetensors.numpy import save_file

    found = lookup(FastText._FastText(path), json.load(sys.stdin))
    save_file({"vectors": found.vectors, "found": found.found, "by_subwords": found.by_subwords}, answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
