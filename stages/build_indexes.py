"""Stage: the indexes of pictures, classes and nouns, and how much of the exact answer each finds."""

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.io import stage
from quoi.io.files import write_json
from quoi.jobs import hardware
from quoi.nearest import build
from quoi.nearest.catalogue import Catalogue
from quoi.records.checks import settle


@click.command("build_indexes")
def command() -> None:
    """Write indexes/ and reports/devise/indexes.json."""
    given = params.load()
    hardware.set_threads(given.hardware.threads)
    indexes = build.build_all(given.nearest, Catalogue())
    settle("build_indexes", build.checks(indexes), given.checks)
    write_json(Path("reports/devise/indexes.json"), build.report(indexes))
    click.echo("\n".join(map(str, indexes)))


if __name__ == "__main__":
    stage.main(command)
