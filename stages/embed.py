"""Stage: word vectors for one language's vocabulary."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from quoi import params, stage
from quoi.corpus import facts
from quoi.corpus.pairs import Pairs
from quoi.corpus.tables import read_columns
from quoi.corpus.vocabulary import SPECIALS, Vocabulary
from quoi.files import write_json, write_text
from quoi.vectors import fasttext_train, published, subwords, table


@click.command()
@click.argument("language", type=click.Choice(["en", "fr"]))
def embed(language: str) -> None:
    """Write data/vectors/LANGUAGE.safetensors and what is known and missed to reports/vectors/."""
    given = params.load()
    settings = given.vectors
    vocabulary = Vocabulary.load(Path(f"data/ids/{language}.txt"))
    (sentences,) = read_columns(Path("data/tokens.parquet"), ["english" if language == "en" else "french"])

    if settings.source_of(language) == "train":
        pairs = Pairs.load(Path("data/ids/pairs.safetensors"))
        source = fasttext_train.train([sentences[row] for row in pairs.row[pairs.training]], settings)
    else:
        source = published.open_published(settings, language)
        click.echo(f"reading {source}")
    answer = source.lookup(vocabulary.words[len(SPECIALS) :])
    kept = answer if settings.subwords else subwords.without(answer)
    vectors, numbers, own = table.build(vocabulary, kept, settings.unit_spread)
    vectors.save(Path(f"data/vectors/{language}.safetensors"))
    told = numbers | subwords.missed(answer, source.subwords) | {"source": source.describe()}
    checked = {}
    if settings.source_of(language) != "train":
        moments = source.moments() if facts.wants_moments(given.facts, language) else None
        checked = facts.compare(given.facts, facts.of_vectors(language, told, len(SPECIALS), moments))
    write_json(Path(f"reports/vectors/{language}.json"), told | ({"facts": checked} if checked else {}))

    lines = io.StringIO()
    rows = csv.writer(lines, lineterminator="\n")
    rows.writerow(["word", "count"])
    rows.writerows(table.without_own(vocabulary, own, sentences))
    write_text(Path(f"reports/vectors/missed.{language}.csv"), lines.getvalue())
    click.echo(f"{numbers['found']:,} words, {numbers['by_subwords']:,} by subwords, {numbers['missed']:,} missed")
    if checked:
        click.echo(facts.summary(checked))


if __name__ == "__main__":
    stage.main(embed)
