"""The default corpus: generated here, the same for the same seed, and not downloaded.

A synchronous grammar builds both sides of a sentence from one tree (`phrases`, `clauses`), fills it with the words of
`lexicon/` and the names of Unicode CLDR (`names`), and asks about it in the ways of `frames/`. Nine tenths of the lines
are what a web crawl holds besides (`noise`). A word is the rarer the later it stands in its file, so that the corpus
has the long tail of real text. What is said is grammatical, but only as sensible as the classes of the lexicon make it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from random import Random

LICENCE = (
    "Names of territories, languages, currencies, months, weekdays, units and cities: Unicode CLDR (through Babel), "
    "Unicode License v3. Everything else was written for this project and has its licence."
)
DESCRIPTION = (
    "Generated English-French sentence pairs: wh-questions from a synchronous grammar over Unicode CLDR names and a "
    "lexicon written for this project, among statements, other questions and the noise of a web crawl."
)
LINES_PER_QUESTION = 10
_BLOCK = 40  # questions that are shuffled among their noise at a time
_REWORDED = 0.12  # how often the same question comes again in other words, so that wordings have several translations
_PATIENCE = 2000  # repeated questions in a row before the grammar counts as exhausted


class Exhausted(ValueError):
    """The grammar has fewer questions than were asked for; its message is a sentence for people."""


def generate(questions: int, seed: int) -> Iterator[tuple[str, str]]:
    """Raw lines (English, French) without line ends: 10 * `questions`, of which the default filter keeps `questions`.

    What is kept are distinct pairs; every other line is rejected by the filter. The same arguments give the same lines.

    Raises:
        Exhausted: the grammar has fewer distinct questions than asked for; the message says how many it found.
    """
    from .choose import Chooser
    from .frames import FRAMES
    from .noise import Noise
    from .typography import question

    random = Random(seed)
    chooser = Chooser(random)
    sums = list(accumulate(frame.weight for frame in FRAMES))
    seen: set[tuple[str, str]] = set()

    tree = None

    def ask() -> tuple[str, str]:
        nonlocal tree
        if tree is None or not chooser.chance(_REWORDED):
            frame = random.choices(FRAMES, cum_weights=sums)[0]
            tree = frame, frame.tree(chooser)
        return tree[0].say(chooser, tree[1])

    def ask_anew() -> tuple[str, str]:
        for _ in range(_PATIENCE):
            pair = ask()
            if pair not in seen and 3 <= len(pair[0].split()) <= 30:
                seen.add(pair)
                return pair
        raise Exhausted(f"The atlas corpus has about {len(seen):,} different questions; {questions:,} were asked for.")

    noise = Noise(chooser, ask)
    left = questions
    while left:
        count = min(_BLOCK, left)
        left -= count
        lines = []
        for _ in range(count):
            english, french = question(chooser, *ask_anew())
            if noise.statements and chooser.chance(0.015):
                after = chooser.one(noise.statements)
                english, french = f"{english} {after[0]}", f"{french} {after[1]}"
            lines.append((english, french))
        lines += [noise.line() for _ in range(count * (LINES_PER_QUESTION - 1))]
        random.shuffle(lines)
        yield from lines
