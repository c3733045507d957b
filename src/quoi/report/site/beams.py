"""How every variant's best seed translates each sample: the beam's tree, and its words when the true ones are given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quoi.corpus.tokens import tokenize
from quoi.params import Search
from quoi.records.results import Result
from quoi.translation import trace
from quoi.translation.translator import Translator


def told(results: Sequence[Result], settings: Search, root: Path) -> dict[str, list[dict[str, Any]]]:
    """By variant, the `tree` of each of its record's samples and what is `forced` of it.

    Raises:
        QuoiError: a model is absent or damaged.
    """
    decoded = {}
    for result in results:
        translator = Translator.load(root / "models" / result.variant, result.best_seed)
        ids = {word: number for number, word in enumerate(translator.source.words)}
        decoded[result.variant] = []
        for sample in result.samples:
            source = [ids[word] for word in sample["source_tokens"]]
            decoded[result.variant].append(
                {**tree(translator, source, settings), "forced": forced(translator, source, sample["reference"])}
            )
    return decoded


def tree(translator: Translator, source: list[int], settings: Search) -> dict[str, Any]:
    """The beam's tree of a sentence.

    Args:
        source: ids, end marker included.

    Returns:
        `nodes`, each [place of its parent or -1, word, log-probability, score if it has ended], and `best`, the places
        of the best translation's words.
    """
    longest = translator.description.max_target
    found = trace.tree(translator.model, source, longest, settings.beam, settings.length_exponent)
    nodes = [
        [
            -1 if each.parent is None else each.parent,
            translator.target.words[each.word],
            round(each.log_probability, 3),
            None if each.score is None else round(each.score, 4),
        ]
        for each in found
    ]
    return {"nodes": nodes, "best": trace.best(found)}


def forced(translator: Translator, source: list[int], reference: str) -> dict[str, Any]:
    """What the model expects at each word of the reference when it is given those before.

    Returns:
        `words` of the reference, those `expected`, the `chances` of the reference's, and `attention`, T x S or None.
    """
    target = translator.target.encode(tokenize(reference, translator.target_units))
    told = trace.forced(translator.model, source, target)
    return {
        "words": [translator.target.words[word] for word in target],
        "expected": [translator.target.words[word] for word in told.words],
        "chances": [round(chance, 3) for chance in told.chances],
        "attention": told.attention and [[round(weight, 4) for weight in row] for row in told.attention],
    }
