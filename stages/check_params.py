"""Stage: refuse a params.yaml that breaks a rule or asks too much of this machine, before any other stage."""

from __future__ import annotations

import click

from quoi import hardware, params, stage


@click.command("check_params")
def command() -> None:
    """Read all of params.yaml; nothing is written."""
    settings = params.load()
    hardware.check(settings.hardware)
    click.echo(f"profile {settings.profile}: {', '.join(settings.variants)}; seeds {settings.seeds}")


if __name__ == "__main__":
    stage.main(command)
