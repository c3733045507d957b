"""The stage embed: one language's vectors from their source to a table, and what is known of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from quoi.corpus import facts, monolingual
from quoi.corpus.pairs import Pairs
from quoi.corpus.slices import sides
from quoi.corpus.tokens import tokenize_all
from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.io.errors import QuoiError
from quoi.io.files import read_json, write_json, write_text
from quoi.io.tables import read_columns
from quoi.params import Params
from quoi.records import checks as records
from quoi.vectors import checks, drawn, fasttext_train, published, subwords, table

SIDES = {"en": "english", "fr": "french"}
FEWEST_SENTENCES = 200
"""On fewer, training tells no words apart."""


def embed(params: Params, language: str, say: Callable[[str], None]) -> None:
    """Write data/vectors/LANGUAGE.safetensors, and what is known and missed of it to reports/vectors/.

    Args:
        say: is told what is read and what came out.

    Raises:
        QuoiError: an input is absent or damaged, the source fails, there is too little text to train on, or the
            vectors are so bad that `checks` stops here.
    """
    settings = params.vectors
    vocabulary = Vocabulary.load(Path(f"data/ids/{language}.txt"))
    (sentences,) = read_columns(Path("data/tokens.parquet"), [SIDES[language]])
    source = _open(params, language, vocabulary, sentences, say)
    answer = source.lookup(vocabulary.words[len(SPECIALS) :])
    if not settings.made_here(language) and (remark := source.remark()):
        say(remark)
    kept = answer if settings.subwords else subwords.without(answer)
    vectors, numbers, own = table.build(vocabulary, kept, settings.unit_spread)
    records.settle(f"embed@{language}", checks.measure(vocabulary, vectors), params.checks)

    told = numbers | subwords.missed(answer, source.subwords) | {"source": source.describe()}
    compared = {}
    if not settings.made_here(language):
        moments = source.moments() if facts.wants_moments(params.facts, language) else None
        compared = facts.compare(params.facts, facts.of_vectors(language, told, len(SPECIALS), moments))
    vectors.save(Path(f"data/vectors/{language}.safetensors"))
    write_json(Path(f"reports/vectors/{language}.json"), told | ({"facts": compared} if compared else {}))
    _write_missed(Path(f"reports/vectors/missed.{language}.csv"), table.without_own(vocabulary, own, sentences))
    say(f"{numbers['found']:,} words, {numbers['by_subwords']:,} by subwords, {numbers['missed']:,} missed")
    if compared:
        say(facts.summary(compared))


def _open(
    params: Params, language: str, vocabulary: Vocabulary, sentences: list[list[str]], say: Callable[[str], None]
) -> Any:
    """The source of vectors that params.yaml names, trained where it has to be."""
    settings = params.vectors
    match settings.source_of(language):
        case "random":
            return drawn.Drawn(settings.dimensions, settings.seed, language)
        case "train":
            read = list(_training_text(params, language, vocabulary, sentences))
            if len(read) < FEWEST_SENTENCES:
                raise QuoiError(
                    f"There are only {len(read):,} sentences to train word vectors on, and at least {FEWEST_SENTENCES} "
                    f"are needed: set vectors.source: random, or use published vectors (fasttext-vec, fasttext-bin, "
                    f"glove)."
                )
            trained = fasttext_train.train(read, settings)
            told = trained.describe()
            say(
                f"trained on {told['words_read']:,} words in {len(read):,} sentences, {told['epochs']} "
                f"epoch{'' if told['epochs'] == 1 else 's'} at {told['learning_rate']:g}"
            )
            return trained
    source = published.open_published(settings, language, params.corpus.on_bad_line)
    say(f"reading {source}")
    return source


def _training_text(
    params: Params, language: str, vocabulary: Vocabulary, sentences: Sequence[list[str]]
) -> Iterator[list[str]]:
    """The training questions, and lines of the raw corpus that are no questions, as tokens."""
    pairs = Pairs.load(Path("data/ids/pairs.safetensors"))
    yield from (sentences[row] for row in pairs.row[pairs.training])
    if not params.vectors.lines:
        return
    numbers, texts = read_columns(Path("data/questions.parquet"), ["line", SIDES[language]])
    side = sides(Path("data/raw"))[list(SIDES).index(language)]
    yield from monolingual.sentences(
        side,
        read_json(Path("reports/corpus/filter.json"))["lines"],
        params.vectors.lines,
        np.array(numbers),
        (texts[row] for row in pairs.row[pairs.validation_indices]),
        partial(_tokens, language=language, params=params),
        vocabulary,
        params.vectors.seed,
        params.questions.normalise,
    )


def _tokens(sentences: Sequence[str], language: str, params: Params) -> Iterator[list[str]]:
    return tokenize_all(sentences, language, params.tokens.workers, params.tokens.straight_apostrophes)


def _write_missed(path: Path, missed: list[tuple[str, int]]) -> None:
    lines = io.StringIO()
    rows = csv.writer(lines, lineterminator="\n")
    rows.writerow(["word", "count"])
    rows.writerows(missed)
    write_text(path, lines.getvalue())
