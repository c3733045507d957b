"""`quoi checks`: what each stage has measured of its own work, and whether that is sound."""

from __future__ import annotations

from pathlib import Path

import click

from quoi.cli.terminal import JSON, show, table
from quoi.io.errors import QuoiError
from quoi.io.stage import echo_json

_COLOURS = {"ok": "green", "look": "yellow", "broken": "red"}


@click.command()
@click.argument("stage", required=False)
@click.option("--not-ok", is_flag=True, help="Only what is not ok; be silent if all is.")
@JSON
def checks(stage: str | None, not_ok: bool, as_json: bool) -> None:
    """Show what each stage has measured of its own work: ok, worth a look, or broken.

    With a STAGE (embed@fr, train@all), also what it shows for reading: neighbours of words, translations, lines.
    """
    from quoi import params
    from quoi.records import checks as records

    reports = records.read_all(list(params.load().variants))
    if not reports:
        raise QuoiError("No stage has been checked yet: run `dvc repro`, or `git checkout reports`.")
    if stage not in (None, *(report.stage for report in reports)):
        known = ", ".join(report.stage for report in reports)
        raise QuoiError(f"{stage} has left no checks: run `dvc repro`, if it is a stage. Those that have: {known}.")
    reports = [report for report in reports if stage in (None, report.stage)]
    if not not_ok:
        earlier = of_other_settings()
        if names := ", ".join(report.stage for report in reports if report.stage in earlier):
            click.echo(f"Of other settings than params.yaml has now, until `dvc repro`: {names}.", err=True)
    if as_json:
        every = [check for report in reports for check in report.checks]
        echo_json([check.as_dict() for check in every if not (not_ok and check.state == "ok")])
        return
    rows = [row for report in reports for row in report.rows if not (not_ok and row.state == "ok")]
    if rows:
        _print(rows)
    if stage is not None and not not_ok:
        for title, texts in reports[0].texts.items():
            click.echo(f"\n{title}")
            for name, text in texts.items():
                click.echo(f"  {name}: {text}")


def of_other_settings(root: Path = Path()) -> set[str]:
    """The stages that last ran with other settings than params.yaml has now, and those that read what they wrote.

    Raises:
        QuoiError: dvc.lock is damaged.
    """
    from quoi.params import settings
    from quoi.repo import dvc

    now = settings.read(root / "params.yaml")
    stages = [dvc.Stage.of(name, entry) for name, entry in dvc.read_lock(root).items()]
    found = [
        stage
        for stage in stages
        if any(settings.value(now, key) != value for key, value in stage.params.get("params.yaml", {}).items())
    ]
    for stage in found:  # grows on the way
        found += [other for other in stages if other not in found and any(map(other.reads, stage.outs))]
    return {stage.name for stage in found}


def _print(rows: list) -> None:
    from rich.text import Text

    cells = [(row.stage, row.name, row.values, row.sound, Text(row.state, _COLOURS[row.state])) for row in rows]
    cells = [("" if i and row[0] == cells[i - 1][0] else row[0], *row[1:]) for i, row in enumerate(cells)]
    # In a pipe a check is a line, for grep.
    show(table("", ["stage", "check", "value", "sound", ""], cells, right=["value"]), least=200)
    stages: dict[str, list[str]] = {}
    for row in rows:
        if row.state != "ok":
            stages.setdefault(f"{row.state}: {row.name}: {row.why}", []).append(row.stage)
    for sentence, where in stages.items():
        click.echo(f"{sentence} ({', '.join(where)})")
