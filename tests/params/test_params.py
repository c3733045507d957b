"""params.yaml: what is accepted, and what an error tells: the key, what was given, what is allowed."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from quoi import params
from quoi.io.errors import QuoiError
from quoi.params import Params, Translation

SMALLEST = "profile: test\nvariants: {baseline: {}}\n"


def sections(model: type[BaseModel], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The dotted path of every section of params.yaml, the file itself first."""
    paths = [path]
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            paths += sections(field.annotation, (*path, name))
    return paths


def load(tmp_path: Path, text: str) -> Params:
    file = tmp_path / "params.yaml"
    file.write_text(text, encoding="utf-8")
    return params.load(file)


def error(tmp_path: Path, text: str) -> str:
    with pytest.raises(QuoiError) as raised:
        load(tmp_path, text)
    message = str(raised.value).replace(str(tmp_path), "")
    assert "\n" not in message and message.count("params.yaml") == 1
    return message


def test_what_is_left_out_has_a_default(tmp_path):
    assert load(tmp_path, SMALLEST).translation == Translation()


def test_a_digest_is_the_same_in_capitals(tmp_path):
    vectors, corpus = (
        f"vectors: {{published: {{sha256: {'AB' * 32}}}}}",
        f"corpus: {{tatoeba: {{sha256: {'CD' * 32}}}}}",
    )
    loaded = load(tmp_path, f"{SMALLEST}{vectors}\n{corpus}\n")
    assert (loaded.vectors.published.sha256, loaded.corpus.tatoeba.sha256) == ("ab" * 32, "cd" * 32)


def test_a_path_of_the_users_may_begin_at_their_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    text = (
        "corpus: {source: files, files: {pairs: ~/mine.tsv}, tatoeba: {path: ~/a.zip}}\n"
        "images: {path: ~/pictures}\nvectors: {languages: {fr: {path: ~/fr.vec}}}\nlabels: {wordnet: {path: ~/wn}}\n"
    )
    given = load(tmp_path, SMALLEST + text)
    paths = (
        given.corpus.files.pairs, given.corpus.tatoeba.path, given.images.path, given.vectors.of("fr").path,
        given.labels.wordnet.path,
    )  # fmt: skip
    assert [Path(path).parent for path in paths] == [tmp_path] * 5
    assert load(tmp_path, SMALLEST + "corpus: {source: files, files: {pairs: a~/b}}\n").corpus.files.pairs == "a~/b"


def test_nothing_can_be_changed_after_loading(tmp_path):
    with pytest.raises(ValidationError, match="frozen"):
        load(tmp_path, SMALLEST).profile = "other"


def test_a_variant_is_the_translation_section_with_its_own_keys_on_top(tmp_path):
    loaded = load(tmp_path, "profile: t\ntranslation: {hidden: 8, epochs: 2}\nvariants: {a: {epochs: 3}, b: }\n")
    assert (loaded.variant("a").hidden, loaded.variant("a").epochs) == (8, 3)
    assert loaded.variant("b") == loaded.translation
    with pytest.raises(QuoiError, match="There is no variant 'c'; allowed here: a, b"):
        loaded.variant("c")


