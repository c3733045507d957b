"""Names of territories, cities, languages, currencies, months, weekdays and units, from Unicode CLDR through Babel."""

import re
from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name
from babel.units import format_unit

from .phrases import Name
from .tables import lists, rows

_LOCALES = _ENGLISH, _FRENCH = Locale("en", "GB"), Locale("fr")
_LISTS = lists("cldr")
_NAME = re.compile(r"[^\d.()\[\],&/]+")


def _plain(text: str) -> str:
    return text.replace("’", "'").replace("ʼ", "'")


def _usable(*names: str | None) -> bool:
    return all(name and _NAME.fullmatch(name) for name in names)


@cache
def countries() -> tuple[Name, ...]:
    """Territories with English `the` where usage wants it and French gender, number and article; commonest first."""
    exceptions = dict(rows("territories"))
    common, skipped = _LISTS["common territories"], _LISTS["skipped territories"]
    codes = [code for code in _ENGLISH.territories if len(code) == 2 and code not in skipped]
    codes.sort(key=lambda code: (common.index(code) if code in common else len(common), code))
    territories = []
    for code in codes:
        en, fr = _plain(_ENGLISH.territories[code]).replace("&", "and"), _plain(_FRENCH.territories.get(code, ""))
        if _usable(en, fr):
            kind = exceptions.get(code) or ("f" if fr.endswith("e") else "m")
            territories.append(country(en, fr, kind, code in _LISTS["territories with the"]))
    return tuple(territories)


def country(en: str, fr: str, kind: str, the: bool = False) -> Name:
    """A country from its names and its French gender: `m`, `f`, `mp`, `fp`, or `-` if it takes no article."""
    plural = kind.endswith("p") and len(kind) == 2
    article = "" if kind == "-" else "^les" if plural else "^la" if kind == "f" else "^le"
    if fr.startswith("Île"):
        fr = fr[0].lower() + fr[1:]
    gender = "f" if kind.startswith("f") else "m"
    return Name(en, fr, gender, plural, "country", article, the, plural_english=False)


@cache
def cities() -> tuple[Name, ...]:
    """Cities: CLDR's time zone cities and `lexicon/cities.tsv`; commonest first, `Le Caire` with its article apart."""
    common, skipped = _LISTS["common cities"], _LISTS["skipped cities"]
    pairs = [(en, fr) for en, fr, _ in rows("cities")]
    for zone in sorted(get_global("zone_territories")):
        fallback = zone.split("/")[-1].replace("_", " ")
        en = _plain(_ENGLISH.time_zones.get(zone, {}).get("city", fallback))
        fr = _plain(_FRENCH.time_zones.get(zone, {}).get("city", fallback)).replace(" (Libye)", "")
        if _usable(en, fr) and en not in skipped and not en.startswith(("GMT", "UTC")):
            pairs.append((en, fr))
    pairs.sort(key=lambda pair: common.index(pair[0]) if pair[0] in common else len(common))
    return tuple(city(en, fr) for en, fr in pairs)


def city(en: str, fr: str) -> Name:
    """A city; a masculine article in its name (`Le Caire`) contracts with à and de."""
    article, _, name = fr.partition(" ")
    if article == "Le" and name:
        return Name(en, name, "m", False, "city", "^Le")
    return Name(en, fr, "f" if article == "La" or fr.endswith(("e", "es")) else "m", False, "city")


@cache
def languages() -> tuple[tuple[str, str], ...]:
    """(English, French) names of languages, commonest first."""
    common = _LISTS["common languages"]
    rest = sorted(code for code in _ENGLISH.languages if len(code) in (2, 3) and code not in common)[::2]
    pairs = [(_plain(_ENGLISH.languages[code]), _plain(_FRENCH.languages.get(code) or "")) for code in (*common, *rest)]
    return tuple((en, fr) for en, fr in pairs if _usable(en, fr) and len((en + fr).split()) == 1 and fr.islower())


_FEMININE_MONEY = ("livre", "couronne", "roupie", "lire", "hryvnia", "pataca", "rufiyaa", "peseta")
_NO_MONEY = ("nouveau", "unité", "once", "sum")


@cache
def currencies() -> tuple[tuple[str, str, str], ...]:
    """(English, French, gender) of currencies in the singular: `Swiss franc`, `franc suisse`, m."""
    money = []
    for code in sorted(_FRENCH.currencies):
        en, fr = (_plain(get_currency_name(code, 1, locale)) for locale in ("en", "fr"))
        head, *tail = fr.split()
        if len(tail) == 1 and head not in _NO_MONEY and fr.islower() and not en.isupper() and _usable(en, fr):
            money.append((en, fr, "f" if head in _FEMININE_MONEY else "m"))
    return tuple(dict.fromkeys(money))


@cache
def months() -> tuple[tuple[str, str], ...]:
    """(English, French) names of the months, January first."""
    return tuple(tuple(locale.months["format"]["wide"][month] for locale in _LOCALES) for month in range(1, 13))


@cache
def weekdays() -> tuple[tuple[str, str], ...]:
    """(English, French) names of the days, Monday first."""
    return tuple(tuple(locale.days["format"]["wide"][day] for locale in _LOCALES) for day in range(7))


@cache
def units() -> tuple[tuple[str, str], ...]:
    """(English, French) plural names of units: `kilometres`, `kilomètres`."""
    return tuple(
        tuple(_plain(format_unit(2, unit, "long", locale=locale))[1:].strip() for locale in _LOCALES)
        for unit in _LISTS["units"]
    )
