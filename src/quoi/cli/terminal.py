"""What verbs share: tables on a terminal, the option that prints JSON in their place, and where they may be called."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from quoi.io.errors import QuoiError

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def refuse_elsewhere() -> None:
    """Refuse to go on outside the root of a repository, for a verb that reads no parameters.

    Raises:
        QuoiError: there is no params.yaml here.
    """
    if not Path("params.yaml").exists():
        raise QuoiError("params.yaml does not exist here: run quoi at the root of the repository.")


def table(
    title: str,
    heads: Sequence[str],
    rows: Iterable[Iterable[str | Text]],
    right: Container[str] = (),
    head: bool = True,
    whole: Container[str] = (),
) -> Table:
    """A table without lines, whose cells stand as they are, square brackets included.

    Args:
        right: the heads of columns that are aligned to the right.
        whole: the heads of columns whose cells are never broken over lines.
    """
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title or None, title_justify="left", title_style="bold", header_style="", box=None)
    made.show_header = head
    for name in heads:
        made.add_column(name, justify="right" if name in right else "left", overflow="fold", no_wrap=name in whole)
    for row in rows:
        made.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
    return made


def show(*shown: object, least: int = 0) -> None:
    """Print tables, trees and text; where this is no terminal, in lines of at least so many characters."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, least)
    for each in shown:
        console.print(each)