@pytest.mark.parametrize("path", sections(Params), ids=lambda path: ".".join(path) or "file")
@settings(max_examples=3)
@given(name=st.from_regex(r"[a-z]{3}_[a-z]{4}", fullmatch=True))
def test_an_unknown_key_is_refused_at_every_level(tmp_path_factory, path, name):
    inner = f"{{{name}: 1}}"
    for part in reversed(path):
        inner = f"{{{part}: {inner}}}"
    text = SMALLEST + (inner[1:-1] + "\n")
    message = error(tmp_path_factory.mktemp("params"), text)
    assert f"{'.'.join((*path, name))} is not a known key" in message and "llowed here: " in message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("devise: {spread: 0.5}", ["devise.spread is not a known key", "whitening"]),
        ("features: {views: [turned]}", ["features.views.0", "'rotated'"]),
        ("translation: {hiden: 1}", ["translation.hiden is not a known key; did you mean 'hidden'?", "cell"]),
        ("translation: {hidden: 1.5}", ["translation.hidden is 1.5", "valid integer"]),
        ("translation: {hidden: '8'}", ["translation.hidden is '8'", "valid integer"]),
        ("translation: {hidden: 0}", ["translation.hidden is 0", "greater than or equal to 1"]),
        ("translation: {tied: 1}", ["translation.tied is 1", "valid boolean"]),
        ("translation: {dropout_bridge: 1.0}", ["translation.dropout_bridge is 1.0", "less than 1"]),
        ("translation: {learning_rate: .nan}", ["translation.learning_rate is nan", "finite number"]),
        ("translation: {cell: rnn}", ["translation.cell is 'rnn'", "'gru', 'lstm' or 'transformer'"]),
        ("translation: {clip: 0.0}", ["translation.clip is 0.0", "greater than 0"]),
        ("languages: {source: fr, target: qq}", ["languages.target is 'qq'", "spaCy's languages: af, ", ", de, "]),
        ("languages: {source: fr, target: fr}", ["languages", "source and target are both fr", "two different"]),
        ("languages: {source: fr}", ["languages.target is missing"]),
        ("languages: {source: de, target: en}", ["languages are de and en", "corpus.source `atlas` is in en and fr"]),
        (
            "languages: {source: de, target: fr}\ncorpus: {source: tatoeba}",
            ["source `tatoeba` has no pairs of de and fr", "English (en) with", "de, "],
        ),
        ("direction: fr-en", ["direction is not a key any more: languages: {source: fr, target: en} has taken"]),
        (
            "corpus: {files: {english: a}}",
            ["corpus.files.english is not", "corpus.files.source or corpus.files.target"],
        ),
        ("questions: {french: (.)}", ["questions.french is not", "questions.source or questions.target"]),
        ("questions: {normalise: false}", ["questions.normalise is not", ": corpus.normalise has taken its place"]),
        ("vectors: {english: {}}", ["vectors.english is not", "vectors.languages: {en: …}"]),
        (
            "vocabulary: {cut_english: 9.0}",
            ["vocabulary.cut_english is not", "vocabulary.cut_source or vocabulary.cut_"],
        ),
        (
            "facts: {vectors_en_sd: 1.0}",
            ["facts.vectors_en_sd is not", ": facts.vectors_target_sd has taken its place"],
        ),
        ("facts: {length_fr_p90: 1.0}", ["facts.length_source_p90 or facts.length_target_p90"]),
        ("translation: {english: 1}", ["translation.english is not a known key; allowed here: "]),
        ("tokens: {units: {qq: words}}", ["tokens.units.qq is 'qq'", "spaCy's languages"]),
        ("tokens: {units: {zh: letters}}", ["tokens.units.zh is 'letters'", "'words', 'subwords' or 'characters'"]),
        ("vectors: {languages: {en: {url: a}}}", ["vectors.languages.en.url is not a known key; did you mean 'urls'?"]),
        ("corpus: {source: web}", ["corpus.source is 'web'", "'atlas', 'files', 'tatoeba', 'giga-fren' or 'verses'"]),
        ("corpus: {source: giga-fren, giga_fren: {urls: []}}", ["needs corpus.giga_fren.path or", "giga_fren.urls"]),
        ("corpus: {source: tatoeba, tatoeba: {urls: []}}", ["needs corpus.tatoeba.path or", "corpus.tatoeba.urls"]),
        ("corpus: {tatoeba: {urls: [ftp://a/b]}}", ["corpus.tatoeba.urls.0 is 'ftp://a/b'", "must begin with http://"]),
        ("corpus: {tatoeba: {sha256: abc}}", ["corpus.tatoeba.sha256 is 'abc'", "64 hexadecimal digits"]),
        ("corpus: {source: files}", ["corpus", "needs either corpus.files.source and corpus.files.target"]),
        ("corpus: {source: files, files: {source: a, pairs: b}}", ["corpus", "all three for Tatoeba's sentences"]),
        ("corpus: {files: {encoding: latin-99}}", ["corpus.files.encoding is 'latin-99'", "windows-1252"]),
        ("corpus: {source: files, files: {columns: [1, 2], source: a, target: b}}", ["corpus.files.columns", "pairs"]),
        ("corpus: {files: {columns: [0, 2]}}", ["corpus.files.columns.0 is 0", "greater than or equal to 1"]),
        ("corpus: {files: {columns: [2, 2]}}", ["corpus.files.columns is [2, 2]", "all be different"]),
        ("corpus: {files: {columns: [1]}}", ["corpus.files.columns is [1]", "at least 2 items"]),
        ("corpus: {files: {columns: ['', b]}}", ["corpus.files.columns.0 is ''", "at least 1 character"]),
        ("corpus: {atlas: {questions: 1}}", ["corpus.atlas.questions is 1", "greater than or equal to 50"]),
        ("questions: {source: '('}", ["questions.source is '('", "is not a regular expression"]),
        ("questions: {source: '^Wh'}", ["questions.source is '^Wh'", "must have exactly one group", "it has 0"]),
        ("vocabulary: {cut_source: 101.0}", ["vocabulary.cut_source is 101.0", "less than or equal to 100"]),
        ("vectors: {min_n: 5, max_n: 3}", ["vectors", "min_n (5) must not be above max_n (3)"]),
        (
            "vectors: {source: word2vec}",
            ["vectors.source is 'word2vec'", "'train', 'random', 'fasttext-vec'"],
        ),
        ("vectors: {source: glove}", ["source `glove` needs vectors.published.path or vectors.published.urls"]),
        (
            "vectors: {source: glove-50d}",
            ["source `glove-50d` has English words alone", "vectors.languages.en.source", "for fr"],
        ),
        (
            "tokens: {units: subwords}\nvectors: {languages: {en: {source: glove-50d}}}",
            ["tokens.units is subwords for en", "`glove-50d` are of words", "`train` or `random`"],
        ),
        ("tokens: {case: upper}", ["tokens.case is 'upper'", "'lesson', 'lower', 'markers' or 'kept'"]),
        ("tokens: {units: bytes}", ["tokens.units is 'bytes'", "'words', 'subwords' or 'characters'"]),
        ("vocabulary: {words: all}", ["vocabulary.words is 'all'", "'pairs', 'training' or 'lines'"]),
        ("vectors: {published: {url: a}}", ["vectors.published.url is not a known key; did you mean 'urls'?"]),
        (
            "vectors: {published: {urls: ['ftp://a/b']}}",
            ["vectors.published.urls.0 is 'ftp://a/b'", "http:// or https://"],
        ),
        ("vectors: {published: {sha256: 12ab}}", ["vectors.published.sha256 is '12ab'", "64 hexadecimal digits"]),
        ("seeds: []", ["seeds is []", "at least 1 item"]),
        ("seeds: [1, 1]", ["seeds is [1, 1]", "must all be different"]),
        ("seeds: [-1]", ["seeds.0 is -1", "greater than or equal to 0"]),
        ("hardware: {devices: none}", ["hardware.devices is 'none'", "valid integer or should be 'auto'"]),
        ("hardware: {precision: 8}", ["hardware.precision is 8", "'32-true'"]),
        ("facts: {cut_sorce: 29}", ["facts.cut_sorce is not a known key; did you mean 'cut_source'?", "missed_target"]),
        ("facts: {pairs: 3.5}", ["facts.pairs is 3.5", "valid integer"]),
        ("facts: {training: -1}", ["facts.training is -1", "greater than or equal to 0"]),
        ("report: 3", ["report is 3", "must be a mapping: {samples: "]),
        ("search: ", ["search is None", "must be a mapping"]),
        (
            "hardware: {precision: 16-mixed}\ntranslation: {clip: 1.0}",
            ["hardware.precision is 16-mixed", "variant", "`clip: null`", "bf16-mixed"],
        ),
    ],
)
def test_an_error_names_the_key_what_was_given_and_what_is_allowed(tmp_path, text, parts):
    message = error(tmp_path, f"{SMALLEST}{text}\n")
    assert [part for part in parts if part not in message] == [], message


