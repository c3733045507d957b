"""How the trainings of each of the claims' kinds are done: on which data, by which parameters, with what result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from quoi.claims import results
from quoi.claims.results import Result
from quoi.claims.statements import Unit
from quoi.corpus.pairs import Pairs
from quoi.jobs import hardware, seeds
from quoi.translation import inputs


@dataclass(frozen=True)
class Training:
    """One kind's trainings.

    Attributes:
        stages: of the pipeline, those that make the data; DVC runs the stages before them too.
        reads: which of their outputs a training reads.
        stage: the one that trains such models in the pipeline: a training's code is what it reads.
        code: what is read besides.
        train: does one, in the folder with its data; a training that was cut short goes on from the folder it is given.
            What the result was made with is filled in by the caller.
    """

    stages: tuple[str, ...]
    reads: tuple[str, ...]
    stage: str
    code: tuple[str, ...]
    train: Callable[[Unit, Path], Result]


def _translate(unit: Unit, work: Path) -> Result:
    trained = seeds.train_one(unit.params, unit.setting, unit.seed, work, lambda event: None)
    pairs = Pairs.load(Path("data/ids/pairs.safetensors"))
    scored = inputs.read(unit.params).scored()
    return Result(
        unit.corpus,
        unit.setting,
        unit.seed,
        results.parameters(unit),
        {},
        trained.scores,
        pairs.row[scored.rows].tolist(),
        results.statistics(trained.translations, scored.references, unit.params.languages.target),
        trained.history,
    )


def _model_language(unit: Unit, work: Path) -> Result:
    found = seeds.train_language_model(unit.params, unit.setting, unit.seed, work, lambda event: None)
    pairs = Pairs.load(Path("data/ids/pairs.safetensors"))
    thousandths = (-1000 * found.nats).round().astype(int)
    statistics = {"model/log-likelihood": np.stack((thousandths, found.tokens), axis=1).tolist()}
    scores = {"token_loss": float(found.nats.sum() / found.tokens.sum()), "unigram": found.learned.unigram}
    own = unit.corpus, unit.setting, unit.seed, results.parameters(unit)
    return Result(*own, {}, scores, pairs.row[pairs.validation_indices].tolist(), statistics, found.learned.history)


def _place_pictures(unit: Unit, work: Path) -> Result:
    from quoi.claims import pictures
    from quoi.devise import data
    from quoi.devise.experiment import Experiment
    from quoi.vectors import hypernyms
    from quoi.vectors.labels import LabelTables

    hardware.set_threads(unit.params.hardware.threads)
    settings = unit.params.devise.model_copy(update={"seeds": [unit.seed]})
    done = Experiment(data.read(), settings, unit.params.hardware)
    model, history, _ = done.fit(unit.seed)
    made = {name: predicted.pictures for name, predicted in done.predictions(model, unit.seed).items()}
    numbers = LabelTables.open(Path("data/labels")).labels.found.nonzero()[0]
    asked = pictures.words(Path(), hypernyms.packaged())
    items, statistics = pictures.statistics(done, made, numbers, asked)
    own = unit.corpus, unit.setting, unit.seed, results.parameters(unit)
    result = Result(*own, {}, {}, items, statistics, history)
    for name in statistics:
        result.scores[name.replace("/", ".").replace("@", "_at_")] = result.score(*name.split("/"))
    return result


_TEXT = ("numericalize", "embed"), ("data/ids", "data/vectors", "data/text", "data/questions.parquet"), "train", ()
TRAININGS = {
    "translation": Training(*_TEXT, _translate),
    "language model": Training(*_TEXT, _model_language),
    "pictures": Training(
        ("image_features", "label_vectors"),
        ("data/features", "data/labels", "data/images/images.parquet"),
        "train_devise",
        (
            "src/quoi/claims/pictures.py",
            "src/quoi/vectors/hypernyms.py",
            "src/quoi/vectors/hypernyms.tsv",
            "src/quoi/vectors/words.py",
        ),
        _place_pictures,
    ),
}
"""By kind, as in `claims.kinds.KINDS`."""
