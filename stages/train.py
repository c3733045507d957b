"""Stage: train one variant of the translation model, once with every seed."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage
from quoi.jobs import experiment


@click.command()
@click.argument("variant")
def train(variant: str) -> None:
    """Write models/VARIANT/ and reports/translation/variants/VARIANT/, and an MLflow run a seed."""
    experiment.run(params.load(), variant)


if __name__ == "__main__":
    stage.main(train)