@pytest.mark.parametrize(
    ("variants", "parts"),
    [
        ("{a: {hiden: 1}}", ["variants.a.hiden is not a known key; did you mean 'hidden'?"]),
        ("{a: {epochs: 0}}", ["variants.a.epochs is 0", "greater than or equal to 1"]),
        ("{a: {epochs: 1}, b: {cell: x}}", ["variants.b.cell is 'x'", "'gru', 'lstm' or 'transformer'"]),
        (
            "{t: {cell: transformer, bidirectional: true, attention: true, dropout_bridge: 0.1}}",
            [
                "variants.t: cell is transformer",
                "forcing: false, dropout_bridge: 0.1 is not",
                "forcing: true, dropout_b",
            ],
        ),
        ("{t: {partner: backward, pretrain_epochs: 1}}", ["variants.t: partner is backward", "must be 0"]),
        (
            "{t: {cell: transformer, bidirectional: true, attention: true, forcing: true, heads: 3}}",
            ["variants.t: hidden is 256, which 3 heads cannot share"],
        ),
        ("{a: 3}", ["variants.a is 3", "valid dictionary"]),
        ("{}", ["variants", "at least one name"]),
        ("[a]", ["variants", "at least one name"]),
        ("{A/b: {}}", ["variants", "'A/b' is not a variant's name", "lower-case letters"]),
        ("{1: {}}", ["variants", "1 is not a variant's name"]),
    ],
)
def test_errors_in_variants(tmp_path, variants, parts):
    message = error(tmp_path, f"profile: t\nvariants: {variants}\n")
    assert [part for part in parts if part not in message] == [], message


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("variants: {a: {}}\n", "profile is missing"),
        ("profile: t\n", "variants is missing"),
        ("", "must be a mapping of sections; it holds NoneType"),
        ("- 1\n", "must be a mapping of sections; it holds list"),
        ("a: [\n", "is not valid YAML"),
        ("a: 1\na: 2\n", "is not valid YAML"),
    ],
)
def test_a_file_that_is_no_parameter_file(tmp_path, text, part):
    assert part in error(tmp_path, text)


