"""Text in, text out: a trained variant as a translator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from quoi.corpus.detokenize import REPEATED, REPEATED_WORD, detokenize
from quoi.corpus.normalise import normalise
from quoi.corpus.tokens import tokenize
from quoi.corpus.units import Units
from quoi.corpus.vocabulary import UNK, Vocabulary
from quoi.io.errors import QuoiError
from quoi.params import Search
from quoi.params.languages import Languages, name
from quoi.translation import saved, scores, search
from quoi.translation.model import Seq2Seq

BATCH_SIZE = 64


@dataclass(frozen=True)
class Translated:
    """One sentence.

    Attributes:
        source, text: what was given and its translation.
        source_tokens, target_tokens: as the model saw and wrote them, end markers included.
        unknown: source tokens that the vocabulary lacks.
        attention: (T, S) weights, or None for a model without attention or when they were not asked for.
    """

    source: str
    text: str
    source_tokens: list[str]
    target_tokens: list[str]
    unknown: list[str]
    attention: list[list[float]] | None = None


@dataclass(frozen=True)
class Translator:
    """A trained model with its vocabularies, and what their words are."""

    model: Seq2Seq
    description: saved.Description
    source: Vocabulary
    target: Vocabulary
    source_units: Units
    target_units: Units

    @classmethod
    def load(cls, folder: Path, seed: int | None = None) -> Self:
        """Read models/VARIANT; `seed` None is the best one.

        Raises:
            QuoiError: as in `saved.load`; or a weight is not a finite number, and every translation would be noise.
        """
        model, description, source, target = saved.load(Path(folder), seed)
        if bad := next((name for name, value in model.named_parameters() if not value.isfinite().all()), None):
            raise QuoiError(
                f"{folder} holds weights that are not finite numbers ({bad}): `dvc checkout` brings back those trained."
            )
        return cls(model, description, source, target, *saved.load_units(Path(folder), description))

    @property
    def languages(self) -> Languages:
        """What it translates, and into what."""
        return Languages(source=self.description.source_language, target=self.description.target_language)

    def encode(self, text: str) -> tuple[list[str], np.ndarray]:
        """Tokens and ids of a source sentence, which is normalised first; end marker included.

        Raises:
            QuoiError: the sentence is empty, or holds nothing that can be seen.
        """
        tokens = tokenize(normalise(text), self.source_units)
        if not tokens:
            raise QuoiError("There is nothing to translate: the sentence is empty.")
        return tokens, np.array(self.source.encode(tokens))

    def to_text(self, ids: Sequence[int]) -> str:
        """Target ids to readable text."""
        return detokenize(self.target.decode(ids), self.target_units)

    def translate(
        self, texts: Sequence[str], beam: int = 5, length_exponent: float = 1.0, attention: bool = False
    ) -> list[Translated]:
        """Translate sentences, in their order; `beam` 1 is greedy.

        Raises:
            QuoiError: a sentence is empty.
        """
        encoded = [self.encode(text) for text in texts]
        sources = [ids for _, ids in encoded]
        settings = Search(beam=beam, length_exponent=length_exponent)
        translations = scores.translate(
            self.model, sources, self.description.max_target, BATCH_SIZE, settings if beam > 1 else None
        )
        return [
            self.told(text, tokens, ids, translation, attention)
            for text, (tokens, ids), translation in zip(texts, encoded, translations, strict=True)
        ]

    def told(
        self, text: str, tokens: list[str], ids: np.ndarray, translation: list[int], attention: bool = False
    ) -> Translated:
        """What there is to say of a translation, given as ids, of a sentence and what `encode` makes of it."""
        return Translated(
            source=text,
            text=self.to_text(translation),
            source_tokens=[self.source.words[i] for i in ids],
            target_tokens=[self.target.words[i] for i in translation],
            unknown=[token for token, id_ in zip(tokens, ids, strict=False) if id_ == UNK],
            attention=self.attention(ids, translation) if attention else None,
        )

    def remarks(self, translated: Translated) -> list[str]:
        """What a reader of the translation should know: unknown words, unusual length."""
        remarks = []
        words, units = len(translated.source_tokens) - 1, self.description.source_units
        vocabulary = f"in the {name(self.description.source_language)} vocabulary"
        if len(translated.unknown) == words:
            remarks.append(f"none of the {words} {units} is {vocabulary}, so the translation is a guess")
        elif unknown := [word for word in translated.unknown if word.strip() and word not in (REPEATED, REPEATED_WORD)]:
            remarks.append(f"not {vocabulary}: {', '.join(unknown[:10])}")
        if words >= self.description.max_source:
            longest = self.description.max_source
            remarks.append(f"{words:,} {units}, and no training sentence had more than {longest}: expect little")
        return remarks

    def attention(self, source: np.ndarray, translation: list[int]) -> list[list[float]] | None:
        """(T, S) attention weights of a translation; None without attention."""
        import torch

        ids = torch.from_numpy(np.asarray(source, dtype=np.int64)).unsqueeze(1)
        return search.alignment(self.model, ids, torch.tensor([len(source)]), translation)

    def evaluate(self, pairs: Sequence[tuple[str, str]], beam: Search) -> scores.Evaluation:
        """Score pairs of (source, target) text, normalised, as validation is scored during training.

        Raises:
            QuoiError: a sentence is empty.
        """
        pairs = [(normalise(source), normalise(target)) for source, target in pairs]
        sources = [self.encode(source)[1] for source, _ in pairs]
        targets = []
        for _, text in pairs:
            targets.append(np.array(self.target.encode(tokenize(text, self.target_units))))
        return scores.evaluate(
            self.model, sources, targets, [[text] for _, text in pairs],
            self.target_units.language, self.to_text, self.description.max_target, BATCH_SIZE, beam,
        )  # fmt: skip
