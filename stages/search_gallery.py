"""Stage: what can be found by word and by picture, as scores, contact sheets, a map and a page."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage
from quoi.jobs import hardware
from quoi.records.devise_record import WHOLE


@click.command("search_gallery")
def command() -> None:
    """Write reports/devise/README.md, its scores and its gallery."""
    # It imports scikit-learn, which `quoi repro` has for the stage: see quoi.io.fork_server.
    from quoi.report import gallery

    hardware.set_threads(params.load().hardware.threads)
    result = gallery.write()
    for name in result.sets:
        hit = result.summary(WHOLE, name).mean
        click.echo(f"{name}: hit@5 {hit:.3f} of {result.of(name, 'pictures'):,} pictures")
    click.echo(f"More in {gallery.FOLDER}/README.md")


if __name__ == "__main__":
    stage.main(command)
