"""What a training of the claims leaves: one small file, which Git keeps."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from quoi.claims import decision
from quoi.claims.decision import Effect, Spreads
from quoi.claims.kinds import KINDS
from quoi.claims.statements import Claim, Claims, Unit
from quoi.io.errors import QuoiError
from quoi.io.files import checked_as, replacing

FOLDER = Path("claims/trainings")


@dataclass(frozen=True)
class Result:
    """A training's scores.

    Attributes:
        parameters: everything that decides the numbers, dotted keys.
        made_with: digests of the code and of the data that decide them too, and torch's version; where other code made
            it, how many of such trainings this code has `repeated` with the same numbers.
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
    made_with: dict[str, str]
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
        """Over all items, in points: see `decision.score`."""
        return float(decision.score(kind, np.array(self.statistics[f"{method}/{kind}"]).sum(axis=0)))


Trained = Mapping[str, Mapping[str, Mapping[int, Result]]]
"""What has been trained, by corpus, setting and seed."""


def statistics(
    hypotheses: Mapping[str, Sequence[str]], references: Sequence[Sequence[str]], language: str
) -> dict[str, list[list[int]]]:
    """What `decision.score` needs of each translation, by `METHOD/SCORE`.

    Args:
        hypotheses: N translations by search.
        references: N times one sentence or several.
        language: of both.
    """
    from quoi.translation import scores

    bleu = scores.bleu(language, effective_order=True)  # which is for single sentences
    made: dict[str, list[list[int]]] = {}
    for search, sentences in hypotheses.items():
        pairs = list(zip(sentences, references, strict=True))
        counted = [bleu.sentence_score(hypothesis, right) for hypothesis, right in pairs]
        made[f"{search}/bleu"] = [[one.sys_len, one.ref_len, *one.counts, *one.totals] for one in counted]
        made[f"{search}/exact"] = [[int(scores.exact_match([hypothesis], [right])), 1] for hypothesis, right in pairs]
    return made


def parameters(unit: Unit) -> dict[str, Any]:
    """Those that decide a training's numbers, with dotted keys."""
    return KINDS[unit.kind].parameters(unit.params, unit.setting)


def path_of(corpus: str, setting: str, seed: int) -> Path:
    """Where a training's file is."""
    return FOLDER / corpus / f"{setting}-{seed}.json.gz"


def save(result: Result, root: Path = Path()) -> None:
    """Write a training's file, whole or not at all; the same result gives the same bytes."""
    content = json.dumps(asdict(result), ensure_ascii=False, separators=(",", ":"))
    with replacing(root / path_of(result.corpus, result.setting, result.seed)) as partial:
        partial.write_bytes(gzip.compress(content.encode(), mtime=0))


def read(unit: Unit, root: Path = Path()) -> Result | None:
    """A training's file, or None where there is none.

    Raises:
        QuoiError: it is damaged.
    """
    path = root / path_of(unit.corpus, unit.setting, unit.seed)
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError:
        return None
    except (EOFError, OSError, zlib.error) as error:
        raise QuoiError(f"{path} is damaged ({error}): remove it, and `quoi claims run` makes it anew.") from None
    return checked_as(content, Result, path)


def load(units: Iterable[Unit], root: Path = Path()) -> Trained:
    """What has been trained of these, by corpus, setting and seed; a training with other parameters does not count.

    Raises:
        QuoiError: a file is damaged.
    """
    found: dict[str, dict[str, dict[int, Result]]] = {}
    for unit in units:
        result = read(unit, root)
        if result is not None and result.parameters == parameters(unit):
            found.setdefault(unit.corpus, {}).setdefault(unit.setting, {})[unit.seed] = result
    return found


def effects(claims: Claims, corpus: str, found: Mapping[str, Mapping[int, Result]]) -> dict[str, Effect]:
    """The effect of every claim that has been trained whole on a corpus.

    Args:
        found: by setting and seed.
    """

    @cache
    def spreads(method: str, kind: str) -> Spreads | None:
        own = {
            setting: {seed: result.score(method, kind) for seed, result in row.items()}
            for setting, row in found.items()
            if all(f"{method}/{kind}" in result.statistics for result in row.values())
        }
        return decision.spreads(own)

    measured: dict[str, Effect] = {}
    for name, claim in claims.claims.items():
        sides, seeds = claim.sides, claim.seeds or claims.seeds
        missing = any(seed not in found.get(setting, {}) for setting, _ in sides for seed in seeds)
        if missing or corpus not in claims.corpora_of(claim):
            continue
        # The items that every training was scored on: settings may cut or tokenize questions differently.
        items = [found[setting][seed].items(method, claim.score) for setting, method in sides for seed in seeds]
        common = set(items[0]).intersection(*items)
        rows = [item for item in items[0] if item in common]
        if rows and (spread := spreads(sides[0][1], claim.score)) is not None:
            by_seed = [
                {seed: found[setting][seed].of(method, claim.score, rows) for seed in seeds}
                for setting, method in sides
            ]
            rng = np.random.default_rng(list(name.encode()))
            own = spread.of(*(setting for setting, _ in sides))
            measured[name] = decision.effect(claim.score, *by_seed, own, rng)
    return measured


def decide(claims: Claims, found: Trained) -> dict[str, dict[str, decision.Decision]]:
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
