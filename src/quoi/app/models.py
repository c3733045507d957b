"""What the live page asks of the trained models, which are read once: translations, and what is near a picture."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from PIL import Image

from quoi.devise.predict import MODEL, Predictor
from quoi.images.archive import NOTE
from quoi.images.convert import Limits, convert
from quoi.io.errors import QuoiError
from quoi.io.files import read_json
from quoi.nearest.search import Searcher
from quoi.params import Search
from quoi.report.site import beams
from quoi.translation.translator import Translator

MOST_CHARACTERS = 300
"""Of a question, or of words: several times the longest question of the corpus, and still answered in a moment."""
_TOP = 8
"""Labels, and nouns, that are told of a picture."""


@dataclass(frozen=True)
class Translations:
    """Every variant's best seed, by the variant's name, and the beam that searches."""

    translators: dict[str, Translator]
    settings: Search

    @classmethod
    def load(cls, root: Path, variants: Iterable[str], settings: Search) -> Self:
        """Read the models of some variants, and translate once: the first sentence makes spaCy read its rules.

        Raises:
            QuoiError: a model is absent or damaged.
        """
        loaded = cls({name: Translator.load(root / "models" / name) for name in variants}, settings)
        loaded.answer(b"?")
        return loaded

    @torch.inference_mode()
    def answer(self, content: bytes) -> dict[str, Any]:
        """A question, in UTF-8, by all variants.

        Returns:
            `remarks` on the question, and by variant a `sample` and a `tree`, as the page has them of its own
            questions; there is no reference.

        Raises:
            QuoiError: it is not UTF-8, empty or too long.
        """
        text = _text(content)
        remarks: dict[str, None] = {}
        variants = {}
        for name, translator in self.translators.items():
            tokens, ids = translator.encode(text)
            tree = beams.tree(translator, ids.tolist(), self.settings)
            words = [tree["nodes"][place][1] for place in tree["best"]]
            # `encode` ends every sentence, and this one may have been cut at the greatest length.
            translation = translator.target.encode(word for word in words if word != "_eos_")[: len(words)]
            told = translator.told(text, tokens, ids, translation, attention=True)
            remarks |= dict.fromkeys(translator.remarks(told))
            sample = {
                "source": text,
                "reference": "",
                "beam": told.text,
                "source_tokens": told.source_tokens,
                "target_tokens": told.target_tokens,
                "attention": told.attention and [[round(weight, 4) for weight in row] for row in told.attention],
            }
            variants[name] = {"sample": sample, "tree": tree}
        return {"remarks": list(remarks), "variants": variants}


class Pictures:
    """The model that places pictures among words, its backbone, all words, and the indexes of labels and nouns."""

    def __init__(self, root: Path) -> None:
        """Read them.

        Raises:
            QuoiError: one is absent or damaged, or an index is of another model.
        """
        self.searcher = Searcher(root)
        for kind in ("classes", "nouns"):
            self.searcher.index(kind)  # what is wrong with an index is said before a model is loaded
        self.searcher.words  # noqa: B018, read now
        self.predictor = Predictor.load(root / MODEL)
        self.limits = Limits(**read_json(root / "data/images" / NOTE)["limits"])

    def place(self, content: bytes) -> dict[str, Any]:
        """The place of words, such as `engine + boat` in UTF-8, by all the vectors that `quoi search` knows.

        Returns:
            `vector`, in the model's space.

        Raises:
            QuoiError: it is not UTF-8 or too long, cannot be calculated, or a word has no vector.
        """
        return {"vector": _numbers(self.searcher.expression(_text(content)))}

    def answer(self, content: bytes) -> dict[str, Any]:
        """What is near a picture, given as a file of any form that the pipeline reads.

        Returns:
            `vector`, its place in the model's space, by which the page finds its neighbours; `classes` and `nouns`,
            the nearest first, each [name, cosine].

        Raises:
            QuoiError: it cannot be read as a picture.
        """
        converted = convert(content, self.limits)
        if isinstance(converted, str):
            raise QuoiError(f"This cannot be read as a picture: {converted}.")
        (vector,) = self.predictor.places([Image.open(io.BytesIO(converted.data)).convert("RGB")])
        near = {kind: self.searcher.nearest(kind, vector, _TOP) for kind in ("classes", "nouns")}
        lists = {kind: [[hit.name, round(hit.similarity, 4)] for hit in hits] for kind, hits in near.items()}
        return {"vector": _numbers(vector), **lists}


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise QuoiError("Text in UTF-8 is taken here; these bytes are not.") from None
    if len(text) > MOST_CHARACTERS:
        raise QuoiError(f"At most {MOST_CHARACTERS} characters are taken here; these are {len(text):,}.")
    return text


def _numbers(vector: np.ndarray) -> list[float]:
    return [round(float(number), 6) for number in vector]
