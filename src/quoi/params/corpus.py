"""Section `corpus` of params.yaml: the sources of sentence pairs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from quoi.params.section import Distinct, OwnPath, Section, Sha256, Url


class Atlas(Section):
    """The generated corpus: how many distinct questions, and from which seed."""

    questions: Annotated[int, Field(ge=50, le=60_000)] = 12_000
    seed: Annotated[int, Field(ge=0)] = 2018


Column = Annotated[int, Field(ge=1)] | Annotated[str, Field(min_length=1)]


class Files(Section):
    """A user's own pairs: two aligned text files (plain or packed), or a TSV and its columns english and french."""

    english: OwnPath = None
    french: OwnPath = None
    pairs: OwnPath = None
    columns: Annotated[list[Column], Field(min_length=2, max_length=2), Distinct] | None = None
    licence: str = "not stated"


class Archive(Section):
    """A published file: a copy of your own, or mirrors in the order in which they are asked, and its digest."""

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


class Corpus(Section):
    """Where the raw line-aligned corpus comes from, and what a damaged line does."""

    source: Literal["atlas", "files", "tatoeba", "giga-fren"] = "atlas"
    atlas: Atlas = Atlas()
    files: Files = Files()
    tatoeba: Tatoeba = Tatoeba()
    giga_fren: GigaFren = GigaFren()
    on_bad_line: Literal["skip", "fail"] = "skip"

    @model_validator(mode="after")
    def _archive_is_named(self) -> Corpus:
        key = self.source.replace("-", "_")
        archive = getattr(self, key)
        if isinstance(archive, Archive) and archive.path is None and not archive.urls:
            raise ValueError(f"source `{self.source}` needs corpus.{key}.path or at least one of corpus.{key}.urls")
        return self

    @model_validator(mode="after")
    def _files_are_named(self) -> Corpus:
        if self.source == "files":
            named = (self.files.english is not None, self.files.french is not None, self.files.pairs is not None)
            if named not in {(True, True, False), (False, False, True)}:
                raise ValueError(
                    "source `files` needs either corpus.files.english and corpus.files.french, or corpus.files.pairs"
                )
        if self.files.columns is not None and self.files.pairs is None:
            raise ValueError("corpus.files.columns is of the table that corpus.files.pairs names, and there is none")
        return self
