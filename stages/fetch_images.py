"""Stage: write the labelled pictures, one archive and one table, and a note on where they are from."""

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.images.fetch import fetch
from quoi.io import stage
from quoi.io.files import write_json
from quoi.records.checks import settle


@click.command()
def fetch_images() -> None:
    """Write data/images/ from the source that images.source names, and reports/devise/images.json."""
    given = params.load()
    settings = given.images
    fetched = fetch(settings, Path("data/images"))
    settle("fetch_images", fetched.checks(), given.checks)
    write_json(Path("reports/devise/images.json"), fetched.counts())
    click.echo(f"{fetched.pictures:,} pictures with {len(fetched.labels):,} labels from {settings.source}")
    if summary := fetched.summary():
        click.echo(summary)


if __name__ == "__main__":
    stage.main(fetch_images)
