"""`quoi app`: the page of results, live."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click

from quoi.cli.terminal import refuse_elsewhere


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
def app(port: int) -> None:
    """Serve the page of results with the models behind it, to this machine alone, until Ctrl-C.

    There, questions of your own are translated by every variant, and pictures of your own are placed among words.
    """
    refuse_elsewhere()
    from quoi.app.server import serve

    with suppress(KeyboardInterrupt):
        serve(Path(), port, click.echo)
    click.echo("Stopped.")
    os._exit(0)  # without waiting for a large picture that a thread may still be decoding
