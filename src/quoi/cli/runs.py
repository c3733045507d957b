"""`quoi runs`: the runs in MLflow, what each stands on, and how to have it back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quoi.cli.terminal import JSON, show
from quoi.io.errors import QuoiError
from quoi.io.stage import echo_json

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from quoi.tracking.backfill import Brought
    from quoi.tracking.listing import ListedRun


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
    from quoi.cli import runs_view
    from quoi.tracking import listing

    listed = listing.listed(_store(), experiment)
    if as_json:
        echo_json([run.as_dict() for run in listed])
    elif listed:
        show(*runs_view.tables(listed))
    else:
        click.echo(listing.NOTHING)


@runs.command("import")
def import_() -> None:
    """Make what the tracked record holds and MLflow lacks: runs, their lineage, the champion."""
    for sentence in bring().sentences() or ["MLflow has all that the record holds."]:
        click.echo(sentence)


@runs.command()
@click.argument("run")
@click.option("--files", is_flag=True, help="Name every file of code.")
@JSON
def where(run: str, files: bool, as_json: bool) -> None:
    """Print what RUN stands on, up to the raw data: source, licence, digests, code and parameters."""
    from quoi.cli import runs_view
    from quoi.tracking import lineage_tags

    chosen = _find(_store(), run)
    lineage = lineage_tags.read(chosen.run)
    if as_json:
        echo_json({**chosen.as_dict(), "lineage": lineage and lineage.as_dict()})
    else:
        show(runs_view.tree(chosen, lineage, files))


@runs.command()
@click.argument("run")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@JSON
def restore(run: str, folder: Path | None, as_json: bool) -> None:
    """Put code, parameters, data and model of RUN into FOLDER, a Git worktree, and prove it by their digests.

    FOLDER must be new or empty and outside the repository. Default: one is made beside it.
    """
    from quoi.cli import runs_view
    from quoi.repo import git, restore
    from quoi.repo.digests import of_path
    from quoi.tracking import lineage_tags

    client = _store()
    chosen = _find(client, run)
    lineage = lineage_tags.read(chosen.run)
    if lineage is None:
        raise QuoiError(f"Run {chosen.name} ({chosen.id[:8]}) has no lineage: {chosen.why_no_lineage}.")
    top = git.top(Path()) or Path.cwd()
    folder = folder or top.parent / f"{top.name}-{chosen.name}-{chosen.id[:8]}"
    kept = {of_path(file): file for file in lineage_tags.kept_files(client, chosen.run).values()}
    done = restore.restore(lineage, chosen.begun_at, folder, kept)
    if as_json:
        echo_json(asdict(done) | {"differing": len(done.differing)})
    else:
        show(runs_view.proof(done))
    if done.lacking:
        click.echo(f"Neither DVC's cache nor its remote has: {', '.join(done.lacking)}", err=True)
    if done.differing:
        raise QuoiError(
            f"{len(done.differing)} of {len(done.compared)} digests in {done.folder} are not those of {chosen.name}."
        )


@runs.command()
@click.argument("first")
@click.argument("second")
@JSON
def diff(first: str, second: str, as_json: bool) -> None:
    """Say which parameters, data and code differ between two runs, and what that did to the scores."""
    from quoi.cli import runs_view
    from quoi.tracking import listing

    client = _store()
    one, other = _find(client, first), _find(client, second)
    between = listing.compare(one, other)
    if as_json:
        echo_json({"first": one.id, "second": other.id, **between})
    else:
        show(*runs_view.differences(one, other, between))


def bring() -> Brought:
    """Import what is missing; the champion is chosen among the variants of params.yaml."""
    from quoi import params
    from quoi.tracking import backfill

    given = params.load()
    return backfill.bring(score=given.registry.score, variants=list(given.variants))


def _store() -> MlflowClient:
    """The store, with everything in it that the record holds."""
    from quoi.tracking import store

    brought = bring()
    if brought.runs:
        click.echo(brought.sentences()[0], err=True)
    return store.connect()


def _find(client: MlflowClient, wanted: str) -> ListedRun:
    from quoi.tracking import listing

    run, same = listing.find(listing.listed(client), wanted)
    if same > 1:
        click.echo(f"{run.name}: the latest of {same} runs by that name, {run.id[:8]}", err=True)
    return run
