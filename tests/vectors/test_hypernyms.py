"""Which kinds of things a noun names: by WordNet's own file, and by the hierarchy that comes with quoi."""

from __future__ import annotations

import pytest

from quoi.vectors import hypernyms
from quoi.vectors.wordnet import imagenet21k
from tests.vectors.wordnet_files import data_noun

THING, ANIMAL, PET, DOG, PUPPY = range(5)
FILE, IDS = data_noun(
    [(["thing"], []), (["animal"], [THING]), (["pet"], [THING]), (["dog"], [ANIMAL, PET]), (["puppy"], [DOG])]
)


def test_each_synset_has_those_right_above_it():
    found = hypernyms.read_hypernyms(FILE, IDS)
    assert found == {
        IDS[ANIMAL]: [IDS[THING]],
        IDS[PET]: [IDS[THING]],
        IDS[DOG]: [IDS[ANIMAL], IDS[PET]],
        IDS[PUPPY]: [IDS[DOG]],
    }


def test_in_place_of_one_that_is_not_kept_stand_those_above():
    found = hypernyms.read_hypernyms(FILE, {IDS[THING], IDS[PET], IDS[PUPPY]})
    assert found == {IDS[PET]: [IDS[THING]], IDS[PUPPY]: [IDS[THING], IDS[PET]]}


def test_an_instance_is_of_a_kind_too():
    content = FILE.replace(b" @ ", b" @i ")
    assert hypernyms.read_hypernyms(content, IDS)[IDS[PUPPY]] == [IDS[DOG]]


def test_kinds_are_all_above_and_the_synset_itself():
    found = hypernyms.read_hypernyms(FILE, IDS)
    assert hypernyms.kinds(IDS[PUPPY], found) == set(IDS)
    assert hypernyms.kinds(IDS[PET], found) == {IDS[PET], IDS[THING]}
    assert hypernyms.kinds("n00000000", found) == {"n00000000"}


@pytest.mark.parametrize(
    ("noun", "kind", "holds"),
    [("ferry", "boat", True), ("boat", "ferry", False), ("dog", "animal", True), ("dog", "vehicle", False)],
)
def test_the_packaged_hierarchy_knows_what_is_a_boat(noun, kind, holds):
    nouns = imagenet21k()
    found = hypernyms.kinds(nouns.named(noun).id, hypernyms.packaged())
    assert (nouns.named(kind).id in found) == holds


def test_the_packaged_hierarchy_is_of_the_nouns_that_there_are_and_has_no_circle():
    packaged, nouns = hypernyms.packaged(), imagenet21k()
    assert {synset for line in packaged.items() for synset in (line[0], *line[1])} <= {
        each.id for each in nouns.synsets
    }
    assert all(synset not in hypernyms.kinds(other, packaged) for synset, above in packaged.items() for other in above)


def test_the_file_is_written_from_wordnets_own_with_its_licence(tmp_path, capsys, monkeypatch):
    (tmp_path / "data.noun").write_bytes(FILE)
    monkeypatch.setattr(hypernyms, "FILE", tmp_path / "hypernyms.tsv")
    monkeypatch.setattr(
        hypernyms, "imagenet21k", lambda: type("Nouns", (), {"synsets": [type("S", (), {"id": i}) for i in IDS]})
    )
    hypernyms.main(str(tmp_path / "data.noun"))
    (tmp_path / "hypernyms.tsv").write_text(capsys.readouterr().out)
    assert (tmp_path / "hypernyms.tsv").read_text().startswith("#  1 This software and database is being provided")
    assert hypernyms.packaged() == hypernyms.read_hypernyms(FILE, IDS)
