"""The default corpus: generated here, the same for the same seed, and not downloaded.

How a pair of sentences comes about (a synchronous grammar: both sides are said from one tree):

1. `generate` draws a `Frame` of `frames/`: the wordings of one kind of question, with slots, in English and French.
2. `Frame.tree` fills each slot with a node. The fillers call the samplers of a `Grammar`: `NounSampler` draws nouns,
   `ClauseSampler` a verb, for which `ArgumentSampler` draws a subject and objects, `AdverbialSampler` says when and
   where, and `AdjunctSampler` why or with whom; `QuestionSampler` leaves out what the question word asks for.
3. Nodes (`phrases`, `clauses`) hold features, no text. `Frame.say` asks each for its tokens, `english(form)` and
   `french(form)`, which inflect (`english`, `french`); then `join` spells a line: elision, contraction, a or an.
4. `typography` adds the question marks. `Noise` draws the other nine lines of ten, which a web crawl holds besides.

Words come from `lexicon/` and the names of Unicode CLDR (`names`); the later a word stands in its file, the rarer it
is, so that the corpus has the long tail of real text. What is said is grammatical, but only as sensible as the classes
of the lexicon make it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from random import Random

from .frames import FRAMES
from .grammar import Grammar
from .noise import Noise
from .typography import question

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
    random = Random(seed)
    grammar = Grammar(random)
    sampler = grammar.sampler
    sums = list(accumulate(frame.weight for frame in FRAMES))
    seen: set[tuple[str, str]] = set()
    frame = tree = None

    def ask() -> tuple[str, str]:
        nonlocal frame, tree
        if frame is None or not sampler.chance(_REWORDED):
            frame = random.choices(FRAMES, cum_weights=sums)[0]
            tree = frame.tree(grammar)
        return frame.say(grammar, tree)

    def ask_anew() -> tuple[str, str]:
        for _ in range(_PATIENCE):
            pair = ask()
            if pair not in seen and 3 <= len(pair[0].split()) <= 30:
                seen.add(pair)
                return pair
        raise Exhausted(f"The atlas corpus has about {len(seen):,} different questions; {questions:,} were asked for.")

    noise = Noise(grammar, ask)
    for start in range(0, questions, _BLOCK):
        count = min(_BLOCK, questions - start)
        lines = []
        for _ in range(count):
            english, french = question(sampler, *ask_anew())
            if noise.statements and sampler.chance(0.015):
                after = sampler.one(noise.statements)
                english, french = f"{english} {after[0]}", f"{french} {after[1]}"
            lines.append((english, french))
        lines += [noise.line() for _ in range(count * (LINES_PER_QUESTION - 1))]
        random.shuffle(lines)
        yield from lines
