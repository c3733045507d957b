"""Section `languages` of params.yaml: which two, by spaCy's codes; and what people call a language."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, model_validator

from quoi.params.section import ParamsSection

Side = Literal["source", "target"]
SIDES: tuple[Side, ...] = get_args(Side)


@cache
def codes() -> tuple[str, ...]:
    """The codes of spaCy's languages; spaCy, which takes a second to import, is not."""
    folder = Path(find_spec("spacy").origin).parent / "lang"
    return tuple(sorted(path.parent.name for path in folder.glob("*/__init__.py") if path.parent.name != "xx"))


SEGMENTED = {"ja": "zh", "ko": "xx", "th": "zh", "vi": "xx"}
"""The languages whose words spaCy finds by a package of their own; and, where a model does not read their words, the
language by whose rules they are counted: Chinese ones, a character each, or those for any language, at spaces."""
UNSPACED = ("ja", "th", "zh")
"""The languages that write no spaces between words."""


@cache
def name(code: str) -> str:
    """A language's English name by Unicode's CLDR; the code itself where that has none."""
    from babel import Locale

    return Locale("en").languages.get(code, code)


def spoken(code: str, by: str) -> list[str]:
    """What one language calls another, in each script that it is written in."""
    from babel import Locale
    from babel.localedata import locale_identifiers

    forms = (form for form in sorted(locale_identifiers()) if re.fullmatch(rf"{by}(_[A-Z][a-z]{{3}})?", form))
    return [called for form in forms if (called := Locale.parse(form).languages.get(code))]


@cache
def names(code: str, *languages: str) -> frozenset[str]:
    """What people call a language, in lower case: its codes, and its names in English, itself and these languages."""
    from babel.core import get_global

    aliases = {**get_global("language_aliases"), "nb": "no"}  # OPUS and others call Norwegian so
    short = {code, aliases.get(code, code)}
    longer = (alias for alias, of in aliases.items() if of in short and (alias == code or alias not in codes()))
    called = (each for known in short for by in ("en", code, *languages) for each in spoken(known, by))
    return frozenset(each.casefold() for each in (*short, *longer, *called))


def called(word: str, names: frozenset[str]) -> bool:
    """Whether a word is one of these names, or of a variety of it: EN-US and en_GB are English, as en is."""
    folded = word.strip().casefold()
    return not names.isdisjoint((folded, *re.split("[-_]", folded)[:1]))


def _known(code: str) -> str:
    if code in codes():
        return code
    if meant := [known for known in codes() if called(code, names(known))]:
        raise ValueError(f"must be a code of spaCy's: {' or '.join(meant)} for {name(meant[0])}")
    close = get_close_matches(code.title(), map(name, codes()), 1)
    hint = "".join(f", such as {known} for {name(known)}" for known in codes() if name(known) in close)
    raise ValueError(f"must be the code of one of spaCy's languages{hint}: {', '.join(codes())}")


Language = Annotated[str, AfterValidator(_known)]


class Languages(ParamsSection):
    """What is translated, and into what."""

    source: Language
    target: Language

    @model_validator(mode="after")
    def _differ(self) -> Languages:
        if self.source == self.target:
            raise ValueError(f"source and target are both {self.source}: two different languages are needed")
        return self

    @property
    def both(self) -> dict[Side, str]:
        """The codes by side, source first."""
        return {"source": self.source, "target": self.target}

    @property
    def names(self) -> dict[Side, str]:
        """What people call them, by side."""
        return {side: name(code) for side, code in self.both.items()}
