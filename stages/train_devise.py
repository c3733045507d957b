"""Stage: DeViSE with every seed, beside its controls."""

from __future__ import annotations

import click

from quoi import params
from quoi.io import stage


@click.command()
def train_devise() -> None:
    """Write models/devise/ and its record in reports/devise/."""
    from quoi.jobs import devise

    for trained in devise.run(params.load()):
        unseen = trained.scores["DeViSE"]["unseen"]
        click.echo(
            f"seed {trained.seed}: {trained.stopped} epochs; hit@5 among {unseen['labels']} unseen labels "
            f"{unseen['hit@5']:.3f} (chance {unseen['chance@5']:.3f})"
        )


if __name__ == "__main__":
    stage.main(train_devise)
