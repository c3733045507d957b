"""Stage: the backbone's features of every picture."""

from __future__ import annotations

from pathlib import Path

import click

from quoi import params
from quoi.devise.checks import of_features
from quoi.images.archive import PictureArchive
from quoi.images.features import PictureFeatures, extract
from quoi.io import stage
from quoi.jobs import hardware
from quoi.records.checks import settle


@click.command()
def image_features() -> None:
    """Write data/features/."""
    from quoi.images import backbone

    given = params.load()
    hardware.set_threads(given.hardware.threads)
    settings = given.features
    images = PictureArchive.open("data/images")
    network = backbone.load(settings.backbone, settings.layers)
    extract(images, network, settings, Path("data/features"), hardware.device(given.hardware))
    settle("image_features", of_features(PictureFeatures.open("data/features")), given.checks)
    click.echo(f"{len(images):,} pictures, {len(images) * (1 + len(settings.views)):,} with their views")


if __name__ == "__main__":
    stage.main(image_features)
