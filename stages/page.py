"""Stage: one page that shows every result, to read and to touch."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage
from quoi.jobs import hardware
from quoi.records import results


@click.command("page")
def command() -> None:
    """Write reports/index.html."""
    # It imports PyTorch, which `quoi repro` has for the stage: see quoi.io.fork_server.
    from quoi.report.site import page

    settings = params.load()
    hardware.set_threads(settings.hardware.threads)
    size = page.write(results.load(settings.variants), settings.profile, settings.search)
    click.echo(f"{page.PAGE}: {size / 1e6:.1f} MB; open it in a browser")


if __name__ == "__main__":
    stage.main(command)
