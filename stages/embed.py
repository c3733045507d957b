"""Stage: word vectors for one language's vocabulary."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from quoi import params, stage
from quoi.corpus.pairs import Pairs
from quoi.corpus.tables import read_columns
from quoi.corpus.vocabulary import Vocabulary
from quoi.files import write_json, write_text
from quoi.vectors import fasttext_train, table


@click.command()
@click.argument("language", type=click.Choice(["en", "fr"]))
def embed(language: str) -> None:
    """Write data/vectors/LANGUAGE.safetensors and what is known and missed to reports/vectors/."""
    settings = params.load().vectors
    vocabulary = Vocabulary.load(Path(f"data/ids/{language}.txt"))
    pairs = Pairs.load(Path("data/ids/pairs.npz"))
    (sentences,) = read_columns(Path("data/tokens.parquet"), ["english" if language == "en" else "french"])

    source = fasttext_train.train([sentences[row] for row in pairs.row[pairs.training]], settings)
    vectors, numbers, own = table.build(vocabulary, source, settings.unit_spread)
    vectors.save(Path(f"data/vectors/{language}.safetensors"))
    write_json(Path(f"reports/vectors/{language}.json"), numbers)

    lines = io.StringIO()
    rows = csv.writer(lines, lineterminator="\n")
    rows.writerow(["word", "count"])
    rows.writerows(table.without_own(vocabulary, own, sentences))
    write_text(Path(f"reports/vectors/missed.{language}.csv"), lines.getvalue())
    click.echo(f"{numbers['found']:,} words, {numbers['by_subwords']:,} by subwords, {numbers['missed']:,} missed")


if __name__ == "__main__":
    stage.main(embed)
