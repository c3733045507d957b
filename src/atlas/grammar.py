"""The grammar put together: every sampler gets what it draws from."""

from __future__ import annotations

from random import Random

from .adverbials import AdverbialSampler
from .arguments import ArgumentSampler
from .clause_sampler import ClauseSampler
from .complex_clauses import ComplexClauseSampler
from .modifiers import AdjunctSampler, RelativeSampler
from .nouns import NounSampler
from .questions import QuestionSampler
from .sampler import Context, Sampler


class Grammar:
    """What a question frame draws from.

    A clause can hold another, in a relative clause or in an adjunct, but the inner one holds none: so there are two
    samplers of clauses, and the first is all that the second's relatives and adjuncts know of.
    """

    def __init__(self, random: Random) -> None:
        self.sampler, self.context = Sampler(random), Context()
        shared = self.sampler, self.context
        self.nouns = NounSampler(*shared)
        self.adverbials = AdverbialSampler(self.sampler, self.nouns)
        inner = ClauseSampler(*shared, self.adverbials, ArgumentSampler(*shared, self.nouns))
        self.arguments = ArgumentSampler(*shared, self.nouns, RelativeSampler(self.sampler, inner))
        adjuncts = AdjunctSampler(*shared, self.nouns, inner)
        self.clauses = ClauseSampler(*shared, self.adverbials, self.arguments, adjuncts.add)
        self.complex = ComplexClauseSampler(self.sampler, self.arguments, self.clauses)
        self.questions = QuestionSampler(self.sampler, self.nouns, self.clauses)
