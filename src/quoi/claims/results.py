"""What a training of the claims leaves: one small file, which Git keeps."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from quoi.claims import decision
from quoi.claims.decision import Effect, Spread
from quoi.claims.statements import Claim, Claims, Unit, parted
from quoi.io.errors import QuoiError
from quoi.io.files import checked_as, replacing
from quoi.params import decisive

FOLDER = Path("claims/trainings")


@dataclass(frozen=True)
class Result:
    """A training's scores.

    Attributes:
        parameters: everything that decides the numbers, dotted keys.
        made_with: digests of the code and of the data that decide them too, and torch's version.
        scores: as in a variant's record.
        rows: (N,) of the table of questions, one for each validation sentence.
        statistics: by `SEARCH/SCORE` (K integers) for each sentence, as `decision.score` adds them up.
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

    def of(self, search: str, kind: str, rows: Sequence[int]) -> np.ndarray:
        """Statistics (N, K) of the sentences `rows`."""
        place = {row: number for number, row in enumerate(self.rows)}
        table = np.array(self.statistics[f"{search}/{kind}"], dtype=np.int64)
        return table[[place[row] for row in rows]]


def statistics(hypotheses: Mapping[str, Sequence[str]], references: Sequence[str]) -> dict[str, list[list[int]]]:
    """What `decision.score` needs of each translation, by `SEARCH/SCORE`.

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


def parameters(unit: Unit) -> dict[str, Any]:
    """Those that decide a training's numbers, with dotted keys."""
    return decisive.translation(unit.params, unit.setting)


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


def load(units: Iterable[Unit], root: Path = Path()) -> dict[str, dict[str, dict[int, Result]]]:
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


def effects(claims: Claims, found: Mapping[str, Mapping[int, Result]]) -> dict[str, Effect]:
    """The effect of every claim that has been trained whole on one corpus.

    Args:
        found: by setting and seed.
    """
    measured: dict[str, Effect] = {}
    spreads: dict[tuple[str, str], Spread | None] = {}
    for name, claim in claims.claims.items():
        sides = [parted(side) for side in claim.compare]
        seeds = claim.seeds or claims.seeds
        if any(seed not in found.get(setting, {}) for setting, _ in sides for seed in seeds):
            continue
        rows = _common_rows([found[setting][seed] for setting, _ in sides for seed in seeds])
        by_seed = [
            {seed: found[setting][seed].of(search, claim.score, rows) for seed in seeds} for setting, search in sides
        ]
        kind = sides[0][1], claim.score
        if kind not in spreads:
            spreads[kind] = _spread(found, *kind)
        if (common := spreads[kind]) is not None:
            rng = np.random.default_rng(list(name.encode()))
            measured[name] = decision.effect(claim.score, *by_seed, common, rng)
    return measured


def _common_rows(trained: Sequence[Result]) -> list[int]:
    """The questions that every training has validated on, where settings cut or tokenize them differently."""
    common = set(trained[0].rows).intersection(*(result.rows for result in trained))
    return [row for row in trained[0].rows if row in common]


def _spread(found: Mapping[str, Mapping[int, Result]], search: str, kind: str) -> Spread | None:
    return decision.spread(
        {
            setting: {
                seed: float(decision.score(kind, result.of(search, kind, result.rows).sum(axis=0)))
                for seed, result in row.items()
            }
            for setting, row in found.items()
        }
    )


def decide(
    claims: Claims, found: Mapping[str, Mapping[str, Mapping[int, Result]]]
) -> dict[str, dict[str, decision.Decision]]:
    """By claim and corpus what has been decided; Holm's correction is over all claims on all corpora."""
    effects_of = {
        (name, corpus): effect for corpus, trained in found.items() for name, effect in effects(claims, trained).items()
    }
    family: dict[tuple[str, str], Claim] = {pair: claims.claims[pair[0]] for pair in effects_of}
    decided: dict[str, dict[str, decision.Decision]] = {}
    for (name, corpus), one in decision.decide(family, effects_of).items():
        decided.setdefault(name, {})[corpus] = one
    return decided
