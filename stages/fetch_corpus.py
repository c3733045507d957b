"""Stage: write the raw corpus, two line-aligned texts and a note on where they are from."""

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.corpus import sources
from quoi.io import stage


@click.command()
def fetch_corpus() -> None:
    """Write data/raw/ from the source that corpus.source names."""
    given = params.load()
    settings = given.corpus
    lines = sources.fetch(settings, given.languages, Path("data/raw"), click.echo)
    count = "line pairs, which the filter counts," if lines is None else f"{lines:,} line pairs"
    click.echo(f"{count} from {settings.source}")


if __name__ == "__main__":
    stage.main(fetch_corpus)
