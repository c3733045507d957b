"""Section `labels` of params.yaml: what it accepts, and how it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from quoi.params.vectors import Labels


def test_by_default_nothing_is_downloaded() -> None:
    settings = Labels()
    assert (settings.nouns, settings.vectors.source, settings.vectors.words) == ("imagenet21k", "glove-50d", 400_000)


@pytest.mark.parametrize(
    "section",
    [
        {"nouns": "wordnet"},
        {"nouns": "wordnet", "wordnet": {"path": "/usr/share/wordnet", "urls": []}},
        {"vectors": {"source": "fasttext-vec", "urls": ["https://example.org/wiki.en.vec"], "sha256": "A" * 64}},
        {"vectors": {"source": "glove", "path": "glove.6B.zip", "member": "glove.6B.300d.txt"}},
        {"vectors": {"source": "glove-50d", "urls": ["https://example.org/wiki.en.vec"]}},
    ],
)
def test_accepted(section: dict[str, Any]) -> None:
    assert Labels.model_validate(section).model_dump(exclude_unset=True).keys() == section.keys()


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"nouns": "verbs"}, "Input should be 'imagenet21k' or 'wordnet'"),
        (
            {"nouns": "wordnet", "wordnet": {"urls": []}},
            "nouns `wordnet` needs labels.wordnet.path or labels.wordnet",
        ),
        ({"vectors": {"source": "train"}}, "Input should be 'glove-50d', 'glove', 'fasttext-vec' or 'fasttext-bin'"),
        ({"vectors": {"source": "glove"}}, "source `glove` needs labels.vectors.path or labels.vectors.urls"),
        ({"vectors": {"words": 0}}, "Input should be greater than or equal to 1"),
        ({"vectors": {"sha256": "12"}}, "must be 64 hexadecimal digits, or null"),
        ({"vectors": {"dimensions": 50}}, "Extra inputs are not permitted"),
    ],
)
def test_refused(section: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as raised:
        Labels.model_validate(section)
    assert sentence in str(raised.value)
