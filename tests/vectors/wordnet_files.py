"""data.noun as WordNet writes it, made of a few synsets."""

from __future__ import annotations

from collections.abc import Sequence

LICENCE = b"  1 This software and database is being provided to you  \n"

Entry = tuple[Sequence[str], Sequence[int]]
"""The lemmas of a synset, and the numbers of those that it points to."""


def data_noun(entries: Sequence[Entry], licence: bytes = LICENCE) -> tuple[bytes, list[str]]:
    """The file, and the ids of its synsets."""
    places = [0] * len(entries)
    for _ in range(2):  # offsets have a fixed width: the second time they are right
        position, lines = len(licence), []
        for number, (lemmas, pointers) in enumerate(entries):
            places[number] = position
            lines.append(line(position, lemmas, [places[each] for each in pointers]))
            position += len(lines[-1])
    return licence + b"".join(lines), [f"n{place:08d}" for place in places]


def line(offset: int, lemmas: Sequence[str], nouns: Sequence[int] = (), gloss: str = 'a thing; "it\'s one"  ') -> bytes:
    words = " ".join(f"{lemma.replace(' ', '_')} 0" for lemma in lemmas)
    pointers = "".join(f" @ {noun:08d} n 0000" for noun in nouns)
    return f"{offset:08d} 05 n {len(lemmas):02x} {words} {len(nouns):03d}{pointers} | {gloss}\n".encode()
