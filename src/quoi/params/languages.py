"""Section `languages` of params.yaml: which two, by spaCy's codes; and what people call a language."""

from __future__ import annotations

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


def _known(code: str) -> str:
    if code not in codes():
        raise ValueError(f"must be the code of one of spaCy's languages: {', '.join(codes())}")
    return code


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
