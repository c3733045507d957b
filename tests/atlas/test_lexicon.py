"""The lexicon: enough of it, every cell well formed, every class that a verb or a frame names held by some file."""

from pathlib import Path

import pytest

from atlas import names, tables, words
from atlas.french import conjugate
from atlas.phrases import Name

FILES = sorted(path.stem for path in (Path(tables.__file__).parent / "lexicon").glob("*.tsv"))


@pytest.mark.parametrize("kind", words.FILES)
def test_nouns_have_a_gender(kind):
    for noun in words.nouns(kind):
        forms = noun.french + noun.french_feminine
        assert forms, noun
        assert all(form.gender in ("m", "f") for form in forms), noun


@pytest.mark.parametrize("name", FILES)
def test_rows_of_a_file_have_one_width_and_no_stray_spaces(name):
    rows = tables.rows(name)
    assert rows
    assert len({len(row) for row in rows}) == 1 or name == "h_aspire"
    for row in rows:
        assert all("  " not in cell and "’" not in cell for cell in row), row


@pytest.mark.parametrize("name", ["verbs", "verbs_alone", "verbs_that", "verbs_to"])
def test_classes_of_verbs_exist(name):
    for entry in words.verb_entries(name):
        specs = [entry.subject, entry.object] + ([entry.indirect[2]] if entry.indirect else [])
        for part in " ".join(specs).split():
            if part not in ("who", "country", "city", "language"):
                assert words.pool(part).entries, (entry, part)


@pytest.mark.parametrize("name", ["verbs", "verbs_alone", "verbs_that", "verbs_to"])
def test_french_verbs_are_infinitives(name):
    for entry in words.verb_entries(name):
        for french in entry.french:
            infinitive = words.verb("do", french).fr
            assert infinitive.endswith(("er", "ir", "re", "oir")), entry
            assert len(conjugate(infinitive, "present")) == 6


def test_an_unknown_class_is_refused():
    with pytest.raises(ValueError, match=r"goods\.spaceship"):
        words.pool("goods.spaceship")


def test_words_are_drawn_with_a_long_tail():
    sums = words.pool("people").sums
    first, last = sums[0], sums[-1] - sums[-2]
    assert first > 20 * last


def test_no_noun_is_listed_twice_in_a_file():
    for kind in words.FILES:
        found = [(noun.english, noun.french, noun.french_feminine) for noun in words.nouns(kind)]
        assert len(found) == len(set(found)), kind


@pytest.mark.parametrize("listed", [names.countries, names.cities])
def test_names_hold_nothing_that_ends_a_question(listed):
    for name in listed():
        assert not set("?.!()[]&’") & set(name.en + name.fr), name


@pytest.mark.parametrize(
    ("listed", "pair"),
    [(names.countries, ("Germany", "Allemagne")), (names.cities, ("London", "Londres")),
     (names.languages, ("Greek", "grec")), (names.currencies, ("Swiss franc", "franc suisse")),
     (names.months, ("January", "janvier")), (names.weekdays, ("Monday", "lundi")),
     (names.units, ("kilometres", "kilomètres"))],
)  # fmt: skip
def test_cldr_gives_names_of_every_kind(listed, pair):
    assert pair in [(entry.en, entry.fr) if isinstance(entry, Name) else entry[:2] for entry in listed()]
