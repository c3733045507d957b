"""Section `facts` of params.yaml: what is known of the data from elsewhere, to be compared with what is found."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quoi.params.section import Section

Count = Annotated[int, Field(ge=0)]


class Facts(Section):
    """Expected values by name; None where nothing is expected. A fact that is not met is reported, never an error."""

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
