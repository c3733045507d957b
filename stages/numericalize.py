"""Stage: vocabularies, ids, length cuts and the split."""

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.corpus import facts, numericalize
from quoi.io import stage
from quoi.io.files import write_json
from quoi.io.tables import read_columns
from quoi.records.checks import settle


@click.command("numericalize")
def command() -> None:
    """Write data/ids/ and reports/corpus/numericalize.json; where facts are expected, the comparison is in it."""
    settings = params.load()
    english, french = read_columns(Path("data/tokens.parquet"))
    en, fr, pairs, counts = numericalize.numericalize(english, french, settings.vocabulary, settings.split)
    vocabularies, tokens = {"en": en, "fr": fr}, {"en": english, "fr": french}
    settle("numericalize", numericalize.checks(pairs, vocabularies, tokens, counts), settings.checks)
    folder = Path("data/ids")
    en.save(folder / "en.txt")
    fr.save(folder / "fr.txt")
    pairs.save(folder / "pairs.safetensors")
    rows = facts.compare(settings.facts, facts.of_corpus(counts))
    write_json(Path("reports/corpus/numericalize.json"), counts | ({"facts": rows} if rows else {}))
    click.echo(
        f"{counts['training']:,} training and {counts['validation']:,} validation pairs, "
        f"{len(en):,} English and {len(fr):,} French words"
    )
    if rows:
        click.echo(facts.summary(rows))


if __name__ == "__main__":
    stage.main(command)
