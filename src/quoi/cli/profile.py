"""`quoi profile`: which profiles there are, what each takes, and one of them as params.yaml."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from quoi.cli.terminal import show, table

if TYPE_CHECKING:
    from quoi.params import Params
    from quoi.params.profiles import Measured

_WIDEST = 24


@click.command()
@click.argument("name", required=False)
@click.option("--show", "whole", is_flag=True, help="Print the whole params.yaml of NAME, and write nothing.")
def profile(name: str | None, whole: bool) -> None:
    """Write profile NAME as params.yaml, and say what changes; without NAME, list all with what they take."""
    from quoi import params
    from quoi.params import profiles, settings

    if whole:
        if name is None:
            raise click.UsageError("--show prints one profile, and none is named.")
        profiles.load(name)
        click.echo(profiles.text(name), nl=False)
        return
    measured = profiles.measured()
    if name is None:
        current = profiles.current()
        title = "Profiles" if current else "Profiles (params.yaml is none of them)"
        rows = [
            {"": "●" if known == current else "", **overview(profiles.load(known), measured)}
            for known in profiles.known()
        ]
        show(table(title, list(rows[0]), (row.values() for row in rows)))
        return
    before = settings.read(params.PARAMS)
    if saved := profiles.install(name):
        click.echo(f"params.yaml was none of the profiles: it is kept as {saved}.")
    if changes := settings.changes(before, settings.read(params.PARAMS)) if before else []:
        rows = ((key, written(old), written(new)) for key, old, new in changes)
        show(table(f"params.yaml is now profile {name}", ["parameter", "before", "now"], rows))
    else:
        click.echo(f"params.yaml is profile {name}.")
    show(table("It takes", ["what", "how much"], takes(params.load(), measured).items(), head=False))
    click.echo("`dvc repro` runs what this changes; what ran with these settings before comes out of DVC's cache.")


def overview(given: Params, measured: Measured) -> dict[str, str]:
    """A profile in the list of all: what a run takes, without the names of what is downloaded."""
    words = takes(given, measured)
    return {"profile": given.profile, **words, "download": words["download"].split(": ")[0]}


def takes(given: Params, measured: Measured) -> dict[str, str]:
    """What a run with these parameters takes, in words: files of the user's own, downloads, disk, memory and time."""
    from rich.filesize import decimal

    from quoi.params import profiles
    from quoi.params.corpus import INSTALL
    from quoi.params.outside import downloads, wanted

    own = [path for file in wanted(given) for path in file.paths.values()]
    files = downloads(given)
    needs = measured.needs.get(given.profile, profiles.Needs())
    size = {url: decimal(measured.bytes[url]) if url in measured.bytes else "of unknown size" for url in files}
    listed = ", ".join(f"{url.rsplit('/', 1)[-1]} {size[url]}" for url in files)
    fetched = f"{decimal(measured.total(files))}: {listed}" if files else ""
    return {
        "yours": ", ".join(own) or "nothing",
        "download": " and ".join(filter(None, (INSTALL.get(given.corpus.source), fetched))) or "nothing",
        "disk": decimal(measured.total(files) + needs.disk) if needs.disk else "not measured",
        "memory": needs.memory,
        "time": needs.time,
    }


def written(value: Any) -> str:
    """A value in a row of the table, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
