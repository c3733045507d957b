"""Profiles: each is a whole params.yaml, one command installs it, and nothing that a user wrote is ever lost."""

from __future__ import annotations

import os
import shutil
from copy import deepcopy
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from quoi import params
from quoi.cli.main import quoi
from quoi.io import stage
from quoi.io.errors import QuoiError
from quoi.params import profiles
from quoi.params.outside import downloads
from quoi.report import dials
from quoi.report.progression import PUBLISHED

ROOT = Path(__file__).parents[2]
KNOWN = profiles.known(ROOT)
EVERY = pytest.mark.parametrize("profile", KNOWN.values(), ids=KNOWN)


def yaml(path: Path) -> dict:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


# The files


def test_these_profiles_are_shipped():
    assert list(KNOWN) == ["demo", "lesson", "smoke", "tatoeba"]


@EVERY
def test_a_profile_is_valid_and_bears_its_name(profile):
    assert params.load(profile).profile == profile.stem


@EVERY
def test_a_profile_is_complete(profile):
    """Variants and facts are the profile's own; every other key stands in each, so that going back is whole."""

    def keys(section, prefix=""):
        for key, value in section.items():
            yield prefix + key
            if isinstance(value, dict) and prefix + key not in ("variants", "facts"):
                yield from keys(value, f"{prefix}{key}.")

    assert set(keys(yaml(profile))) == set(keys(yaml(KNOWN["demo"])))


def test_the_root_holds_the_demo_profile():
    assert profiles.current(ROOT) == "demo"


@EVERY
def test_what_a_profile_needs_is_told(profile):
    given, measured = params.load(profile), profiles.measured(ROOT)
    assert profile.stem in measured.needs
    assert [url for url in downloads(given) if url not in measured.bytes] == []
    made_here = given.corpus.source in ("atlas", "files") and given.vectors.source == "train"
    assert (profiles.needs(given, ROOT)["download"] == "nothing") == made_here


def test_what_is_downloaded_is_what_is_read():
    """A language may have a source of its own beside that of both, and a file may be here."""
    told = yaml(KNOWN["lesson"])
    told["vectors"] |= {"source": "train", "english": told["vectors"]["english"] | {"source": "fasttext-vec"}}
    told["corpus"]["giga_fren"]["path"] = "here.tar"
    names = [url.rsplit("/", 1)[-1] for url in downloads(params.Params.model_validate(told))]
    assert names == ["wiki.en.vec", "WordNet-3.0.tar.gz"]


def test_needs_by_hand():
    told = yaml(KNOWN["lesson"])
    assert profiles.needs(params.Params.model_validate(told), ROOT) == {
        "pictures": "yours, in imagenet",
        "download": "training-giga-fren.tar 2.6 GB, wiki.en.vec 6.6 GB, wiki.fr.vec 3 GB, WordNet-3.0.tar.gz 12 MB; "
        "12 GB together",
        "disk": "about 20 GB",
        "memory": "1.1 GB for each training at a time, on a CPU (benchmarks/lesson.py)",
        "time": "about 8 hours on two CPU cores, by the pairs a second of benchmarks/lesson.py; not measured on a GPU",
    }
    told["corpus"]["giga_fren"]["path"] = "here.tar"
    told["vectors"]["french"]["urls"] = ["https://example.org/fr.vec.gz"]
    told["profile"], told["images"]["source"], told["images"]["path"] = "mine", "openmoji", None
    assert profiles.needs(params.Params.model_validate(told), ROOT) == {
        "download": "wiki.en.vec 6.6 GB, fr.vec.gz of unknown size, WordNet-3.0.tar.gz 12 MB; 6.6 GB together",
        "disk": "not measured",
        "memory": "not measured",
        "time": "not measured",
    }


@pytest.mark.parametrize(
    ("number", "words"),
    [(None, "of unknown size"), (7_000_000, "7 MB"), (507_000_000, "510 MB"), (996_000_000, "1 GB"),
     (2_595_102_720, "2.6 GB"), (12_195_102_720, "12 GB"), (101_000_000_000, "100 GB"), (123_456, "0.12 MB")],
)  # fmt: skip
def test_sizes_for_people(number, words):
    assert profiles.size(number) == words


