"""claims.yaml: the statements, the settings that each compares, and what would decide it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from quoi.claims import trials as trials_
from quoi.claims.kinds import KINDS, Of, Score, kind_of
from quoi.claims.trials import RandomSearch
from quoi.io.errors import QuoiError
from quoi.io.files import reading
from quoi.params import Params, profiles
from quoi.params.errors import closest, sentence
from quoi.params.section import ParamsSection, Seeds
from quoi.params.settings import parse

FILE = Path("claims.yaml")
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Corpus(ParamsSection):
    """A corpus, on which claims about what it holds are tested: what it changes of the base profile."""

    of: Of = "text"
    title: str
    needs: str | None = None
    """A file without which the corpus is left out, by its path from the root; `changes` has its name alone."""
    changes: dict[str, Any] = Field(default={})


class Claim(ParamsSection):
    """A statement about two settings, `compare[0]` against `compare[1]`.

    Attributes:
        says: the statement, in our own words; where: in which part of the lesson it is made.
        score: which decides, in points of 100. Of translations: corpus BLEU, or the share equal to their reference.
            Of pictures: how many find their unseen label, or how many are right that a word finds (`claims.pictures`).
            It is that of a method where a setting's name ends in `/METHOD`, else of its kind's first.
        expected: what the first is than the second by the statement.
        matters: the smallest difference of the score that anyone would care about.
        contradiction: the finding that would contradict it.
        seeds: more or fewer than all claims have.
        corpora: on which alone it can be tested.
    """

    says: str
    where: str
    compare: Annotated[list[str], Field(min_length=2, max_length=2)]
    score: Score = "bleu"
    expected: Literal["better", "worse", "the same"] = "better"
    matters: Annotated[float, Field(gt=0)] = 1.0
    contradiction: str
    seeds: Seeds | None = None
    corpora: list[Name] | None = None

    @property
    def kind(self) -> str:
        """The kind of its trainings."""
        return kind_of(self.score)

    @property
    def sides(self) -> list[tuple[str, str]]:
        """Setting and method of what is compared."""
        parted = (side.partition("/") for side in self.compare)
        return [(setting, method or KINDS[self.kind].methods[0]) for setting, _, method in parted]


class Claims(ParamsSection):
    """The whole of claims.yaml.

    Attributes:
        profile: whose parameters a setting changes.
        base: what all settings change of it.
        settings: what each changes beside, by name; keys as in params.yaml.
        engine: where the trainings run, on this machine's cores or on a Ray cluster.
        progression: settings of translations in an order that a reader can follow: the lesson's variants, and then what
            it leaves unexplored.
        importance: the random search of `quoi importance`.
    """

    profile: str = profiles.DEFAULT
    base: dict[str, Any] = Field(default={})
    seeds: Seeds = Field(default=[1, 2, 3])
    engine: Literal["local", "ray"] = "local"
    corpora: Annotated[dict[Name, Corpus], Field(min_length=1)]
    settings: Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]
    claims: Annotated[dict[Name, Claim], Field(min_length=1)]
    progression: list[Name] = Field(default=[])
    importance: RandomSearch | None = None

    @field_validator("settings", mode="before")
    @classmethod
    def _filled(cls, settings: Any) -> Any:
        return {name: own or {} for name, own in settings.items()} if isinstance(settings, dict) else settings

    @model_validator(mode="after")
    def _known(self) -> Claims:
        kinds: dict[str, str] = {}
        for name, claim in self.claims.items():
            methods = KINDS[claim.kind].methods
            for side, (setting, method) in zip(claim.compare, claim.sides, strict=True):
                if setting not in self.settings:
                    raise ValueError(f"claim {name} compares {side!r}{closest(setting, self.settings)}")
                if method not in methods:
                    allowed = " or ".join((", ".join(methods[:-1]), methods[-1]))
                    raise ValueError(f"claim {name} compares {side!r}: after / stands {allowed}")
                if kinds.setdefault(setting, claim.kind) != claim.kind:
                    raise ValueError(f"setting {setting} is compared by {claim.score} too, but is of {kinds[setting]}")
            if claim.compare[0] == claim.compare[1]:
                raise ValueError(f"claim {name} compares {claim.compare[0]!r} with itself")
            known = [corpus for corpus, own in self.corpora.items() if own.of == KINDS[claim.kind].of]
            for corpus in claim.corpora or ():
                if corpus not in known:
                    raise ValueError(f"claim {name} is tested on {corpus!r}{closest(corpus, known)}")
        of_translations = [setting for setting, kind in kinds.items() if kind == "translation"]
        for setting in self.progression:
            if setting not in of_translations:
                raise ValueError(f"progression has {setting!r}{closest(setting, of_translations)}")
        if self.importance and self.importance.corpus not in self.corpora:
            raise ValueError(
                f"importance.corpus is {self.importance.corpus!r}{closest(self.importance.corpus, self.corpora)}"
            )
        return self

    def corpora_of(self, claim: Claim) -> list[str]:
        """On which a claim is tested: those of its kind, or of these the ones that it names."""
        of = KINDS[claim.kind].of
        return [name for name, own in self.corpora.items() if own.of == of and name in (claim.corpora or [name])]

    def chosen(self, names: tuple[str, ...]) -> dict[str, Claim]:
        """The claims of these names, or all.

        Raises:
            QuoiError: there is no such claim.
        """
        for name in names:
            if name not in self.claims:
                raise QuoiError(f"There is no claim {name!r}{closest(name, self.claims)}.")
        return {name: claim for name, claim in self.claims.items() if not names or name in names}


@dataclass(frozen=True)
class Unit:
    """One training: a setting on a corpus with a seed.

    Attributes:
        kind: of `kinds.KINDS`.
        settings: the whole of a params.yaml, whose only variant is the setting, by its name; params: the same, checked.
    """

    kind: str
    corpus: str
    setting: str
    seed: int
    settings: dict[str, Any] = field(compare=False)
    params: Params = field(compare=False)

    def __str__(self) -> str:
        return f"{self.setting} on {self.corpus}, seed {self.seed}"


def load(root: Path = Path()) -> Claims:
    """Read claims.yaml; every setting on every corpus is checked as params.yaml is.

    Raises:
        QuoiError: the file is absent or breaks a rule; the message names the key, what was given and what is allowed.
    """
    with reading(root / FILE, "a file of claims"):
        data = parse((root / FILE).read_bytes(), FILE)
    try:
        claims = Claims.model_validate(data)
    except ValidationError as error:
        raise QuoiError(sentence(FILE, error, Claims)) from None
    whole = _base(claims, root)
    for corpus in claims.corpora:
        for setting, own in claims.settings.items():
            _settings(claims, whole, corpus, own, setting)
    return claims


def units(claims: Claims, chosen: Mapping[str, Claim], corpora: list[str], root: Path = Path()) -> list[Unit]:
    """Every training that the chosen claims need on these corpora, once, in the order of the claims."""
    whole = _base(claims, root)
    needed = {
        (corpus, setting, seed): claim.kind
        for corpus in corpora
        for claim in chosen.values()
        if corpus in claims.corpora_of(claim)
        for seed in claim.seeds or claims.seeds
        for setting, _ in claim.sides
    }
    made = {
        (corpus, setting): _settings(claims, whole, corpus, claims.settings[setting], setting)
        for corpus, setting in dict.fromkeys(key[:2] for key in needed)
    }
    return [Unit(kind, *key, *made[key[:2]]) for key, kind in needed.items()]


def trials(claims: Claims, root: Path = Path()) -> list[Unit]:
    """The trainings of the random search; each has its own seed, the trial's number.

    Raises:
        QuoiError: claims.yaml has no `importance`, or one of its parameters is unknown or may not have such a value.
    """
    if (search := claims.importance) is None:
        raise QuoiError(f"{FILE} has no section importance, which says what a random search draws.")
    whole, units = _base(claims, root), []
    for trial in range(1, search.trials + 1):
        name = f"trial-{trial:03}"
        made = _settings(claims, whole, search.corpus, trials_.changes(search, trial), name)
        units.append(Unit("translation", search.corpus, name, trial, *made))
    return units


def _settings(
    claims: Claims, whole: Mapping[str, Any], corpus: str, own: Mapping[str, Any], name: str
) -> tuple[dict[str, Any], Params]:
    """The whole params.yaml of a setting on a corpus, its only variant being itself, by `name`; and the same, checked.

    Args:
        whole: the base profile's.
        own: what the setting changes.
    """
    merged = deepcopy(dict(whole))
    for changes in (claims.base, claims.corpora[corpus].changes, own):
        profiles.merge(merged, changes)
    merged["variants"] = {name: {}}
    try:
        return merged, Params.model_validate(merged)
    except ValidationError as error:
        where = Path(f"{FILE}, setting {name} on {corpus}")
        raise QuoiError(sentence(where, error, Params)) from None


def _base(claims: Claims, root: Path) -> dict[str, Any]:
    return parse(profiles.text(claims.profile, root), root / profiles.PROFILES / f"{claims.profile}.yaml")
