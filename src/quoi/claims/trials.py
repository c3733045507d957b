"""`importance` in claims.yaml: a random search (Bergstra and Bengio 2012), which draws the same every time."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from quoi.params import profiles
from quoi.params.section import ParamsSection

CONTROL = "nothing"
"""A parameter that every trial draws and no training reads: what looks important here is chance."""


class Range(ParamsSection):
    """Drawn evenly between two ends; `log`: evenly in its logarithm."""

    least: float
    most: float
    log: bool = False

    @model_validator(mode="after")
    def _sound(self) -> Range:
        if not self.least < self.most:
            raise ValueError(f"least must be below most; they are {self.least:g} and {self.most:g}")
        if self.log and self.least <= 0:
            raise ValueError(f"with log, least must be above 0; it is {self.least:g}")
        return self


Choice = Annotated[list[bool | int | float | str], Field(min_length=2)]


class RandomSearch(ParamsSection):
    """A random search on one corpus; what each trial draws, over `base`, by the parameter's dotted key."""

    corpus: str
    trials: Annotated[int, Field(ge=10)] = 64
    seed: Annotated[int, Field(ge=0)] = 0
    parameters: Annotated[dict[str, Range | Choice], Field(min_length=1)]


def drawn(settings: RandomSearch, trial: int) -> dict[str, Any]:
    """The value of each parameter in a trial, counted from 1.

    Each is drawn for itself, so that another parameter, or more trials, leave it as it was.
    """
    return {name: value(domain, settings.seed, trial, name) for name, domain in settings.parameters.items()}


def changes(settings: RandomSearch, trial: int) -> dict[str, Any]:
    """What a trial changes of the base, nested as in params.yaml."""
    nested: dict[str, Any] = {}
    for key, change in drawn(settings, trial).items():
        for section in reversed(key.split(".")):
            change = {section: change}
        profiles.merge(nested, change)
    return nested


def value(domain: Range | list[Any], seed: int, trial: int, name: str) -> Any:
    """What a trial draws for one parameter; of a number four digits, as many as anyone would write into params.yaml."""
    rng = np.random.default_rng([seed, trial, *name.encode()])
    if isinstance(domain, list):
        return domain[int(rng.integers(len(domain)))]
    ends = domain.least, domain.most
    number = math.exp(rng.uniform(*map(math.log, ends))) if domain.log else rng.uniform(*ends)
    return float(f"{number:.4g}")
