"""What a sentence is split into: words, or pieces of words and characters as sentencepiece has them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from quoi.corpus.case import TITLE, UPPER, fold, restore
from quoi.io.errors import QuoiError, absent
from quoi.io.files import replacing
from quoi.params.corpus import Case, Tokens

_APOSTROPHES = str.maketrans("’ʼ‘", "'''")
_SPACE = "▁"
"""What sentencepiece writes for a space (U+2581)."""


@dataclass(frozen=True)
class Units:
    """The units of one language, and what is done to a text before it is split into them.

    Attributes:
        case: as `quoi.corpus.case.fold` has it.
        model: of sentencepiece, for sub-words and characters; None for words.
    """

    language: str
    case: Case = "lesson"
    straight_apostrophes: bool = False
    model: bytes | None = field(default=None, repr=False)

    @classmethod
    def load(cls, language: str, settings: Tokens, path: Path) -> Units:
        """The units that section `tokens` names; `path` is the model's, which words have none of.

        Raises:
            QuoiError: the model is absent or damaged.
        """
        model = None
        if settings.units_of(language) != "words":
            try:
                model = path.read_bytes()
                _processor(model)
            except FileNotFoundError:
                raise absent(path) from None
            except RuntimeError:
                raise QuoiError(f"{path} is damaged, or no model of sentencepiece.") from None
        return cls(language, settings.case, settings.straight_apostrophes, model)

    @property
    def as_the_lesson(self) -> bool:
        """Whether they are the words that the stage `tokenize` writes."""
        return self.model is None and self.case == "lesson"

    @property
    def pieces(self) -> list[str]:
        """All pieces that the model knows; none of words."""
        if self.model is None:
            return []
        processor = _processor(self.model)
        return [processor.id_to_piece(number) for number in range(1, processor.get_piece_size())]

    def straightened(self, text: str) -> str:
        """A text with no white space around it, and with straight apostrophes where they are wanted."""
        text = text.strip()
        return text.translate(_APOSTROPHES) if self.straight_apostrophes else text

    def encode(self, text: str) -> list[str]:
        """The model's pieces of a text; a character that it does not know is a piece of its own."""
        return _processor(self.model).encode(fold(self.straightened(text), self.case, self.language), out_type=str)

    def decode(self, pieces: Sequence[str]) -> str:
        """The text of pieces by sentencepiece's own decoding, with capitals by `restore` and no space around it.

        `encode` comes back as it was, if the text holds none of the marks nor U+2581, which stands for a space.
        """
        return restore(_processor(self.model).decode(list(pieces)), self.case, self.language).strip()

    def save(self, path: Path) -> None:
        """Write the model, where there is one."""
        if self.model is not None:
            with replacing(path) as partial:
                partial.write_bytes(self.model)


def learn(texts: Sequence[str], language: str, settings: Tokens) -> Units:
    """The units that section `tokens` names, with a model learnt from texts where they need one.

    Sub-words are those of byte-pair encoding (Sennrich, Haddow and Birch 2016): frequent neighbours are merged, from
    characters on, within words. The same texts give the same model, byte for byte.

    Raises:
        QuoiError: the texts hold too little for so many pieces, or too many different characters.
    """
    units = Units(language, settings.case, settings.straight_apostrophes)
    kind_of = settings.units_of(language)
    if kind_of == "words":
        return units
    from sentencepiece import SentencePieceTrainer

    marks = [mark for name in (UPPER, TITLE) for mark in (_SPACE + name, name)]
    kind = {"model_type": "bpe", "vocab_size": settings.pieces}
    if kind_of == "characters":
        kind = {"model_type": "char", "use_all_vocab": True}
    written = io.BytesIO()
    try:
        SentencePieceTrainer.train(
            sentence_iterator=(fold(units.straightened(text), units.case, language) for text in texts),
            model_writer=written,
            user_defined_symbols=marks if settings.case in ("lesson", "markers") else [],
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            character_coverage=1.0,
            bos_id=-1,
            eos_id=-1,
            num_threads=1,
            minloglevel=2,
            **kind,
        )
    except RuntimeError as error:
        raise QuoiError(_why(str(error), settings, language, len(texts))) from None
    return Units(language, settings.case, settings.straight_apostrophes, written.getvalue())


def _why(message: str, settings: Tokens, language: str, texts: int) -> str:
    """What a message of sentencepiece says, as a sentence."""
    given = f"tokens.pieces is {settings.pieces:,}"
    if most := re.search(r"<= (\d+)", message):
        few = f"the {texts:,} training questions ({language}) hold no more than {int(most[1]):,} pieces"
        return f"{given}, and {few}: that or less is allowed."
    if fewest := re.search(r"vs (\d+)", message):
        return f"{given}, and the training questions ({language}) hold {int(fewest[1]):,} characters: more is allowed."
    return f"Pieces of the {texts:,} training questions ({language}) cannot be learnt: {message.strip()}."


@cache
def _processor(model: bytes) -> Any:
    from sentencepiece import SentencePieceProcessor

    return SentencePieceProcessor(model_proto=model)
