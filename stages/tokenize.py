"""Stage: split the questions into tokens."""

# Run as `python -P stages/tokenize.py`: without -P this folder comes first on the path, and the standard library's
# own `tokenize` would be this file.

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.corpus.tokens import checks, tokenize_all
from quoi.corpus.units import Units
from quoi.io import stage
from quoi.io.tables import read_columns, write_tokens
from quoi.records.checks import settle


@click.command()
def tokenize() -> None:
    """Write data/tokens.parquet: words as the lesson has them, by which pairs are chosen whatever a model reads."""
    given = params.load()
    settings = given.tokens
    sentences = dict(zip(("en", "fr"), read_columns(Path("data/questions.parquet")), strict=True))
    tokens = {
        language: list(tokenize_all(side, Units(language, "lesson", settings.straight_apostrophes), settings.workers))
        for language, side in sentences.items()
    }
    settle("tokenize", checks(sentences, tokens), given.checks)
    english, french = tokens.values()
    write_tokens(Path("data/tokens.parquet"), english, french)
    click.echo(f"{sum(map(len, english)):,} English and {sum(map(len, french)):,} French tokens")


if __name__ == "__main__":
    stage.main(tokenize)
