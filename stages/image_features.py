"""Stage: the backbone's features of every picture."""

from __future__ import annotations

from pathlib import Path

import click

from quoi import hardware, params, stage
from quoi.devise.checks import of_features
from quoi.devise.features import Features, extract
from quoi.devise.images.archive import Images
from quoi.records.checks import settle


@click.command()
def image_features() -> None:
    """Write data/features/."""
    from quoi.devise import backbone

    given = params.load()
    hardware.set_threads(given.hardware.threads)
    settings = given.features
    images = Images.open("data/images")
    network = backbone.load(settings.backbone, settings.layers)
    seconds = extract(images, network, settings, Path("data/features"))
    settle("image_features", of_features(Features.open("data/features")), given.checks)
    seen = len(images) * (1 + len(settings.views))
    click.echo(f"{len(images):,} pictures, {seen:,} with their views: {seen / seconds:.0f} a second")


if __name__ == "__main__":
    stage.main(image_features)
