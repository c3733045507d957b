"""Stage: what can be found by word and by picture, as scores, contact sheets, a map and a page."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage
from quoi.jobs import hardware
from quoi.report import gallery


@click.command("search_gallery")
def command() -> None:
    """Write reports/devise/README.md, its scores and its gallery."""
    hardware.set_threads(params.load().hardware.threads)
    scores = gallery.write()
    for name in scores.sets:
        mean = scores.summary("DeViSE", name).mean
        click.echo(f"{name}: hit@5 {mean:.3f} of {scores.of(name, 'pictures'):,} pictures")
    click.echo(f"More in {gallery.FOLDER}/README.md")


if __name__ == "__main__":
    stage.main(command)
