"""The grammar put together: every sampler gets what it draws from."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from .adjuncts import AdjunctSampler
from .adverbials import AdverbialSampler
from .arguments import ArgumentSampler
from .clause_sampler import ClauseSampler
from .complex_clauses import ComplexClauseSampler
from .nouns import NounSampler
from .questions import QuestionSampler
from .relatives import RelativeSampler
from .sampler import Context, Sampler


@dataclass(frozen=True, slots=True)
class Grammar:
    """What a question frame draws from."""

    sampler: Sampler
    context: Context
    nouns: NounSampler
    adverbials: AdverbialSampler
    arguments: ArgumentSampler
    clauses: ClauseSampler
    complex: ComplexClauseSampler
    questions: QuestionSampler


def grammar(random: Random) -> Grammar:
    """The grammar, which draws from this generator.

    A clause can hold another, in a relative clause or in an adjunct, but the inner one holds none: so there are two
    samplers of clauses, and the first is all that the second's relatives and adjuncts know of.
    """
    sampler, context = Sampler(random), Context()
    nouns = NounSampler(sampler, context)
    adverbials = AdverbialSampler(sampler, nouns)
    plain_arguments = ArgumentSampler(sampler, context, nouns)
    inner = ClauseSampler(sampler, context, adverbials, plain_arguments)
    arguments = ArgumentSampler(sampler, context, nouns, RelativeSampler(sampler, inner))
    adjuncts = AdjunctSampler(sampler, context, nouns, inner)
    clauses = ClauseSampler(sampler, context, adverbials, arguments, adjuncts.add)
    complex_clauses = ComplexClauseSampler(sampler, arguments, clauses)
    questions = QuestionSampler(sampler, nouns, clauses)
    return Grammar(sampler, context, nouns, adverbials, arguments, clauses, complex_clauses, questions)
