"""params.yaml as typed, validated, frozen objects: an unknown key is an error that names the known ones."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.params import settings
from quoi.params.corpus import Corpus, Facts, Questions, SplitParams, Tatoeba, Tokens, VocabularyParams
from quoi.params.devise import Devise, FeatureParams, Nearest
from quoi.params.errors import closest, sentence
from quoi.params.images import ImageParams
from quoi.params.languages import Languages
from quoi.params.section import ParamsSection, Seeds
from quoi.params.translation import Hardware, Registry, ReportParams, Search, Translation
from quoi.params.vectors import Labels, Vectors

PARAMS = Path("params.yaml")
ChecksMode = Literal["stop", "warn"]


class Params(ParamsSection):
    """The whole of params.yaml."""

    profile: str
    languages: Languages = Languages(source="fr", target="en")
    corpus: Corpus = Corpus()
    questions: Questions | None = Questions()
    tokens: Tokens = Tokens()
    vocabulary: VocabularyParams = VocabularyParams()
    split: SplitParams = SplitParams()
    vectors: Vectors = Vectors()
    translation: Translation = Translation()
    variants: dict[str, dict[str, Any]]
    seeds: Seeds = Field(default=[1])
    search: Search = Search()
    hardware: Hardware = Hardware()
    report: ReportParams = ReportParams()
    images: ImageParams = ImageParams()
    features: FeatureParams = FeatureParams()
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

    @model_validator(mode="after")
    def _corpus_has_the_languages(self) -> Params:
        if self.corpus.source == "tatoeba":
            Tatoeba.code(self.languages)
        elif self.corpus.source in ("atlas", "giga-fren") and set(self.languages.both.values()) != {"en", "fr"}:
            raise ValueError(
                f"languages are {self.languages.source} and {self.languages.target}, and corpus.source "
                f"`{self.corpus.source}` is in en and fr: these, or another corpus, are allowed"
            )
        return self

    @model_validator(mode="after")
    def _vectors_are_of_the_languages_words(self) -> Params:
        for language in self.languages.both.values():
            self.vectors.refuse_lacking(language)
            if (units := self.tokens.units_of(language)) != "words" and not self.vectors.made_here(language):
                raise ValueError(
                    f"tokens.units is {units} for {language}, and the vectors of `{self.vectors.source_of(language)}` "
                    f"are of words: vectors.source `train` or `random` is allowed"
                )
        return self

    def unused(self) -> list[str]:
        """The keys for single languages that are neither source nor target, and so decide nothing."""
        units = self.tokens.units if isinstance(self.tokens.units, dict) else {}
        settings = {"tokens.units": units, "vectors.languages": self.vectors.languages}
        both = self.languages.both.values()
        return [f"{key}.{code}" for key, given in settings.items() for code in given if code not in both]

    @field_validator("variants", mode="before")
    @classmethod
    def _named(cls, variants: Any) -> Any:
        if not isinstance(variants, dict) or not variants:
            raise ValueError("must map at least one name to its settings, for example `baseline: {}`")
        for name in variants:
            if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
                raise ValueError(f"{name!r} is not a variant's name: lower-case letters, digits, - and _ are allowed")
        return {name: settings or {} for name, settings in variants.items()}

    def variant(self, name: str) -> Translation:
        """The settings of one variant: section `translation` with the variant's own keys on top.

        Raises:
            QuoiError: no such variant; the message names those there are.
        """
        if name not in self.variants:
            raise QuoiError(f"There is no variant {name!r}{closest(name, self.variants)}.")
        return Translation.model_validate({**self.translation.model_dump(), **self.variants[name]})


def load(path: Path | str = PARAMS) -> Params:
    """Read and validate a parameter file (YAML 1.2, as DVC reads it).

    Raises:
        QuoiError: the file is absent, a folder or may not be read, or as `parse`.
    """
    path = Path(path)
    if not path.exists():
        raise QuoiError(f"{path} does not exist here: run quoi at the root of the repository.")
    with reading(path, "a file of parameters"):
        return parse(path.read_bytes(), path)


def parse(content: str | bytes, path: Path) -> Params:
    """Validate the content of a parameter file; `path` is what errors call it.

    Raises:
        QuoiError: it is no mapping in YAML, or breaks a rule; the message names the key, what was given and what is
            allowed.
    """
    data = settings.parse(content, path)
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
