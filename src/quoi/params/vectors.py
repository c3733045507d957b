"""Section `vectors` of params.yaml: word vectors trained here, published ones, or numbers drawn by chance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from quoi.params.section import OwnPath, Positive, Section, Sha256, Url

VectorSource = Literal["train", "random", "fasttext-vec", "fasttext-bin", "glove"]
MADE_HERE = ("train", "random")
"""The sources that read no file."""

# Endings of files in another form: better said before gigabytes are downloaded than after.
_OTHERS = {
    "fasttext-vec": (".bin", ".bin.gz"),
    "fasttext-bin": (".vec", ".vec.gz", ".txt"),
    "glove": (".vec", ".vec.gz", ".bin", ".bin.gz"),
}


def mismatch(source: str, urls: list[str]) -> str | None:
    """The first of the addresses that names a file in another form than the source's; None where there is none."""
    return next((url for url in urls if url.endswith(_OTHERS[source])), None)


class PublishedVectors(Section):
    """One language's published vectors: a local copy, or the addresses to fetch it from, tried in order."""

    source: VectorSource | None = None
    path: OwnPath = None
    urls: list[Url] = Field(default=[])
    member: str | None = None
    sha256: Sha256 | None = None
    licence: str = "not stated"


class Vectors(Section):
    """Word vectors: fastText skip-gram trained here, published ones read from a file, or drawn from N(0, 1).

    The keys from `dimensions` to `seed` are the training's, `dimensions` and `seed` also those of drawn vectors;
    published ones have the dimension of their file. `lines` is how many lines of the raw corpus are read beside the
    training questions; `epochs` null is a number that suits the number of words
    (`quoi.vectors.fasttext_train.suitable_epochs`).
    """

    source: VectorSource = "train"
    english: PublishedVectors = PublishedVectors()
    french: PublishedVectors = PublishedVectors()
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

    @model_validator(mode="after")
    def _published_ones_are_named(self) -> Vectors:
        for name, published in (("english", self.english), ("french", self.french)):
            source = published.source or self.source
            if source in MADE_HERE or published.path is not None:
                continue
            if not published.urls:
                raise ValueError(f"source `{source}` needs vectors.{name}.path or vectors.{name}.urls")
            if url := mismatch(source, published.urls):
                raise ValueError(f"source `{source}` cannot read what vectors.{name}.urls names: {url}")
        return self

    def published(self, language: str) -> PublishedVectors:
        """Where the published vectors of `en` or `fr` are."""
        return self.english if language == "en" else self.french

    def made_here(self, language: str) -> bool:
        """Whether the vectors of `en` or `fr` are trained or drawn, not read from a file."""
        return self.source_of(language) in MADE_HERE

    def source_of(self, language: str) -> VectorSource:
        """Where the vectors of `en` or `fr` come from: the language's own source, or the one of both."""
        return self.published(language).source or self.source
