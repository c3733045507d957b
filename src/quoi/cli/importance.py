"""`quoi importance`: which parameters matter most, by a random search."""

from __future__ import annotations

import click

from quoi.cli.claims import ENGINE
from quoi.cli.terminal import JSON, show, table
from quoi.io.stage import echo_json


@click.command()
@ENGINE
@JSON
def importance(engine: str | None, as_json: bool) -> None:
    """Train what the random search of claims.yaml lacks, and show which parameters matter most.

    A training that is done is not done again, and one that was interrupted goes on where it stopped.
    """
    from quoi.claims import importance as page
    from quoi.jobs import claims as job

    job.run_trials(lambda line: click.echo(line, err=True), engine)
    content = page.write()
    if as_json:
        echo_json(content)
        return
    rows = [
        (name, f"{one['mean']:.2f}", f"{one['low']:.2f} to {one['high']:.2f}", one["better"])
        for name, one in content["importance"].items()
    ]
    show(table("", ("parameter", "importance, BLEU", "95 %", "better where"), rows))
    click.echo(f"More in {page.FOLDER}/README.md")
