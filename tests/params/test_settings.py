from __future__ import annotations

import pytest

from quoi.params import settings

TEXT = """\
# Parameters.
seeds: [1, 2]   # each once
translation:
  hidden: 128   # small
  clip: null
variants:
  all: {attention: true}
"""


def test_values_are_set_and_all_else_stays_as_it_stands(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(TEXT)
    wanted = {
        "translation": {"hidden": 256, "clip": 1.0},
        "variants.lstm": {"cell": "lstm"},
        "seeds": [1, 2],
        "new.a": 1,
    }
    settings.set_values(path, wanted)
    text = path.read_text()
    assert "# Parameters.\nseeds: [1, 2]   # each once\n" in text and "hidden: 256   # small" in text
    here = settings.read(path)
    assert {key: settings.value(here, key) for key in wanted} == wanted
    assert settings.value(here, "variants.all") == {"attention": True}
    assert settings.value(here, "variants.none") is settings.ABSENT is settings.value(here, "seeds.first")


def test_a_file_that_has_the_values_is_not_written(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(TEXT)
    path.chmod(0o444)
    before = path.stat().st_mtime_ns
    settings.set_values(path, {"translation": {"clip": None, "hidden": 128}, "seeds": [1, 2]})
    assert (path.read_text(), path.stat().st_mtime_ns) == (TEXT, before)


def test_a_key_of_a_section_that_went_goes(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text(TEXT)
    settings.set_values(path, {"translation": {"hidden": 128}})
    assert settings.value(settings.read(path), "translation") == {"hidden": 128}


def test_a_section_takes_the_place_of_a_value(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("translation: 3\n")
    settings.set_values(path, {"translation.hidden": 1})
    assert settings.read(path) == {"translation": {"hidden": 1}}


@pytest.mark.parametrize("content", [None, b"a: [\n", b"\xff\xfe", b"- 1\n", b""])
def test_a_file_that_is_absent_or_cannot_be_read_holds_nothing(tmp_path, content):
    path = tmp_path / "params.yaml"
    if content is not None:
        path.write_bytes(content)
    assert settings.read(path) == {}
