"""Section `labels` of params.yaml: which nouns there are, and which word vectors labels and nouns are placed by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from quoi.params.corpus import Archive
from quoi.params.section import Section, Url
from quoi.params.vectors import PublishedVectors, mismatch

LabelVectorSource = Literal["glove-50d", "glove", "fasttext-vec", "fasttext-bin"]


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
        if self.source == "glove-50d" or self.path is not None:
            return self
        if not self.urls:
            raise ValueError(f"source `{self.source}` needs labels.vectors.path or labels.vectors.urls")
        if url := mismatch(self.source, self.urls):
            raise ValueError(f"source `{self.source}` cannot read what labels.vectors.urls names: {url}")
        return self


class Labels(Section):
    """Labels and nouns as word vectors."""

    nouns: Literal["imagenet21k", "wordnet"] = "imagenet21k"
    wordnet: WordNet = WordNet()
    vectors: LabelVectors = LabelVectors()

    @model_validator(mode="after")
    def _archive_is_named(self) -> Labels:
        if self.nouns == "wordnet" and self.wordnet.path is None and not self.wordnet.urls:
            raise ValueError("nouns `wordnet` needs labels.wordnet.path or at least one of labels.wordnet.urls")
        return self
