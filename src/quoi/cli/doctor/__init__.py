"""`quoi doctor`: what of this installation serves the profile, and what does not."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from quoi.io.stage import echo_json

_SIGNS = {"ok": "[green]ok[/]", "note": "[yellow]note[/]", "problem": "[red]problem[/]"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(as_json: bool) -> None:
    """Check the installation for the profile in params.yaml; exit status 1 where something stops it."""
    from quoi.cli.doctor.examine import examine

    found = examine()
    if as_json:
        told = {"profile": found.profile, "problems": found.problems, "checks": [asdict(each) for each in found.checks]}
        echo_json(told)
    else:
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table

        table = Table(title=f"For profile {found.profile}", title_justify="left", title_style="bold", box=None)
        table.show_header = False
        for each in found.checks:
            table.add_row(_SIGNS[each.mark], each.name, escape(each.says))
        Console().print(table)
    sys.exit(1 if found.problems else 0)
