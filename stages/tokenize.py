"""Stage: split the questions into tokens."""

# Run as `python -P stages/tokenize.py`: without -P this folder comes first on the path, and the standard library's
# own `tokenize` would be this file.

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.corpus.tokens import checks, counted, tokenize_all
from quoi.io import stage
from quoi.io.tables import read_columns, write_tokens
from quoi.params.languages import SIDES
from quoi.records.checks import settle


@click.command()
def tokenize() -> None:
    """Write data/tokens.parquet: words as the lesson has them, by which pairs are chosen whatever a model reads."""
    given = params.load()
    settings = given.tokens
    sentences = dict(zip(SIDES, read_columns(Path("data/questions.parquet"), SIDES), strict=True))
    units = {side: counted(language, settings) for side, language in given.languages.both.items()}
    tokens = {side: list(tokenize_all(texts, units[side], settings.workers)) for side, texts in sentences.items()}
    settle("tokenize", checks(sentences, tokens, units), given.checks)
    write_tokens(Path("data/tokens.parquet"), *tokens.values())
    numbers = {side: sum(map(len, split)) for side, split in tokens.items()}
    click.echo(" and ".join(f"{numbers[side]:,} {name}" for side, name in given.languages.names.items()) + " tokens")


if __name__ == "__main__":
    stage.main(tokenize)
