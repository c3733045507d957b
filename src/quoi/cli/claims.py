"""`quoi claims`: the lesson's statements, and what trainings say of them; `quoi importance`: what matters most."""

from __future__ import annotations

import textwrap

import click

from quoi.cli.terminal import JSON, show, table
from quoi.io.stage import echo_json

ENGINE = click.option(
    "--engine", type=click.Choice(["local", "ray"]), help="Where trainings run. Default: claims.yaml's."
)


@click.group()
def claims() -> None:
    """Test the statements of the lesson that claims.yaml holds."""


@claims.command("list")
@JSON
def list_(as_json: bool) -> None:
    """List every claim and its verdicts, as the last report has them."""
    from quoi.claims import page, statements
    from quoi.io.files import read_note
    from quoi.jobs import claims as job

    known, report = statements.load(), read_note(page.VERDICTS)
    found = {name: report.get(name, {}).get("found", {}) for name in known.claims}
    if as_json:
        echo_json({name: {"says": known.claims[name].says, "found": found[name]} for name in found})
        return
    verdicts = {
        name: [own.get(corpus, {}).get("verdict", "–") for corpus in known.corpora] for name, own in found.items()
    }
    rows = [(name, claim.says, *verdicts[name]) for name, claim in known.claims.items()]
    show(table("", ("claim", "statement", *known.corpora), rows, whole=["claim"]), least=200)
    wanted = statements.units(known, known.claims, job.available(known)[0])
    if lacking := job.lacking(wanted, known):
        click.echo(f"{len(lacking)} of {len(wanted)} trainings are not done, or not with this code: `quoi claims run`.")


@claims.command()
@click.argument("names", nargs=-1, metavar="[CLAIM]...")
@ENGINE
def run(names: tuple[str, ...], engine: str | None) -> None:
    """Train what these claims lack (default: all), and write the report.

    A training that is done is not done again, and one that was interrupted goes on where it stopped.
    """
    from quoi.claims import page
    from quoi.jobs import claims as job

    job.run(names, click.echo, engine)
    page.write()
    click.echo(f"Verdicts: {page.FOLDER}/README.md")


@claims.command()
@click.option("--number", type=click.IntRange(1), default=20, show_default=True, help="How many, at least.")
@ENGINE
def confirm(number: int, engine: str | None) -> None:
    """Repeat some of the trainings that other code made, and keep all of them if each gives the same numbers.

    For a change of the code that ought to change no number: hours of trainings need not be done again then.
    """
    from quoi.claims import page
    from quoi.jobs import claims as job

    job.confirm(number, click.echo, engine)
    page.write()


@claims.command("show")
@click.argument("name", metavar="CLAIM")
@JSON
def show_(name: str, as_json: bool) -> None:
    """Show one claim: what it says, what it compares, and what was found."""
    from quoi.claims import page, statements, trainings_page
    from quoi.io.files import read_note

    known = statements.load()
    (claim,) = known.chosen((name,)).values()
    found = read_note(page.VERDICTS).get(name, {}).get("found", {})
    settings = {side: known.settings[setting] for side, (setting, _) in zip(claim.compare, claim.sides, strict=True)}
    if as_json:
        echo_json({**claim.model_dump(), "settings": settings, "found": found})
        return
    click.echo(textwrap.fill(f"{claim.says} ({claim.where})", 100))
    than = "as" if claim.expected == "the same" else "than"
    click.echo(f"expected       {claim.compare[0]} is {claim.expected} {than} {claim.compare[1]}")
    click.echo(f"decided by     {claim.score}; a difference matters from {claim.matters:g} points")
    click.echo(f"contradicted if {claim.contradiction[0].lower()}{claim.contradiction[1:]}")
    for side, changes in settings.items():
        changed = "; ".join(trainings_page.changes(changes)) or "nothing"
        click.echo(f"{side:14} changes {changed} (of `base` in claims.yaml)")
    for corpus, one in found.items():
        low, high = one["interval"]
        raw, holm = (f"{value:.3f}" if value >= 0.001 else "< 0.001" for value in (one["p"], one["p_holm"]))
        corrected = f"p {raw}, {holm} by Holm's correction for all claims"
        numbers = f"{one['difference']:+.2f} [{low:+.2f}, {high:+.2f}]; {corrected}"
        click.echo(f"{corpus:14} {one['verdict']}: {numbers}")
        for path in one["trainings"]:
            click.echo(f"{'':14} {path}")
    if not found:
        click.echo(f"Not tested yet: `quoi claims run {name}`.")


@claims.command()
def report() -> None:
    """Write reports/claims/ anew from the trainings that are here."""
    from quoi.claims import page

    page.write()
    click.echo(f"Verdicts: {page.FOLDER}/README.md")


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
