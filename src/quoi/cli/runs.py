"""`quoi runs`: the runs in MLflow, what each stands on, and how to have it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from quoi.io.errors import QuoiError
from quoi.io.stage import echo_json

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from quoi.tracking.backfill import Brought
    from quoi.tracking.listing import Known

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(invoke_without_command=True)
@click.option("--experiment", help="Only the runs of this experiment.")
@JSON
@click.pass_context
def runs(context: click.Context, experiment: str | None, as_json: bool) -> None:
    """List the runs in MLflow with their scores; or say what one stands on, bring it back, compare it.

    A RUN is an id, the beginning of one, or a name such as all-1 (of several, the latest). Runs that only the tracked
    record holds are made first.
    """
    if context.invoked_subcommand is not None:
        if experiment or as_json:
            raise click.UsageError("--experiment and --json before a verb are for the list: give them after the verb.")
        return
    from quoi.tracking import listing, view

    known = listing.known(_store(), experiment)
    if as_json:
        echo_json([run.as_dict() for run in known])
    elif known:
        _print(*view.tables(known))
    else:
        click.echo(listing.NOTHING)


@runs.command("import")
def import_() -> None:
    """Make what the tracked record holds and MLflow lacks: runs, their lineage, the champion."""
    for sentence in _bring().sentences() or ["MLflow has all that the record holds."]:
        click.echo(sentence)


@runs.command()
@click.argument("run")
@click.option("--files", is_flag=True, help="Name every file of code.")
@JSON
def where(run: str, files: bool, as_json: bool) -> None:
    """Print what RUN stands on, up to the raw data: source, licence, digests, code and parameters."""
    from quoi.tracking import lineage_tags, view

    chosen = _find(_store(), run)
    lineage = lineage_tags.read(chosen.run)
    if as_json:
        echo_json({**chosen.as_dict(), "lineage": lineage and lineage.as_dict()})
    else:
        _print(view.tree(chosen, lineage, files))


@runs.command()
@click.argument("run")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@JSON
def restore(run: str, folder: Path | None, as_json: bool) -> None:
    """Put code, parameters, data and model of RUN into FOLDER, a Git worktree, and prove it by their digests.

    FOLDER must be new or empty and outside the repository. Default: one is made beside it.
    """
    from quoi.repo import git, restore
    from quoi.tracking import lineage_tags, listing, view

    client = _store()
    chosen = _find(client, run)
    lineage = listing.needed_lineage(chosen)
    top = git.top(Path()) or Path.cwd()
    folder = folder or top.parent / f"{top.name}-{chosen.name}-{chosen.id[:8]}"
    kept = lineage_tags.files_by_digest(client, chosen.run)
    done = restore.restore(lineage, chosen.begun_at, folder, kept)
    if as_json:
        echo_json(done.as_dict())
    else:
        _print(view.proof(done))
    if done.lacking:
        click.echo(f"Neither DVC's cache nor its remote has: {', '.join(done.lacking)}", err=True)
    if done.differing:
        raise QuoiError(
            f"{len(done.differing)} of {len(done.proofs)} digests in {done.folder} are not those of {chosen.name}."
        )


@runs.command()
@click.argument("first")
@click.argument("second")
@JSON
def diff(first: str, second: str, as_json: bool) -> None:
    """Say which parameters, data and code differ between two runs, and what that did to the scores."""
    from quoi.tracking import listing, view

    client = _store()
    one, other = _find(client, first), _find(client, second)
    between = listing.compare(one, other)
    if as_json:
        echo_json({"first": one.id, "second": other.id, **between})
    else:
        _print(*view.differences(one, other, between))


def _bring() -> Brought:
    """Import what is missing; the champion is chosen among the variants of params.yaml."""
    from quoi import params
    from quoi.tracking import backfill

    given = params.load()
    return backfill.bring(score=given.registry.score, variants=list(given.variants))


def _store() -> MlflowClient:
    """The store, with everything in it that the record holds."""
    from quoi.tracking import store

    brought = _bring()
    if brought.runs:
        click.echo(f"MLflow runs made from the record: {', '.join(brought.runs)}", err=True)
    return store.connect()


def _find(client: MlflowClient, wanted: str) -> Known:
    from quoi.tracking import listing

    run, same = listing.find(listing.known(client), wanted)
    if same > 1:
        click.echo(f"{run.name}: the latest of {same} runs by that name, {run.id[:8]}", err=True)
    return run


def _print(*shown: object) -> None:
    from rich.console import Console

    for each in shown:
        Console().print(each)
