"""Profiles as tables for the terminal: which there are, what changes, what a run will need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi import params
from quoi.params import profiles
from quoi.params.outside import downloads

if TYPE_CHECKING:
    from rich.table import Table

_WIDEST = 24


def listed(known: Mapping[str, Path], installed: str | None) -> Table:
    """The profiles, a row each; a dot marks the one that params.yaml is."""
    table = _table("Profiles" if installed else "Profiles (params.yaml is none of them)")
    for name in ("", "profile", "corpus", "vectors", "variants", "seeds", "downloads"):
        table.add_column(name, no_wrap=True)
    measured = profiles.measured()
    for name, path in known.items():
        told = profiles.settings(path)
        sources = (str(told.get(section, {}).get("source", "")) for section in ("corpus", "vectors"))
        counts = (str(len(told.get(key, ()))) for key in ("variants", "seeds"))
        total = measured.total(downloads(params.load(path)))
        table.add_row(
            "●" if name == installed else "", name, *sources, *counts, profiles.size(total) if total else "none"
        )
    return table


def changed(name: str, done: profiles.Installed) -> Table | str:
    """What installing a profile has changed: a row a dial, with its value before and now; or a sentence."""
    if not done.changes:
        before = "; the one before could not be read" if done.saved else "; there was none"
        return f"params.yaml is profiles/{name}.yaml{before if done.changes is None else ''}."
    table = _table(f"params.yaml is now profiles/{name}.yaml")
    for head in ("dial", "before", "now"):
        table.add_column(head, no_wrap=True)
    for key, before, now in done.changes:
        table.add_row(key, written(before), written(now))
    return table


def needed(given: params.Params) -> Table:
    """What a run with these settings needs."""
    table = _table("It needs")
    table.show_header = False
    table.add_column("what", no_wrap=True)
    table.add_column("how much")
    for name, words in profiles.needs(given).items():
        table.add_row(name, words)
    return table


def written(value: Any) -> str:
    """A value as YAML would write it; of long text the beginning, of long lists and sections the size."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, list):
        whole = f"[{', '.join(map(written, value))}]"
        return whole if len(whole) <= _WIDEST else f"[{len(value)} values]"
    if isinstance(value, Mapping):
        whole = f"{{{', '.join(f'{key}: {written(each)}' for key, each in value.items())}}}"
        return whole if len(whole) <= _WIDEST else f"{{{len(value)} keys}}"
    return _cut(str(value), _WIDEST)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _table(title: str) -> Table:
    from rich.table import Table

    return Table(title=title, title_justify="left", title_style="bold", header_style="", box=None)
