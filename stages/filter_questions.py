"""Stage: keep the pairs of lines that are questions."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from quoi import params, stage
from quoi.corpus.questions import Examples, checks, filter_questions
from quoi.corpus.stretches import sides
from quoi.files import write_json
from quoi.records.checks import settle


@click.command("filter_questions")
def command() -> None:
    """Write data/questions.parquet and reports/corpus/filter.json."""
    settings = params.load()
    examples = Examples()
    counts = filter_questions(
        *sides(Path("data/raw")),
        Path("data/questions.parquet"),
        (settings.questions.english, settings.questions.french),
        settings.corpus.on_bad_line,
        examples,
    )
    write_json(Path("reports/corpus/filter.json"), asdict(counts))
    settle("filter_questions", checks(counts, examples), settings.checks)
    damaged = sum(counts.skipped.values())
    click.echo(f"{counts.kept:,} questions in {counts.lines:,} line pairs, {damaged:,} of them damaged")


if __name__ == "__main__":
    stage.main(command)
