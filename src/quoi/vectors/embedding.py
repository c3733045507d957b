"""The stage embed: one side's vectors from their source to a table, and what is known of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from quoi.corpus import facts, monolingual
from quoi.corpus.pairs import Pairs, save_sentences
from quoi.corpus.tokens import tokenize_all
from quoi.corpus.units import Units
from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.io.errors import QuoiError
from quoi.io.files import write_json, write_text
from quoi.io.tables import read_columns
from quoi.params import Params
from quoi.params.languages import Side
from quoi.records import checks as records
from quoi.vectors import checks, fasttext_train, published, table
from quoi.vectors.table import WordVectors, WordVectorSource

FEWEST_SENTENCES = 200
"""On fewer, training tells no words apart."""


class RandomVectors(WordVectorSource):
    """Vectors from N(0, 1), as the lesson draws them for the words that its own lack: a control.

    Args:
        dimensions: numbers in a vector.
        seed: the same gives the same vectors; each language has its own.
    """

    def __init__(self, dimensions: int, seed: int, language: str) -> None:
        self.dimensions, self.seed = dimensions, seed
        self._generator = np.random.default_rng((seed, *language.encode()))

    def __str__(self) -> str:
        return "drawn at random"

    def lookup(self, words: Sequence[str]) -> WordVectors:
        vectors = self._generator.standard_normal((len(words), self.dimensions), dtype=np.float32)
        return WordVectors(vectors, np.ones(len(words), dtype=bool), np.zeros(len(words), dtype=bool))

    def describe(self) -> dict[str, Any]:
        return {"name": "random", "seed": self.seed}


def embed(params: Params, side: Side, say: Callable[[str], None]) -> None:
    """Write data/vectors/SIDE.safetensors, and what is known and missed of it to reports/vectors/.

    The lines of the raw corpus that vectors are trained on are kept as ids in data/text/SIDE.safetensors, whatever
    the source of the vectors: language models read them.

    Args:
        say: is called with what is read and what came out.

    Raises:
        QuoiError: an input is absent or damaged, the source fails, there is too little text to train on, or the
            vectors are so bad that `checks` stops here.
    """
    settings, language = params.vectors, params.languages.both[side]
    vocabulary = Vocabulary.load(Path(f"data/ids/{side}.txt"))
    units = Units.load(language, params.tokens, Path(f"data/ids/{side}.model"))
    table_of = "tokens" if units.as_the_lesson else "questions"
    (sentences,) = read_columns(Path(f"data/{table_of}.parquet"), [side])
    if not units.as_the_lesson:
        sentences = list(tokenize_all(sentences, units, params.tokens.workers))
    pairs = Pairs.load(Path("data/ids/pairs.safetensors"))
    training = [sentences[row] for row in pairs.row[pairs.training]]
    # Words that the lines have brought into the vocabulary do not choose the lines.
    by_lines = params.vocabulary.words == "lines"
    known = Vocabulary.from_sentences(training, params.vocabulary.size, units.pieces) if by_lines else vocabulary
    lines = monolingual.of_raw(params, side, units, pairs.row[pairs.validation_indices], known)
    source = _open(params, language, training + lines)
    words = vocabulary.words[len(SPECIALS) :]
    answer = source.answer(words, say)
    kept = answer if settings.subwords else answer.without_subwords()
    vectors, numbers = table.build(kept, settings.unit_spread)
    records.settle(f"embed@{side}", checks.measure(vocabulary, vectors), params.checks)

    missed = int((~answer.found).sum())
    report = numbers | {
        "missed_without_subwords": missed + int(answer.by_subwords.sum()),
        "missed_with_subwords": missed if source.subwords else None,
        "source": source.describe(),
    }
    compared = {}
    if not settings.made_here(language):
        measured = [getattr(params.facts, f"vectors_{side}_{name}", None) for name in ("mean", "sd")]
        moments = source.moments() if any(number is not None for number in measured) else None
        compared = facts.compare(params.facts, facts.of_vectors(side, report, len(SPECIALS), moments))
    vectors.save(Path(f"data/vectors/{side}.safetensors"))
    save_sentences(Path(f"data/text/{side}.safetensors"), [vocabulary.encode(line) for line in lines])
    write_json(Path(f"reports/vectors/{side}.json"), report | ({"facts": compared} if compared else {}))
    missed_words = io.StringIO()
    without = table.without_own(words, kept, sentences)
    csv.writer(missed_words, lineterminator="\n").writerows([("word", "count"), *without])
    write_text(Path(f"reports/vectors/missed.{side}.csv"), missed_words.getvalue())
    say(f"{numbers['found']:,} words, {numbers['by_subwords']:,} by subwords, {numbers['missed']:,} missed")
    if compared:
        say(facts.summary(compared))


def _open(params: Params, language: str, text: list[list[str]]) -> WordVectorSource:
    """The source of vectors that params.yaml names, trained on `text` where it has to be."""
    settings = params.vectors
    match settings.source_of(language):
        case "random":
            return RandomVectors(settings.dimensions, settings.seed, language)
        case "train":
            if len(text) < FEWEST_SENTENCES:
                raise QuoiError(
                    f"There are only {len(text):,} sentences to train word vectors on, and at least {FEWEST_SENTENCES} "
                    f"are needed: set vectors.source: random, or use published vectors (fasttext-vec, fasttext-bin, "
                    f"glove)."
                )
            return fasttext_train.train(text, settings)
    return published.open_published(settings, language, params.corpus.on_bad_line)