def test_a_folder_in_place_of_the_file(tmp_path):
    with pytest.raises(QuoiError, match="is a folder"):
        params.load(tmp_path)


def test_a_missing_file(tmp_path):
    with pytest.raises(QuoiError, match="does not exist here: run quoi at the root of the repository"):
        params.load(tmp_path / "params.yaml")


def test_a_file_that_is_not_text(tmp_path):
    (tmp_path / "params.yaml").write_bytes(b"profile: \xff\n")
    with pytest.raises(QuoiError, match="is not valid YAML"):
        params.load(tmp_path / "params.yaml")


def test_every_score_may_choose_the_champion_and_none_of_it_is_in_a_record(tmp_path):
    from quoi.params.translation import SCORES

    for score in SCORES:
        given = load(tmp_path, SMALLEST + f"registry: {{score: {score}}}\n")
        assert given.registry.score == score and "registry" not in given.model_dump()
    assert "registry.score is 'bleu'" in error(tmp_path, SMALLEST + "registry: {score: bleu}\n")


def test_a_languages_own_vectors_come_before_those_of_all_and_their_names_hold_its_code(tmp_path):
    given = "vectors: {source: glove, published: {urls: ['https://a.org/{language}.gz'], licence: L}, languages: {de: "
    vectors = load(tmp_path, f"{SMALLEST}{given}{{path: '{{language}}.txt'}}, en: {{source: train}}}}}}\n").vectors
    assert (vectors.of("fr").urls, vectors.of("fr").path) == (["https://a.org/fr.gz"], None)
    assert (vectors.of("de").urls, vectors.of("de").path, vectors.of("de").licence) == (
        ["https://a.org/de.gz"], "de.txt", "L",
    )  # fmt: skip
    assert (vectors.key("de"), vectors.key("en"), vectors.key("fr")) == (
        "vectors.languages.de", "vectors.published", "vectors.published",
    )  # fmt: skip
    assert vectors.made_here("en") and vectors.reads_file("de") and vectors.reads_file("fr")


def test_units_may_differ_by_language(tmp_path):
    tokens = load(tmp_path, SMALLEST + "tokens: {units: {fr: characters}}\n").tokens
    assert (tokens.units_of("fr"), tokens.units_of("en")) == ("characters", "words")
    assert load(tmp_path, SMALLEST + "tokens: {units: subwords}\n").tokens.units_of("en") == "subwords"


def test_languages_have_names_and_are_spacys_which_is_not_imported_for_them():
    code = (
        "import sys; sys.modules['spacy'] = None; from quoi.params.languages import CODES, name; "
        "assert name('de') == 'German' and 'xx' not in CODES; print(*CODES)"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    folders = (Path(find_spec("spacy").origin).parent / "lang").glob("*/__init__.py")
    assert told == sorted({folder.parent.name for folder in folders} - {"xx"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{source: deu, target: en}", "de for German"),
        ("{source: DE, target: en}", "de for German"),
        ("{source: German, target: en}", "de for German"),
        ("{source: Deutsch, target: en}", "de for German"),
        ("{source: Germann, target: en}", "de for German"),
        ("{source: zh-CN, target: en}", "zh for Chinese"),
        ("{source: 'no', target: en}", "nb for Norwegian"),
        ("fr-en", "{source: fr, target: en}"),
        ("{source: de, target: en}", "params.yaml: languages are de and en"),
    ],
)
def test_the_languages_that_were_meant_are_named(tmp_path, given: str, said: str):
    assert said in error(tmp_path, f"{SMALLEST}languages: {given}\n")


def test_settings_of_other_languages_are_told(tmp_path):
    given = "tokens: {units: {zh: characters, en: subwords}}\nvectors: {languages: {de: {source: random}}}\n"
    assert load(tmp_path, SMALLEST + given).unused() == ["tokens.units.zh", "vectors.languages.de"]
    assert load(tmp_path, SMALLEST).unused() == []
