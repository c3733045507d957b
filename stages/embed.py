"""Stage: word vectors for one language's vocabulary."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage
from quoi.vectors import embedding


@click.command()
@click.argument("language", type=click.Choice(["en", "fr"]))
def embed(language: str) -> None:
    """Write data/vectors/LANGUAGE.safetensors, the text read for it to data/text/, and what is known and missed."""
    embedding.embed(params.load(), language, click.echo)


if __name__ == "__main__":
    stage.main(embed)
