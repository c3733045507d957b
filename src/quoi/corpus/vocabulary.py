"""Words to ids and back."""

from __future__ import annotations

import re
import reprlib
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from quoi.io.errors import QuoiError, absent
from quoi.io.files import write_text

SPECIALS = ("_bos_", "_pad_", "_eos_", "_unk_")
BOS, PAD, EOS, UNK = range(4)

# One word a line: what some readers take for a line end is written as an escape, and so is the escape character.
_ESCAPED = re.compile(r"[\\\n\r\v\f\x1c-\x1e\x85\u2028\u2029\ufeff]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


class Vocabulary:
    """The words of one language, each with its id: the four special ones, then the most frequent first.

    A special word in a user's text is not special: it is unknown, so that no sentence can hold its own end marker.
    """

    def __init__(self, words: Iterable[str]) -> None:
        """Take all words in the order of their ids, the special ones included.

        Raises:
            QuoiError: the special words are not the first four.
        """
        self.words = tuple(words)
        if self.words[: len(SPECIALS)] != SPECIALS:
            first = reprlib.repr(self.words[:4])
            raise QuoiError(f"A vocabulary begins with {' '.join(SPECIALS)}; this one with {first}.")
        self._ids = {word: number for number, word in enumerate(self.words)}
        for word in SPECIALS:
            del self._ids[word]

    @classmethod
    def from_sentences(cls, sentences: Iterable[Iterable[str]], size: int, more: Iterable[str] = ()) -> Vocabulary:
        """The `size` most common words after the special ones; among equals, the first seen comes first.

        Args:
            more: other words, which come last, up to `size` in all.
        """
        counts = Counter(chain.from_iterable(sentences))
        for word in SPECIALS:
            counts.pop(word, None)
        words = dict.fromkeys([*(word for word, _ in counts.most_common(size)), *more])
        return cls((*SPECIALS, *list(words)[:size]))

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """The ids of the tokens, `UNK` for those that are not in the vocabulary, and `EOS`."""
        return [*(self._ids.get(token, UNK) for token in tokens), EOS]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The words of the ids up to, and without, the first `EOS`."""
        words = []
        for number in ids:
            if number == EOS:
                break
            words.append(self.words[number])
        return words

    def save(self, path: Path) -> None:
        """Write one word a line; line 0 is id 0."""
        lines = (_ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", word) for word in self.words)
        write_text(path, "".join(f"{line}\n" for line in lines))

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read what `save` wrote.

        Raises:
            QuoiError: the file is absent, is not UTF-8, or is not a vocabulary.
        """
        try:
            lines = Path(path).read_text(encoding="utf-8").removesuffix("\n").split("\n")
            return cls(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), line) for line in lines)
        except FileNotFoundError:
            raise absent(path) from None
        except (UnicodeDecodeError, QuoiError) as error:
            raise QuoiError(f"{path} is not a vocabulary: {error}") from None
