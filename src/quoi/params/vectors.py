"""Sections `vectors` and `labels` of params.yaml: where word vectors come from, and which nouns there are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from quoi.params.corpus import Archive
from quoi.params.languages import Language
from quoi.params.section import OwnPath, ParamsSection, Positive, Sha256, Url, filled, require_file

LabelVectorSource = Literal["glove-50d", "glove", "fasttext-vec", "fasttext-bin"]
VectorSource = Literal["train", "random", "fasttext-vec", "fasttext-bin", "glove", "glove-50d"]
MADE_HERE = ("train", "random")
"""The sources whose vectors are not published ones."""
PACKAGED = "glove-50d"
"""The source that is an installed package's, and of English alone."""


class PublishedVectors(ParamsSection):
    """Published vectors: a local copy, or the addresses to fetch it from, tried in order.

    In paths, addresses and members, `{language}` is the code of the language.
    """

    path: OwnPath = None
    urls: list[Url] = Field(default=[])
    member: str | None = None
    sha256: Sha256 | None = None
    licence: str = "not stated"


class LanguageVectors(PublishedVectors):
    """What is different for one language: its own source, and whatever is set of where its published vectors are."""

    source: VectorSource | None = None


class Vectors(ParamsSection):
    """Word vectors: fastText skip-gram trained here, published ones read from a file, or drawn from N(0, 1).

    The keys from `dimensions` to `seed` are the training's, `dimensions` and `seed` also those of drawn vectors;
    published ones have the dimension of their file. `lines` is how many lines of the raw corpus are read beside the
    training questions; `epochs` null is a number that suits the number of words
    (`quoi.vectors.fasttext_train.suitable_epochs`).
    """

    source: VectorSource = "train"
    published: PublishedVectors = PublishedVectors()
    languages: dict[Language, LanguageVectors] = Field(default={})
    dimensions: Annotated[int, Field(ge=2, le=2000)] = 100
    lines: Annotated[int, Field(ge=0, le=10_000_000)] = 30_000
    epochs: Positive | None = None
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.2
    window: Annotated[int, Field(ge=1, le=100)] = 2
    min_n: Annotated[int, Field(ge=0, le=10)] = 3
    max_n: Annotated[int, Field(ge=0, le=10)] = 6
    buckets: Positive = 50_000
    seed: Annotated[int, Field(ge=0)] = 0
    subwords: bool = True
    unit_spread: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> Vectors:
        if self.min_n > self.max_n:
            raise ValueError(f"min_n ({self.min_n}) must not be above max_n ({self.max_n})")
        return self

    def refuse_lacking(self, language: str) -> None:
        """Refuse a source that has no vectors of a language.

        Raises:
            ValueError: the package has none, or no file is named.
        """
        if self.source_of(language) == PACKAGED and language != "en":
            raise ValueError(
                f"vectors.source `{PACKAGED}` has English words alone: set it as vectors.languages.en.source, and "
                f"another one for {language}"
            )
        if self.reads_file(language):
            require_file(f"source `{self.source_of(language)}`", self.key(language), self.of(language))

    def of(self, language: str) -> PublishedVectors:
        """Where the published vectors of a language are: its own settings before those of all."""
        own = self.languages.get(language, LanguageVectors()).model_dump(exclude_unset=True, exclude={"source"})
        return filled(self.published.model_copy(update=own), "language", language)

    def key(self, language: str) -> str:
        """The section that says where the published vectors of a language are."""
        own = self.languages.get(language, LanguageVectors())
        return f"vectors.languages.{language}" if own.model_fields_set - {"source"} else "vectors.published"

    def made_here(self, language: str) -> bool:
        """Whether the vectors of a language are trained or drawn, not read from a file."""
        return self.source_of(language) in MADE_HERE

    def reads_file(self, language: str) -> bool:
        """Whether the vectors of a language are read from a file that is named or downloaded."""
        return self.source_of(language) not in (*MADE_HERE, PACKAGED)

    def source_of(self, language: str) -> VectorSource:
        """Where the vectors of a language come from: its own source, or that of all."""
        return self.languages.get(language, LanguageVectors()).source or self.source


class WordNet(Archive):
    """Princeton WordNet: a copy of your own (the archive, the folder of its database, or data.noun), or mirrors.

    The digest is the archive's; where `path` names a folder or data.noun, that of data.noun.
    """

    urls: list[Url] = Field(default=["https://wordnetcode.princeton.edu/3.0/WordNet-3.0.tar.gz"])


class LabelVectors(PublishedVectors):
    """The word vectors of labels and nouns: an installed package's, or published ones as in section `vectors`.

    `words` is how many of the most frequent words a search may name.
    """

    source: LabelVectorSource = "glove-50d"
    words: Annotated[int, Field(ge=1, le=10_000_000)] = 400_000

    @model_validator(mode="after")
    def _file_is_named(self) -> LabelVectors:
        if self.source != PACKAGED:
            require_file(f"source `{self.source}`", "labels.vectors", self)
        return self


class Labels(ParamsSection):
    """Labels and nouns as word vectors."""

    nouns: Literal["imagenet21k", "wordnet"] = "imagenet21k"
    wordnet: WordNet = WordNet()
    vectors: LabelVectors = LabelVectors()

    @model_validator(mode="after")
    def _archive_is_named(self) -> Labels:
        if self.nouns == "wordnet":
            require_file("nouns `wordnet`", "labels.wordnet", self.wordnet)
        return self
