"""What a training of the claims leaves: one file, named by everything that decides its numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quoi.claims import decision
from quoi.claims.decision import Effect, Spread
from quoi.claims.statements import Claim, Claims, Unit
from quoi.io.files import read_as, read_note, write_json, write_text

FOLDER = Path("claims/trainings")
INDEX = FOLDER / "index.json"
"""By corpus, setting and seed the key of the training that claims.yaml asks for."""

Index = dict[str, dict[str, dict[str, str]]]


@dataclass(frozen=True)
class Result:
    """A training's scores.

    Attributes:
        parameters: everything that decides the numbers, dotted keys.
        scores: as in a variant's record.
        rows: (N,) numbers of the items; of translations, rows of the table of questions.
        statistics: by `METHOD/SCORE` (K integers) for each item, as `decision.score` adds them up; zeros alone for an
            item that this score does not have.
        history: a row for each epoch.
    """

    corpus: str
    setting: str
    seed: int
    parameters: dict[str, Any]
    scores: dict[str, float]
    rows: list[int]
    statistics: dict[str, list[list[int]]]
    history: list[dict[str, float]]

    def items(self, method: str, kind: str) -> list[int]:
        """Of `rows`, those that this score has."""
        return [
            row for row, numbers in zip(self.rows, self.statistics[f"{method}/{kind}"], strict=True) if any(numbers)
        ]

    def of(self, method: str, kind: str, rows: Sequence[int]) -> np.ndarray:
        """Statistics (N, K) of the items `rows`."""
        place = {row: number for number, row in enumerate(self.rows)}
        table = np.array(self.statistics[f"{method}/{kind}"], dtype=np.int64)
        return table[[place[row] for row in rows]]

    def score(self, method: str, kind: str) -> float:
        """Over all items, in points of 100."""
        return float(decision.score(kind, np.array(self.statistics[f"{method}/{kind}"]).sum(axis=0)))


def statistics(hypotheses: Mapping[str, Sequence[str]], references: Sequence[str]) -> dict[str, list[list[int]]]:
    """What `decision.score` needs of each translation, by `METHOD/SCORE`.

    Args:
        hypotheses: N translations by search.
        references: N sentences.
    """
    from sacrebleu.metrics import BLEU

    from quoi.translation.scores import exact_match

    bleu = BLEU(lowercase=True, effective_order=True)  # as `scores.corpus_scores`; the order is for single sentences
    made: dict[str, list[list[int]]] = {}
    for search, sentences in hypotheses.items():
        pairs = list(zip(sentences, references, strict=True))
        counted = [bleu.sentence_score(hypothesis, [reference]) for hypothesis, reference in pairs]
        made[f"{search}/bleu"] = [[one.sys_len, one.ref_len, *one.counts, *one.totals] for one in counted]
        made[f"{search}/exact"] = [[int(exact_match([one], [other])), 1] for one, other in pairs]
    return made


def save(result: Result, key: str, root: Path = Path()) -> None:
    """Write a training's file, whole or not at all."""
    write_text(root / FOLDER / f"{key}.json", json.dumps(asdict(result), ensure_ascii=False) + "\n")


def exists(key: str, root: Path = Path()) -> bool:
    """Whether a training has been done."""
    return (root / FOLDER / f"{key}.json").exists()


def note(units: Mapping[Unit, str], root: Path = Path()) -> None:
    """Put keys of trainings into the index; others stay in it."""
    index: Index = read_note(root / INDEX)
    for unit, key in units.items():
        index.setdefault(unit.corpus, {}).setdefault(unit.setting, {})[str(unit.seed)] = key
    write_json(root / INDEX, index)


def load(claims: Claims, root: Path = Path()) -> dict[str, dict[str, dict[int, Result]]]:
    """What the index names and is there, by corpus, setting and seed; what claims.yaml no longer has is left out.

    Raises:
        QuoiError: a file is damaged.
    """
    index: Index = read_note(root / INDEX)
    found: dict[str, dict[str, dict[int, Result]]] = {}
    for corpus in claims.corpora:
        for setting in claims.settings:
            for seed, key in index.get(corpus, {}).get(setting, {}).items():
                if exists(key, root):
                    result = read_as(root / FOLDER / f"{key}.json", Result)
                    found.setdefault(corpus, {}).setdefault(setting, {})[int(seed)] = result
    return found


def effects(claims: Claims, corpus: str, found: Mapping[str, Mapping[int, Result]]) -> dict[str, Effect]:
    """The effect of every claim that has been trained whole on a corpus.

    Args:
        found: by setting and seed.
    """
    measured: dict[str, Effect] = {}
    spreads: dict[tuple[str, str], Spread | None] = {}
    for name, claim in claims.claims.items():
        sides, seeds = claim.sides, claim.seeds or claims.seeds
        missing = any(seed not in found.get(setting, {}) for setting, _ in sides for seed in seeds)
        if missing or corpus not in claims.corpora_of(claim):
            continue
        rows = _common([found[setting][seed].items(method, claim.score) for setting, method in sides for seed in seeds])
        if not rows:
            continue
        by_seed = [
            {seed: found[setting][seed].of(method, claim.score, rows) for seed in seeds} for setting, method in sides
        ]
        kind = sides[0][1], claim.score
        if kind not in spreads:
            spreads[kind] = _spread(found, *kind)
        if (common := spreads[kind]) is not None:
            rng = np.random.default_rng(list(name.encode()))
            measured[name] = decision.effect(claim.score, *by_seed, common, rng)
    return measured


def _common(items: Sequence[Sequence[int]]) -> list[int]:
    """The items that every training was scored on, where settings cut or tokenize questions differently."""
    common = set(items[0]).intersection(*items)
    return [item for item in items[0] if item in common]


def _spread(found: Mapping[str, Mapping[int, Result]], method: str, kind: str) -> Spread | None:
    return decision.spread(
        {
            setting: {seed: result.score(method, kind) for seed, result in row.items()}
            for setting, row in found.items()
            if all(f"{method}/{kind}" in result.statistics for result in row.values())
        }
    )


def decide(
    claims: Claims, found: Mapping[str, Mapping[str, Mapping[int, Result]]]
) -> dict[str, dict[str, decision.Decision]]:
    """By claim and corpus what has been decided; Holm's correction is over all claims on all corpora."""
    effects_of = {
        (name, corpus): effect
        for corpus, trained in found.items()
        for name, effect in effects(claims, corpus, trained).items()
    }
    family: dict[tuple[str, str], Claim] = {pair: claims.claims[pair[0]] for pair in effects_of}
    decided: dict[str, dict[str, decision.Decision]] = {}
    for (name, corpus), one in decision.decide(family, effects_of).items():
        decided.setdefault(name, {})[corpus] = one
    return decided
