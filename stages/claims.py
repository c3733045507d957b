"""Stage: train what the claims lack, and decide them. `dvc repro claims/dvc.yaml`, not a part of `dvc repro`."""

from __future__ import annotations

import click

from quoi.claims import page
from quoi.io import stage
from quoi.jobs import claims


@click.command("claims")
def command() -> None:
    """Write claims/trainings/ and reports/claims/."""
    claims.run((), click.echo)
    page.write()


if __name__ == "__main__":
    stage.main(command)
