"""The lexicon: enough of it, every cell well formed, every class that a verb or a frame names held by some file."""

from pathlib import Path

import pytest

from atlas import names, tables, words
from atlas.french import conjugate

FILES = sorted(path.stem for path in (Path(tables.__file__).parent / "lexicon").glob("*.tsv"))


def test_at_least_500_nouns_have_a_gender():
    entries = [noun for kind in words.FILES for noun in words.nouns(kind)]
    assert len(entries) >= 500
    for noun in entries:
        forms = noun.french + noun.french_feminine
        assert forms, noun
        assert all(form.gender in "mf" for form in forms), noun


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


def test_cldr_gives_names_of_every_kind():
    assert len(names.countries()) > 180
    assert len(names.cities()) > 250
    assert len(names.languages()) > 100
    assert len(names.currencies()) > 100
    assert ("January", "janvier") in names.months()
    assert ("Monday", "lundi") in names.weekdays()
    assert ("kilometres", "kilomètres") in names.units()