def test_the_lesson_profile_is_the_lesson():
    """The published sizes, rates and rules; and the facts that are compared."""
    lesson = yaml(KNOWN["lesson"])
    assert lesson["translation"] == {
        "cell": "gru", "hidden": 256, "layers": 2, "activation": "tanh", "tied": True,
        "dropout_embedding": 0.15, "dropout_encoder": 0.25, "dropout_bridge": 0.0, "dropout_decoder": 0.1,
        "dropout_output": 0.35,
        "loss": "lesson", "epochs": 12, "batch_size": 125, "learning_rate": 3e-3, "beta1": 0.8, "beta2": 0.99,
        "clip": None, "schedule": "cycle", "forcing_start": 1.0, "forcing_epochs": 10, "forcing_coin": "batch",
    }  # fmt: skip
    attention = {"forcing": True, "attention": True, "learning_rate": 2e-3, "epochs": 15}
    assert lesson["variants"] == {
        "baseline": {},
        "bidir": {"bidirectional": True, "dropout_bridge": 0.05},
        "forcing": {"forcing": True},
        "attention": attention,
        "all": {"bidirectional": True, "dropout_bridge": 0.25} | attention,
    }
    assert list(lesson["variants"]) == list(PUBLISHED)
    assert lesson["questions"] == {"english": r"^(Wh[^?.!]+\?)", "french": r"^([^?.!]+\?)", "normalise": False}
    assert lesson["vocabulary"] == {"size": 40_000, "fewer_than": 30, "cut_english": 99.0, "cut_french": 97.0}
    assert lesson["split"] == {"seed": 42, "validation": 0.1, "deduplicate": False}
    assert (lesson["corpus"]["source"], lesson["vectors"]["source"]) == ("giga-fren", "fasttext-vec")
    assert lesson["seeds"] == [1, 2, 3]
    assert lesson["facts"] == {
        "question_pairs": 52_331, "pairs": 50_260, "training": 45_219, "validation": 5_041,
        "vocabulary_en": 17_573, "vocabulary_fr": 24_793, "length_en_p90": 23.0, "length_fr_p90": 28.0,
        "cut_en": 29, "cut_fr": 33, "vectors_en_words": 2_519_370, "vectors_en_dimensions": 300,
        "vectors_en_mean": 0.0076, "vectors_en_sd": 0.293, "missed_en": 1_285, "missed_fr": 3_097,
    }  # fmt: skip


def test_of_the_profiles_only_the_lesson_expects_facts():
    assert [name for name, path in KNOWN.items() if yaml(path)["facts"]] == ["lesson"]


# Installing


