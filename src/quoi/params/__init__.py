"""params.yaml as typed, validated, frozen objects: an unknown key is an error that names the known ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from quoi.io import yaml
from quoi.io.errors import QuoiError
from quoi.params.corpus import Corpus
from quoi.params.devise import Devise, Features
from quoi.params.errors import closest, sentence
from quoi.params.facts import Facts
from quoi.params.images import Images
from quoi.params.labels import Labels
from quoi.params.nearest import Nearest
from quoi.params.registry import Registry
from quoi.params.section import Dropout, Percent, Positive, Probability, Section, Seeds
from quoi.params.vectors import Vectors

ChecksMode = Literal["stop", "warn"]


class Questions(Section):
    """The regular expressions a pair of lines must match, group 1 is what is kept, and how lines are read for them."""

    english: str = r"^(Wh[^?.!]+\?)"
    french: str = r"^([^?.!]+\?)"
    normalise: bool = True

    @field_validator("english", "french")
    @classmethod
    def _one_group(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from None
        if groups != 1:
            raise ValueError(f"must have exactly one group, the text to keep; it has {groups}")
        return pattern


class Tokens(Section):
    """How text becomes words."""

    workers: Positive | None = None
    straight_apostrophes: bool = False


class Vocabulary(Section):
    """Which words get an id, and where sentences are cut (the lesson's rules)."""

    size: Annotated[int, Field(ge=1, le=1_000_000)] = 40_000
    fewer_than: Annotated[int, Field(ge=2)] = 30
    cut_english: Percent = 99.0
    cut_french: Percent = 97.0


class Split(Section):
    """Training and validation: the lesson's random split, or one that keeps identical questions together."""

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 42
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    deduplicate: bool = True


class Translation(Section):
    """One variant of the model and of its training. The defaults are the lesson's baseline."""

    bidirectional: bool = False
    forcing: bool = False
    attention: bool = False

    cell: Literal["gru", "lstm"] = "gru"
    hidden: Positive = 256
    layers: Positive = 2
    activation: Literal["tanh", "relu"] = "tanh"
    tied: bool = True
    dropout_embedding: Dropout = 0.15
    dropout_encoder: Dropout = 0.25
    dropout_bridge: Dropout = 0.0
    dropout_decoder: Dropout = 0.1
    dropout_output: Dropout = 0.35

    loss: Literal["lesson", "tokens"] = "lesson"
    epochs: Positive = 12
    batch_size: Positive = 125
    learning_rate: Annotated[float, Field(gt=0)] = 3e-3
    beta1: Annotated[float, Field(ge=0, lt=1)] = 0.8
    beta2: Annotated[float, Field(ge=0, lt=1)] = 0.99
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    clip: Annotated[float, Field(gt=0)] | None = None
    early_stop: Positive | None = None

    schedule: Literal["cycle", "one-cycle", "constant", "step"] = "cycle"
    cycle_divisor: Annotated[float, Field(gt=1)] = 20.0
    cycle_peak: Annotated[float, Field(gt=0, lt=1)] = 0.1
    momentum_low: Annotated[float, Field(ge=0, lt=1)] = 0.7
    step_epochs: Positive = 5
    step_factor: Annotated[float, Field(gt=0, le=1)] = 0.1

    forcing_start: Probability = 1.0
    forcing_epochs: Positive = 10
    forcing_coin: Literal["sentence", "batch"] = "sentence"


class Search(Section):
    """Beam search: width, and the exponent of the length in the score (0 is no normalisation)."""

    beam: Annotated[int, Field(ge=1, le=100)] = 5
    length_exponent: Annotated[float, Field(ge=0, le=5)] = 1.0


class Hardware(Section):
    """Where and how Lightning runs. `threads` is per training; seeds run side by side on the CPU's cores."""

    accelerator: Literal["auto", "cpu", "gpu"] = "auto"
    devices: Positive | Literal["auto"] = "auto"
    precision: Literal["32-true", "16-mixed", "bf16-mixed"] = "32-true"
    threads: Positive = 1
    kernels: bool = True


class Report(Section):
    """How many validation sentences the sample table and the attention maps show."""

    samples: Annotated[int, Field(ge=1, le=200)] = 12
    attention_maps: Annotated[int, Field(ge=0, le=20)] = 4


class Params(Section):
    """The whole of params.yaml."""

    profile: str
    direction: Literal["fr-en", "en-fr"] = "fr-en"
    corpus: Corpus = Corpus()
    questions: Questions = Questions()
    tokens: Tokens = Tokens()
    vocabulary: Vocabulary = Vocabulary()
    split: Split = Split()
    vectors: Vectors = Vectors()
    translation: Translation = Translation()
    variants: dict[str, dict[str, Any]]
    seeds: Seeds = Field(default=[1])
    search: Search = Search()
    hardware: Hardware = Hardware()
    report: Report = Report()
    images: Images = Images()
    features: Features = Features()
    labels: Labels = Labels()
    devise: Devise = Devise()
    nearest: Nearest = Nearest()
    facts: Facts = Facts()
    # Left out of what is dumped into a training's record: they decide no number of it.
    registry: Registry = Field(default=Registry(), exclude=True)
    checks: ChecksMode = Field(default="stop", exclude=True)
    """Whether a check that is broken ends its stage."""

    @model_validator(mode="after")
    def _clip_sees_true_gradients(self) -> Params:
        if self.hardware.precision == "16-mixed":
            for name, own in self.variants.items():
                if own.get("clip", self.translation.clip) is not None:
                    raise ValueError(
                        f"hardware.precision is 16-mixed, whose gradients are scaled, and variant {name} clips them: "
                        f"`clip: null`, or precision bf16-mixed or 32-true, is allowed"
                    )
        return self

    @field_validator("variants", mode="before")
    @classmethod
    def _named(cls, variants: Any) -> Any:
        if not isinstance(variants, dict) or not variants:
            raise ValueError("must map at least one name to its settings, for example `baseline: {}`")
        for name in variants:
            if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
                raise ValueError(f"{name!r} is not a variant's name: lower-case letters, digits, - and _ are allowed")
        return {name: settings or {} for name, settings in variants.items()}

    @property
    def source_language(self) -> str:
        """`fr` or `en`."""
        return self.direction[:2]

    @property
    def target_language(self) -> str:
        """`en` or `fr`."""
        return self.direction[3:]

    def variant(self, name: str) -> Translation:
        """The settings of one variant: section `translation` with the variant's own keys on top.

        Raises:
            QuoiError: no such variant; the message names those there are.
        """
        if name not in self.variants:
            raise QuoiError(f"There is no variant {name!r}{closest(name, self.variants)}.")
        return Translation.model_validate({**self.translation.model_dump(), **self.variants[name]})


def load(path: Path | str = "params.yaml") -> Params:
    """Read and validate a parameter file (YAML 1.2, as DVC reads it).

    Raises:
        QuoiError: the file is absent, is not YAML, or breaks a rule; the message names the key, what was given
            and what is allowed.
    """
    path = Path(path)
    try:
        data = yaml.load(path.read_bytes())
    except FileNotFoundError:
        raise QuoiError(f"{path} does not exist here: run quoi at the root of the repository.") from None
    except ValueError as error:
        raise QuoiError(f"{path} is not valid YAML: {error}") from None
    if not isinstance(data, dict):
        raise QuoiError(f"{path} must be a mapping of sections; it holds {type(data).__name__}.")
    try:
        params = Params.model_validate(data)
    except ValidationError as error:
        raise QuoiError(sentence(path, error, Params)) from None
    for name in params.variants:
        try:
            params.variant(name)
        except ValidationError as error:
            raise QuoiError(sentence(path, error, Translation, ("variants", name))) from None
    return params
