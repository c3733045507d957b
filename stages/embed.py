"""Stage: word vectors for one side's vocabulary."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage
from quoi.params.languages import SIDES, Side
from quoi.vectors import embedding


@click.command()
@click.argument("side", type=click.Choice(SIDES))
def embed(side: Side) -> None:
    """Write data/vectors/SIDE.safetensors, the text read for it to data/text/, and what is known and missed."""
    embedding.embed(params.load(), side, click.echo)


if __name__ == "__main__":
    stage.main(embed)
