"""Stage: the loss progression of all variants, as tables, pictures and a page."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage
from quoi.records import results
from quoi.report import page, progression


@click.command("compare")
def command() -> None:
    """Write reports/translation/ but for variants/, and show the progression."""
    from rich.console import Console

    settings = params.load()
    trained = results.load(settings.variants)
    page.write(trained, settings.profile, settings.report.attention_maps)
    Console().print(progression.show(trained, progression.published_for(settings.profile)))
    click.echo(f"More in {page.FOLDER}/README.md")


if __name__ == "__main__":
    stage.main(command)
