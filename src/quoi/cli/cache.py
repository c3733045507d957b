"""`quoi cache` and `quoi locks`: what DVC itself does not say of its cache and of who is at work."""

from __future__ import annotations

from dataclasses import asdict

import click

from quoi.io.stage import echo_json


@click.command()
@click.option("--repair", is_flag=True, help="Take damaged objects out, and put in what the workspace has whole.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cache(repair: bool, as_json: bool) -> None:
    """Check that DVC's cache has what dvc.lock names, undamaged; DVC itself restores a damaged file without a word."""
    from quoi.repo import cache, dvc

    checked = cache.check(dvc.read())
    repaired = cache.repair(checked) if repair else cache.Repaired([], [])
    if as_json:
        echo_json(asdict(checked) | asdict(repaired))
    else:
        sentences = cache.sentences(checked, repaired)
        if not (sentences or checked.damaged):
            sentences = [f"All {checked.objects:,} objects that dvc.lock names are in DVC's cache, and whole."]
        for sentence in sentences:
            click.echo(sentence)
    if not repair:
        cache.refuse_damaged(checked)


@click.command()
def locks() -> None:
    """Say which processes hold DVC's locks here."""
    from quoi.repo.locks import holders

    for holder in holders():
        click.echo(holder)
