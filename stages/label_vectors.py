"""Stage: labels and nouns as word vectors, and the words that a search may name."""

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.io import stage
from quoi.io.files import write_json
from quoi.io.tables import read_columns
from quoi.records.checks import settle
from quoi.vectors import label_vectors as vectors


@click.command()
def label_vectors() -> None:
    """Write data/labels/ and the share found to reports/devise/labels.json."""
    given = params.load()
    labels, synsets = read_columns(Path("data/images/images.parquet"), ["label", "synset"])
    on_bad_row = given.corpus.on_bad_line
    counts = vectors.write(Path("data/labels"), labels, synsets, given.labels, on_bad_row, click.echo)
    settle("label_vectors", vectors.checks(counts), given.checks)
    write_json(Path("reports/devise/labels.json"), counts)


if __name__ == "__main__":
    stage.main(label_vectors)
