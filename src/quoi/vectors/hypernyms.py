"""Which kinds of things each noun names: WordNet's hierarchy of the synsets that ImageNet-21k has.

The package that lists these synsets has their lemmas alone, so the hierarchy is in hypernyms.tsv beside this module: a
synset and those right above it in a line. It is made of WordNet 3.0's database (`wordnet-base` in Debian):

    python -m quoi.vectors.hypernyms data.noun > src/quoi/vectors/hypernyms.tsv
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from quoi.vectors.wordnet import imagenet21k

FILE = Path(__file__).with_name("hypernyms.tsv")
_POINTER = re.compile(rb" @i? (\d{8}) n ")
"""To a hypernym, or to that which a synset is an instance of (wninput(5WN))."""

Hypernyms = Mapping[str, Iterable[str]]
"""By synset, like n02084071, those right above it."""


def packaged() -> Hypernyms:
    """The hierarchy of ImageNet-21k's synsets."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return {synset: above for synset, *above in map(str.split, lines) if not synset.startswith("#")}


def kinds(synset: str, hypernyms: Hypernyms) -> set[str]:
    """A synset and all that are above it, however far."""
    found, waiting = {synset}, [synset]
    while waiting:
        above = set(hypernyms.get(waiting.pop(), ())) - found
        found |= above
        waiting += above
    return found


def read_hypernyms(content: bytes, kept: Collection[str]) -> dict[str, list[str]]:
    """The hierarchy of some synsets by WordNet's data.noun. In place of one that is not kept stand those above it.

    Args:
        content: of the file, as for `wordnet.read_synsets`.
    """
    every: dict[str, set[str]] = {}
    for line in content.splitlines():
        if not line.startswith(b" "):
            pointers, _, _ = line.partition(b" | ")
            every[f"n{line[:8].decode()}"] = {f"n{offset.decode()}" for offset in _POINTER.findall(pointers)}

    def above(synset: str) -> set[str]:
        direct = every[synset]
        return (direct & kept).union(*(above(other) for other in direct - kept))

    kept = set(kept)
    return {synset: found for synset in sorted(kept & every.keys()) if (found := sorted(above(synset)))}


def main(path: str) -> None:
    """Print hypernyms.tsv: the licence as data.noun states it, then the hierarchy."""
    content = Path(path).read_bytes()
    for line in content.decode("ascii", "replace").splitlines():
        if line.startswith(" "):
            print(f"#{line}".rstrip())
    for synset, above in read_hypernyms(content, {synset.id for synset in imagenet21k().synsets}).items():
        print(synset, *above, sep="\t")


if __name__ == "__main__":
    main(sys.argv[1])