@pytest.fixture
def root(tmp_path: Path, monkeypatch) -> Path:
    """A repository with two profiles, and `demo` installed."""
    (tmp_path / "profiles").mkdir()
    for name in ("demo", "smoke"):
        shutil.copy(KNOWN[name], tmp_path / "profiles")
    shutil.copy(ROOT / profiles.MEASURED, tmp_path / "profiles")
    shutil.copy(KNOWN["demo"], tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(quoi, ["profile", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def rows(told: str) -> dict[str, list[str]]:
    """First word of a line to the others."""
    return {words[0]: words[1:] for line in told.splitlines() if (words := line.split())}


def files(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()}


def test_a_profile_is_installed_byte_for_byte_and_what_changes_is_said(root):
    told = run("smoke")
    assert (root / "params.yaml").read_bytes() == (root / "profiles/smoke.yaml").read_bytes()
    dials_ = rows(told)
    assert dials_["profile"] == ["demo", "smoke"]
    assert dials_["corpus.atlas.questions"] == ["12000", "300"]
    assert dials_["seeds"] == ["[1,", "2]", "[1]"]
    assert "corpus.source" not in dials_ and "vocabulary.size" not in dials_
    assert dials_["download"] == ["nothing"] and dials_["time"][:5] == ["1", "to", "4", "minutes", "on"]
    assert files(root) == {"profiles", "params.yaml"}


def test_without_a_name_they_are_listed_and_the_installed_one_is_marked(root):
    assert [line.split()[:2] for line in run().splitlines() if "●" in line] == [["●", "demo"]]
    run("smoke")
    assert [line.split()[:2] for line in run().splitlines() if "●" in line] == [["●", "smoke"]]
    (root / "params.yaml").write_text("profile: demo\n")
    told = run()
    assert "●" not in told and "params.yaml is none of them" in told
    (root / "params.yaml").unlink()
    assert "params.yaml is none of them" in run()


def test_the_one_that_is_installed_already(root):
    assert run("demo").startswith("params.yaml is profiles/demo.yaml.\n")
    assert files(root) == {"profiles", "params.yaml"}


def test_edits_are_kept_each_time_they_differ(root):
    def edit(text: str) -> str:
        (root / "params.yaml").write_text(text, encoding="utf-8")
        return run("smoke")

    first = KNOWN["demo"].read_text(encoding="utf-8").replace("hidden: 128", "hidden: 99")
    told = edit(first)
    assert "it is kept as params.yaml.saved." in told and rows(told)["translation.hidden"] == ["99", "16"]
    assert "kept as params.yaml.saved." in edit(first)
    assert "kept as params.yaml.saved-2." in edit("profile: mine\n")
    assert "kept as params.yaml.saved-3." in edit("a: [\n")
    assert files(root) == {"profiles", "params.yaml", *(f"params.yaml.saved{n}" for n in ("", "-2", "-3"))}
    assert (root / "params.yaml.saved").read_text(encoding="utf-8") == first
    assert (root / "params.yaml.saved-2").read_text() == "profile: mine\n"
    assert (root / "params.yaml.saved-3").read_text() == "a: [\n"


@pytest.mark.parametrize("content", [b"a: [\n", b"\xff\xfe", b"- 1\n", b""])
def test_a_params_yaml_that_cannot_be_read_is_kept_too(root, content):
    (root / "params.yaml").write_bytes(content)
    assert "params.yaml is profiles/smoke.yaml; the one before could not be read." in run("smoke")
    assert (root / "params.yaml.saved").read_bytes() == content


def test_no_params_yaml(root):
    (root / "params.yaml").unlink()
    assert run("smoke").startswith("params.yaml is profiles/smoke.yaml; there was none.\n")
    assert files(root) == {"profiles", "params.yaml"}


def test_there_and_back_is_where_one_was(root):
    before = (root / "params.yaml").read_bytes()
    run("smoke")
    run("demo")
    assert (root / "params.yaml").read_bytes() == before


# What a person can put right


@pytest.mark.parametrize("name", ["demmo", "../profiles/demo", "demo.yaml", "", "DEMO"])
def test_an_unknown_name_is_one_sentence_and_changes_nothing(root, name):
    (root / "params.yaml").write_text("profile: mine\n")
    with pytest.raises(QuoiError, match=r"^There is no profile '.*'.*llowed here: demo, smoke\.$"):
        profiles.install(name)
    assert (root / "params.yaml").read_text() == "profile: mine\n" and files(root) == {"profiles", "params.yaml"}


def test_a_profile_that_breaks_a_rule_is_not_installed(root):
    (root / "profiles/mine.yaml").write_text("profile: mine\nvariants: {a: {hiden: 1}}\n")
    before = (root / "params.yaml").read_bytes()
    with pytest.raises(QuoiError, match=r"profiles/mine\.yaml: variants\.a\.hiden is not a known key"):
        profiles.install("mine")
    assert (root / "params.yaml").read_bytes() == before and files(root) == {"profiles", "params.yaml"}


def test_away_from_the_root_of_the_repository(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["quoi", "profile", "demo"])
    with pytest.raises(SystemExit) as left:
        stage.main(quoi)
    assert left.value.code == 1
    assert capsys.readouterr().err == "profiles holds no profile here: run quoi at the root of the repository.\n"


def test_a_profile_of_ones_own_is_listed_and_installed(root):
    (root / "profiles/mine.yaml").write_text("profile: mine\nvariants: {baseline: {}}\n")
    assert rows(run())["mine"] == ["1", "0", "none"]
    assert rows(run("mine"))["time"] == ["not", "measured"]
    assert profiles.current() == "mine"


def test_when_writing_fails_the_earlier_file_is_whole(root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    before = (root / "params.yaml").read_bytes()
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(QuoiError, match=r"params\.yaml cannot be written: the disk is full"):
        profiles.install("smoke")
    assert (root / "params.yaml").read_bytes() == before and files(root) == {"profiles", "params.yaml"}


def test_when_the_edits_cannot_be_kept_nothing_is_installed(root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    (root / "params.yaml").write_text("profile: mine\n")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(QuoiError, match=r"params\.yaml\.saved cannot be written"):
        profiles.install("smoke")
    assert (root / "params.yaml").read_text() == "profile: mine\n"


# Changes


def test_changes_by_hand():
    old = {"a": 1, "b": {"c": [1, 2], "d": {"e": 1, "f": 2}}, "g": {}, "h": {"i": 1}, "j": 1, "k": 0}
    new = {"b": {"c": [1, 2], "d": {"f": 3, "e": 1}}, "a": 1.0, "g": {"x": 1}, "h": {}, "l": None, "k": False}
    assert profiles.changes(old, new) == [
        ("b.d.f", 2, 3),
        ("a", 1, 1.0),
        ("g", {}, {"x": 1}),
        ("h", {"i": 1}, {}),
        ("l", profiles.ABSENT, None),
        ("k", 0, False),
        ("j", 1, profiles.ABSENT),
    ]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from("xy"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
_SETTINGS = st.dictionaries(st.sampled_from("abcd"), _VALUES, max_size=4)


@given(_SETTINGS, _SETTINGS)
def test_applying_the_changes_makes_the_new_settings(old, new):
    def put(settings: dict, key: str, value) -> None:
        *path, last = key.split(".")
        for part in path:
            settings = settings[part]
        if value == profiles.ABSENT:
            del settings[last]
        else:
            settings[last] = value

    assert profiles.changes(old, old) == []
    made = deepcopy(old)
    for key, _, value in profiles.changes(old, new):
        put(made, key, value)
    assert repr(sorted_(made)) == repr(sorted_(new))


def sorted_(value):
    """With the keys of every mapping in order."""
    return {key: sorted_(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"), (True, "true"), (0.003, "0.003"), ("a" * 24, "a" * 24), ("a" * 25, "a" * 23 + "…"),
        ([1, 2, 3], "[1, 2, 3]"), (list(range(20)), "[20 values]"), ([], "[]"), ({}, "{}"),
        ({"forcing": True}, "{forcing: true}"), ({f"key{n}": n for n in range(9)}, "{9 keys}"),
    ],
)  # fmt: skip
def test_values_are_written_as_in_yaml_and_long_ones_shortened(value, words):
    assert dials.written(value) == words
