"""params.yaml: what is accepted, and what an error tells: the key, what was given, what is allowed."""

from __future__ import annotations

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
    vectors, corpus = f"vectors: {{english: {{sha256: {'AB' * 32}}}}}", f"corpus: {{tatoeba: {{sha256: {'CD' * 32}}}}}"
    loaded = load(tmp_path, f"{SMALLEST}{vectors}\n{corpus}\n")
    assert (loaded.vectors.english.sha256, loaded.corpus.tatoeba.sha256) == ("ab" * 32, "cd" * 32)


def test_a_path_of_the_users_may_begin_at_their_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    text = (
        "corpus: {source: files, files: {pairs: ~/mine.tsv}, tatoeba: {path: ~/a.zip}}\n"
        "images: {path: ~/pictures}\nvectors: {french: {path: ~/fr.vec}}\nlabels: {wordnet: {path: ~/wn}}\n"
    )
    given = load(tmp_path, SMALLEST + text)
    paths = (
        given.corpus.files.pairs, given.corpus.tatoeba.path, given.images.path, given.vectors.french.path,
        given.labels.wordnet.path,
    )  # fmt: skip
    assert [Path(path).parent for path in paths] == [tmp_path] * 5
    assert load(tmp_path, SMALLEST + "corpus: {source: files, files: {pairs: a~/b}}\n").corpus.files.pairs == "a~/b"


def test_nothing_can_be_changed_after_loading(tmp_path):
    with pytest.raises(ValidationError, match="frozen"):
        load(tmp_path, SMALLEST).direction = "en-fr"


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
        ("direction: en-de", ["direction is 'en-de'", "'fr-en' or 'en-fr'"]),
        ("corpus: {source: web}", ["corpus.source is 'web'", "'atlas', 'files', 'tatoeba', 'giga-fren' or 'verses'"]),
        ("corpus: {source: giga-fren, giga_fren: {urls: []}}", ["needs corpus.giga_fren.path or", "giga_fren.urls"]),
        ("corpus: {source: tatoeba, tatoeba: {urls: []}}", ["needs corpus.tatoeba.path or", "corpus.tatoeba.urls"]),
        ("corpus: {tatoeba: {urls: [ftp://a/b]}}", ["corpus.tatoeba.urls.0 is 'ftp://a/b'", "must begin with http://"]),
        ("corpus: {tatoeba: {sha256: abc}}", ["corpus.tatoeba.sha256 is 'abc'", "64 hexadecimal digits"]),
        ("corpus: {source: files}", ["corpus", "needs either corpus.files.english and corpus.files.french"]),
        ("corpus: {source: files, files: {columns: [1, 2], english: a, french: b}}", ["corpus.files.columns", "pairs"]),
        ("corpus: {files: {columns: [0, 2]}}", ["corpus.files.columns.0 is 0", "greater than or equal to 1"]),
        ("corpus: {files: {columns: [2, 2]}}", ["corpus.files.columns is [2, 2]", "all be different"]),
        ("corpus: {files: {columns: [1]}}", ["corpus.files.columns is [1]", "at least 2 items"]),
        ("corpus: {files: {columns: ['', b]}}", ["corpus.files.columns.0 is ''", "at least 1 character"]),
        ("corpus: {atlas: {questions: 1}}", ["corpus.atlas.questions is 1", "greater than or equal to 50"]),
        ("questions: {english: '('}", ["questions.english is '('", "is not a regular expression"]),
        ("questions: {english: '^Wh'}", ["questions.english is '^Wh'", "must have exactly one group", "it has 0"]),
        ("vocabulary: {cut_english: 101.0}", ["vocabulary.cut_english is 101.0", "less than or equal to 100"]),
        ("vectors: {min_n: 5, max_n: 3}", ["vectors", "min_n (5) must not be above max_n (3)"]),
        (
            "vectors: {source: word2vec}",
            ["vectors.source is 'word2vec'", "'train', 'random', 'fasttext-vec'"],
        ),
        ("vectors: {source: glove}", ["vectors: source `glove` needs vectors.english.path or vectors.english.urls"]),
        (
            "vectors: {source: glove-50d}",
            ["source `glove-50d` has English words alone", "vectors.english.source", "french"],
        ),
        (
            "tokens: {units: subwords}\nvectors: {english: {source: glove-50d}}",
            ["tokens.units is subwords", "`glove-50d` are of words", "`train` or `random`"],
        ),
        ("tokens: {case: upper}", ["tokens.case is 'upper'", "'lesson', 'lower', 'markers' or 'kept'"]),
        ("tokens: {units: bytes}", ["tokens.units is 'bytes'", "'words', 'subwords' or 'characters'"]),
        ("vocabulary: {words: all}", ["vocabulary.words is 'all'", "'pairs', 'training' or 'lines'"]),
        ("vectors: {english: {url: a}}", ["vectors.english.url is not a known key; did you mean 'urls'?"]),
        ("vectors: {english: {urls: ['ftp://a/b']}}", ["vectors.english.urls.0 is 'ftp://a/b'", "http:// or https://"]),
        ("vectors: {english: {sha256: 12ab}}", ["vectors.english.sha256 is '12ab'", "64 hexadecimal digits"]),
        ("seeds: []", ["seeds is []", "at least 1 item"]),
        ("seeds: [1, 1]", ["seeds is [1, 1]", "must all be different"]),
        ("seeds: [-1]", ["seeds.0 is -1", "greater than or equal to 0"]),
        ("hardware: {devices: none}", ["hardware.devices is 'none'", "valid integer or should be 'auto'"]),
        ("hardware: {precision: 8}", ["hardware.precision is 8", "'32-true'"]),
        ("facts: {cut_end: 29}", ["facts.cut_end is not a known key; did you mean 'cut_en'?", "missed_fr"]),
        ("facts: {pairs: 3.5}", ["facts.pairs is 3.5", "valid integer"]),
        ("facts: {training: -1}", ["facts.training is -1", "greater than or equal to 0"]),
        ("report: 3", ["report is 3", "valid dictionary"]),
        ("search: ", ["search is None", "valid dictionary"]),
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
