"""Section `languages` of params.yaml: which two, by spaCy's codes; and what people call a language."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, model_validator

from quoi.params.section import ParamsSection

Side = Literal["source", "target"]
SIDES: tuple[Side, ...] = get_args(Side)

CODES = tuple(
    """
    af am ar az bg bn bo ca cs da de dsb el en es et eu fa fi fo fr ga gd grc gu he hi hr hsb ht hu hy id is
    it ja kmr kn ko ky la lb lg lij lt lv mk ml mr ms nb ne nl nn pl pt ro ru sa si sk sl sq sr sv ta te th ti
    tl tn tr tt uk ur vi yo zh
    """.split()  # noqa: SIM905 - a list of strings would take a line each
)
"""Those of spaCy's languages; they are written down since a machine that only trains may be without spaCy."""

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
    longer = (alias for alias, of in aliases.items() if of in short and (alias == code or alias not in CODES))
    called = (each for known in short for by in ("en", code, *languages) for each in spoken(known, by))
    return frozenset(each.casefold() for each in (*short, *longer, *called))


def called(word: str, names: frozenset[str]) -> bool:
    """Whether a word is one of these names, or of a variety of it: EN-US, en_GB and English (UK) are English."""
    folded = word.strip().casefold()
    return not names.isdisjoint((folded, *re.split(r"[-_]|\s*\(", folded)[:1]))


def _known(code: str) -> str:
    if code in CODES:
        return code
    from babel.core import get_global

    if meant := [known for known in CODES if called(code, names(known))]:
        raise ValueError(f"must be a code of spaCy's: {' or '.join(meant)} for {name(meant[0])}")
    # A country's code is often taken for its language's: jp for ja, cz for cs.
    spoken_there = get_global("likely_subtags").get(f"und_{code.upper()}", "").split("_")[0]
    close = [name(spoken_there)] if spoken_there else get_close_matches(code.title(), map(name, CODES), 1)
    hint = "".join(f", such as {known} for {name(known)}" for known in CODES if name(known) in close)
    raise ValueError(f"must be the code of one of spaCy's languages{hint}: {', '.join(CODES)}")


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
