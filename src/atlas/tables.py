"""Reading the lexicon: tab-separated files, commonest entry first, `#` for comments."""

from functools import cache
from importlib import resources


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of `lexicon/NAME.tsv`, each a tuple of stripped cells; comments and blank lines left out."""
    text = resources.files(__package__).joinpath("lexicon").joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return tuple(tuple(cell.strip() for cell in line.split("\t")) for line in lines)


@cache
def lists(name: str) -> dict[str, tuple[str, ...]]:
    """The named lists of `lexicon/NAME.tsv`."""
    return {key: synonyms(entries) for key, entries in rows(name)}


def synonyms(cell: str) -> tuple[str, ...]:
    """A cell's synonyms: `"buy;purchase"` -> `("buy", "purchase")`; `-` and the empty cell hold none."""
    return tuple(part.strip() for part in cell.split(";") if part.strip() not in ("", "-"))
