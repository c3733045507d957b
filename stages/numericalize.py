"""Stage: the split, units, vocabularies, ids and length cuts."""

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.corpus import facts, numericalize
from quoi.io import stage
from quoi.io.files import write_json
from quoi.params import languages
from quoi.records.checks import settle


@click.command("numericalize")
def command() -> None:
    """Write data/ids/ and reports/corpus/numericalize.json; where facts are expected, the comparison is in it."""
    settings = params.load()
    made = numericalize.of_questions(settings)
    settle("numericalize", made.measures, settings.checks)
    made.save(Path("data/ids"))
    counts = made.counts
    rows = facts.compare(settings.facts, facts.of_corpus(counts))
    write_json(Path("reports/corpus/numericalize.json"), counts | ({"facts": rows} if rows else {}))
    click.echo(
        f"{counts['training']:,} training and {counts['validation']:,} validation pairs, "
        + " and ".join(
            f"{counts[f'vocabulary_{side}']:,} {languages.name(code)} {settings.tokens.units_of(code)}"
            for side, code in settings.languages.both.items()
        )
    )
    if rows:
        click.echo(facts.summary(rows))


if __name__ == "__main__":
    stage.main(command)
