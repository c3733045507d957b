"""`quoi verify`: does running a stage again give what dvc.lock has?"""

from __future__ import annotations

import re
import signal
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from quoi.cli.terminal import JSON, show, table
from quoi.io.errors import QuoiError
from quoi.io.stage import echo_json

if TYPE_CHECKING:
    from quoi.jobs.verify import Verified

_MEASURED = "measured"


def _tolerances(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, float] | None:
    shares = {}
    for text in given:
        match = re.fullmatch(r"(?:([^=]+)=)?(\d*\.?\d+(?:e-?\d+)?)", text)
        if match:
            shares[match[1] or ""] = float(match[2])
        elif text != _MEASURED:
            raise click.BadParameter(f"{text!r}: a number from 0 is needed, or NAME=NUMBER, as 0.01 or bleu_beam=0.05.")
    return shares if given else None


@click.command()
@click.argument("stages", nargs=-1, metavar="[STAGE]...")
@click.option(
    "--tolerance",
    "tolerances",
    multiple=True,
    is_flag=False,
    flag_value=_MEASURED,
    callback=_tolerances,
    metavar="[[NAME=]SHARE]",
    help="Let numbers differ by this share: all of them, or those of one name; without a number, by what machines were "
    "seen to differ. Without it, the bytes have to be the same.",
)
@JSON
def verify(stages: tuple[str, ...], tolerances: dict[str, float] | None, as_json: bool) -> None:
    """Run STAGEs again (default: all) in a temporary workspace, and compare what they write with dvc.lock.

    The workspace, its cache and its runs stay as they are. Exit status 1: an output differs.
    """
    from quoi.jobs import verify

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as a CI that cancels sends it
    done: list[Verified] = []
    try:
        for stage in verify.verify(stages, tolerances=tolerances):
            done.append(stage)
    except QuoiError:
        if done and not as_json:
            _show(done)  # what took its time before is not lost
        raise
    good = all(stage.reproduced for stage in done)
    if as_json:
        rows = [asdict(stage) | {"reproduced": stage.reproduced} for stage in done]
        echo_json({"reproduced": good, "stages": rows})
    else:
        _show(done)
        click.echo("Reproduced." if good else "Not reproduced.")
    sys.exit(0 if good else 1)


def _show(stages: list[Verified]) -> None:
    rows = []
    for stage in stages:
        head = stage.stage, f"{stage.seconds:.0f} s"
        for out in stage.outputs:
            rows.append((*head, out.path, out.result, out.says))
            head = "", ""
    show(table("", ["stage", "took", "output", "result", ""], rows, right=["took"]))
