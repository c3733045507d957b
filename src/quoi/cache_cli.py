"""`quoi cache` and `quoi locks`: what DVC itself does not tell of its cache and of who is at work."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from quoi.errors import QuoiError
from quoi.stage import echo_json

if TYPE_CHECKING:
    from quoi.cache import Checked, Repaired


@click.command()
@click.option("--new", is_flag=True, help="Pass over what was found whole earlier, and be silent if all is well.")
@click.option("--repair", is_flag=True, help="Take damaged objects out, and put in what the workspace has whole.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cache(new: bool, repair: bool, as_json: bool) -> None:
    """Check that DVC's cache has what dvc.lock names, undamaged; DVC itself restores a damaged file without a word."""
    from quoi import cache

    checked = cache.check(new=new)
    repaired = cache.repair(checked) if repair else cache.Repaired([], [])
    if as_json:
        echo_json(asdict(checked) | asdict(repaired))
    else:
        for sentence in _sentences(checked, repaired, new):
            click.echo(sentence)
    if checked.damaged and not repair:
        raise QuoiError(
            f"Damaged in DVC's cache: {cache.shown(checked.damaged)}: `quoi cache --repair` takes it out, and then "
            f"`dvc pull` fetches it or `dvc repro` computes it again."
        )


@click.command()
def locks() -> None:
    """Say which processes hold DVC's locks here."""
    from quoi.locks import holders

    for holder in holders():
        click.echo(holder)


def _sentences(checked: Checked, repaired: Repaired, new: bool) -> list[str]:
    from quoi.cache import shown

    restored, discarded = repaired.restored, repaired.discarded
    missing = [entry for entry in checked.missing if entry not in restored]
    told = []
    if restored:
        told.append(f"Put into DVC's cache from the workspace: {shown(restored)}. `dvc checkout` restores the others.")
    if discarded:
        told.append(f"Taken out of DVC's cache: {shown(discarded)}.")
    if missing:
        told.append(f"Not in DVC's cache, of {checked.objects:,} objects that dvc.lock names: {shown(missing)}.")
    if missing or discarded:
        told.append("`dvc pull` fetches what was shared; `dvc repro` computes what is still missing then.")
    if not (told or checked.damaged or new):
        told.append(f"All {checked.objects:,} objects that dvc.lock names are in DVC's cache, and whole.")
    return told
