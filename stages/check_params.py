"""Stage: refuse a params.yaml that breaks a rule, before any other stage has touched anything."""

from __future__ import annotations

import click

from quoi import params, stage


@click.command("check_params")
def command() -> None:
    """Read all of params.yaml; nothing is written."""
    settings = params.load()
    click.echo(f"profile {settings.profile}: {', '.join(settings.variants)}; seeds {settings.seeds}")


if __name__ == "__main__":
    stage.main(command)
