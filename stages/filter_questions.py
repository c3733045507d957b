"""Stage: keep the pairs of lines that are questions."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from quoi import params
from quoi.corpus.questions import LineSample, checks, filter_questions, patterns
from quoi.corpus.slices import group, sides
from quoi.io import stage
from quoi.io.files import write_json
from quoi.records.checks import settle


@click.command("filter_questions")
def command() -> None:
    """Write data/questions.parquet and reports/corpus/filter.json."""
    settings = params.load()
    sample = LineSample()
    counts = filter_questions(
        *sides(Path("data/raw")),
        Path("data/questions.parquet"),
        patterns(settings.questions, settings.languages),
        settings.corpus.on_bad_line,
        sample,
        settings.corpus.normalise,
        group(Path("data/raw")),
    )
    write_json(Path("reports/corpus/filter.json"), asdict(counts))
    settle("filter_questions", checks(counts, sample), settings.checks)
    damaged = sum(counts.skipped.values())
    click.echo(f"{counts.kept:,} questions in {counts.lines:,} line pairs, {damaged:,} of them damaged")
    mended = [f"{number:,} {name.replace('_', ' ')}" for name, number in counts.repaired.items() if number]
    if mended:
        click.echo(f"mended: {', '.join(mended)}")


if __name__ == "__main__":
    stage.main(command)
