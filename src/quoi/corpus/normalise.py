"""One form for text that looks the same: composed letters, and no marks that nobody sees."""

from __future__ import annotations

import re
import unicodedata

# Unicode's default-ignorable characters, which are drawn as nothing, and the marks of interlinear annotations: soft
# hyphen, zero-width spaces and joiners, marks of direction, byte order marks, variation selectors, fillers, tags. But
# after a letter of Arabic or of an Indian script a joiner changes how it is drawn, and in Persian the word.
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    r"|(?<![\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff])[\u200c\u200d]"
)


def normalise(text: str) -> str:
    """A text as the corpus, a translation and the server read it: without invisible marks, letters composed (NFC).

    Text that looks the same is then the same to a tokenizer and a vocabulary. Line ends, spaces of every kind and all
    that can be seen stay as they are; what is normalised already comes back unchanged.
    """
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", visible(text))
    return composed if composed == text else normalise(composed)  # marks that change places may leave a joiner behind


def visible(text: str) -> str:
    """The text without characters that are drawn as nothing."""
    return _INVISIBLE.sub("", text)
