"""The beam's tree of every sample and variant, searched anew with the variant's best seed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quoi.params import Search
from quoi.records.results import Result


def told(results: Sequence[Result], settings: Search, root: Path) -> dict[str, list[dict[str, Any]]]:
    """By variant, the tree of each of its record's samples.

    Returns:
        `nodes`, each [place of its parent or -1, word, log-probability, score if it has ended], and `best`, the places
        of the best translation's words.

    Raises:
        QuoiError: a model is absent or damaged.
    """
    from quoi.translation import saved, trace

    trees: dict[str, list[dict[str, Any]]] = {}
    for result in results:
        model, description, source, target = saved.load(root / "models" / result.variant, result.best_seed)
        ids = {word: number for number, word in enumerate(source.words)}
        trees[result.variant] = []
        for sample in result.samples:
            words = [ids[word] for word in sample["source_tokens"]]
            found = trace.tree(model, words, description.max_target, settings.beam, settings.length_exponent)
            nodes = [
                [
                    -1 if each.parent is None else each.parent,
                    target.words[each.word],
                    round(each.log_probability, 3),
                    None if each.score is None else round(each.score, 4),
                ]
                for each in found
            ]
            trees[result.variant].append({"nodes": nodes, "best": trace.best(found)})
    return trees
