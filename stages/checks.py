"""Stage: what all stages have measured of their own work, as a page."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage
from quoi.report import checks_page


@click.command()
def checks() -> None:
    """Write reports/checks/README.md and its pictures."""
    reports = checks_page.write(list(params.load().variants))
    states = [row.state for each in reports for row in each.rows]
    click.echo(", ".join(f"{states.count(state):,} {state}" for state in ("ok", "look", "broken") if state in states))
    click.echo(f"More in {checks_page.FOLDER}/README.md, or by `quoi checks`")


if __name__ == "__main__":
    stage.main(checks)
