"""The `quoi` command on what the smoke run has trained, in the words of its README."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.workspace import Workspace

pytestmark = pytest.mark.pipeline

SENTENCE = "Où sommes-nous ?"
SIGNATURE = "nrefs:1|case:lc|eff:no|tok:13a|smooth:exp|version:"


@dataclass(frozen=True)
class Done:
    """What a command has left: exit status and both outputs."""

    status: int
    out: str
    err: str


@pytest.fixture
def quoi(monkeypatch) -> Callable[..., Done]:
    """The command's entry point in this process, which saves every test the seconds of its imports."""

    def call(workspace: Workspace, *arguments: str, stdin: bytes = b"") -> Done:
        from quoi.cli import main as cli

        out, err = io.StringIO(), io.StringIO()
        with monkeypatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            patch.chdir(workspace.folder)
            patch.setattr(sys, "argv", ["quoi", *arguments])
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
            with pytest.raises(SystemExit) as left:
                cli.main()
        return Done(left.value.code, out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def here(smoke) -> Workspace:
    """The smoke run's workspace, to look at."""
    return smoke.workspace


@pytest.fixture
def models(smoke, tmp_path) -> Workspace:
    """What of the smoke run's workspace these verbs read, to change at will."""
    for name in ("models", "reports"):
        shutil.copytree(smoke.workspace.folder / name, tmp_path / name)
    shutil.copy(smoke.workspace.folder / "params.yaml", tmp_path)
    return Workspace(tmp_path)


def assert_one_sentence(done: Done, *parts: str, status: int = 1) -> None:
    """Exit status, and one line on stderr that holds all parts."""
    assert done.status == status, done
    assert done.err.count("\n") == 1 and "Traceback" not in done.err and done.out == ""
    assert [part for part in parts if part not in done.err] == [], done.err


# Help


def test_help_names_the_verbs():
    command = [str(Path(sys.executable).parent / "quoi"), "--help"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert [
        verb for verb in ("translate", "variants", "evaluate", "vectors", "lr-find", "runs") if verb not in output
    ] == []


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from quoi.cli.main import quoi; quoi(['--help'], standalone_mode=False); "
        "print(*(name for name in ('torch', 'mlflow', 'spacy', 'dvc', 'numpy', 'rich') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ""


# quoi translate


def test_translate_prints_one_line(here):
    done = here.run("quoi", "translate", SENTENCE)
    assert done.stdout.count("\n") == 1


def test_translate_draws_attention_in_the_terminal(here, quoi):
    done = quoi(here, "translate", SENTENCE, "--variant", "all", "--attention")
    assert done.status == 0
    assert "1 où" in done.out and done.out.count("\n") > 3


def test_translate_writes_attention_to_a_picture(here, quoi, tmp_path):
    picture = tmp_path / "where.png"
    done = quoi(here, "translate", SENTENCE, "--variant", "all", "--attention", str(picture))
    assert done.status == 0 and done.out.count("\n") == 1
    assert picture.read_bytes().startswith(b"\x89PNG") and str(picture) in done.err


def test_translate_reads_standard_input_line_by_line(here, quoi):
    lines = f"{SENTENCE}\n\nQui est-ce ?\n".encode()
    done = quoi(here, "translate", "-", stdin=lines)
    assert done.status == 0 and done.out.count("\n") == 3
    assert done.out.splitlines()[1] == ""
    assert "line 2: empty, and so is its translation" in done.err


def test_translate_reads_a_file_and_a_line_does_not_depend_on_the_others(here, quoi, tmp_path):
    sentences = [SENTENCE, "Qui est-ce ?", "Quelle est la capitale du Portugal ?"]
    file = tmp_path / "questions.txt"
    file.write_text("\n".join(sentences), encoding="utf-8")
    together = quoi(here, "translate", str(file)).out.splitlines()
    assert together == [quoi(here, "translate", sentence).out.rstrip("\n") for sentence in sentences]


def test_translate_prints_json(here, quoi):
    done = quoi(here, "translate", SENTENCE, "--variant", "attention", "--json", "--attention", "--beam", "1")
    printed = json.loads(done.out)
    assert printed["source"] == SENTENCE and printed["variant"] == "attention"
    assert printed["source_tokens"][-1] == "_eos_"
    assert len(printed["attention"]) == len(printed["target_tokens"])
    assert all(len(row) == len(printed["source_tokens"]) for row in printed["attention"])
    lines = quoi(here, "translate", "-", "--json", stdin=b"\nQui ?\n").out.splitlines()
    assert [json.loads(line)["source"] for line in lines] == ["", "Qui ?"]


def test_a_sentence_of_unknown_words_is_translated_and_said_to_be_a_guess(here, quoi):
    done = quoi(here, "translate", "Zyxw qwrtz vbnm")
    assert done.status == 0 and done.out.count("\n") == 1
    assert "none of the 3 words is in the French vocabulary, so the translation is a guess" in done.err


def test_a_sentence_of_5000_words_is_translated_and_said_to_be_too_long(here, quoi):
    done = quoi(here, "translate", "qui est celui que " * 1250, "--variant", "all")
    assert done.status == 0 and done.out.count("\n") == 1
    assert "5,000 words, and no training sentence had more than" in done.err


# The other verbs


def test_a_model_of_other_languages_than_those_now_wanted_is_said(models, quoi):
    assert "translates French" not in quoi(models, "translate", SENTENCE, "--variant", "all").err
    models.change("languages", {"source": "en", "target": "fr"})
    done = quoi(models, "translate", SENTENCE, "--variant", "all")
    assert done.status == 0 and done.out and "French to English, not English to French" in done.err


def test_variants_lists_scores_and_what_is_trained(here, quoi):
    assert "bidir" in here.run("quoi", "variants", columns=100).stdout
    printed = json.loads(quoi(here, "variants", "--json").out)
    assert list(printed) == ["baseline", "bidir", "forcing", "attention", "all"]
    assert all(each["trained"] and each["scores"]["bleu_beam"] >= 0 for each in printed.values())


def test_variants_says_what_has_no_model(models, quoi):
    shutil.rmtree(models.folder / "models/bidir")
    assert "Without a model here: bidir." in quoi(models, "variants").out
    assert json.loads(quoi(models, "variants", "--json").out)["bidir"]["trained"] is False


@pytest.mark.parametrize("leading", ["", "17\t"])
def test_evaluate_scores_any_pairs(here, quoi, tmp_path, leading):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"{leading}Where are we?\t{SENTENCE}\n{leading}Who is it?\tQui est-ce ?\n", encoding="utf-8")
    printed = json.loads(quoi(here, "evaluate", "all", "--pairs", str(pairs), "--json").out)
    assert printed["variant"] == "all" and printed["seed"] == 1 and printed["pairs"] == 2 and printed["beam"] == 2
    for name in ("lesson_loss", "token_loss_free", "token_loss_forced", "perplexity_free", "perplexity_forced"):
        assert printed[name] > 0
    for name in ("exact", "bleu_greedy", "bleu_beam", "chrf_greedy", "chrf_beam"):
        assert 0 <= printed[name] <= 100
    assert printed["signatures"]["bleu"].startswith(SIGNATURE) and "nc:6" in printed["signatures"]["chrf"]
    assert "bleu_beam" in quoi(here, "evaluate", "all", "--pairs", str(pairs)).out
    swapped = quoi(here, "evaluate", "all", "--pairs", str(pairs), "--columns", "-1,x")
    assert_one_sentence(swapped, "--columns names column '-1'")
    last = len(leading) // 3
    chosen = quoi(here, "evaluate", "all", "--pairs", str(pairs), "--json", "--columns", f"{last + 2},{last + 1}")
    assert json.loads(chosen.out) == printed


def test_lr_find_draws_the_curve_and_suggests_a_rate(here, quoi, tmp_path):
    picture = tmp_path / "rates.png"
    done = quoi(here, "lr-find", "baseline", "--out", str(picture))
    assert done.status == 0 and done.out.startswith("suggested learning rate: ")
    assert picture.read_bytes().startswith(b"\x89PNG")


# What a person can put right


def test_errors_of_the_installed_command_are_one_sentence_too(here):
    done = here.run("quoi", "translate", SENTENCE, "--variant", "bidri", status=1)
    assert done.stderr.count("\n") == 1 and "There is no variant 'bidri'; did you mean 'bidir'?" in done.stderr


@pytest.mark.parametrize("verb", ["evaluate", "lr-find", "translate"])
def test_unknown_variant(here, quoi, verb):
    arguments = {
        "evaluate": ("nobody", "--pairs", "pairs.tsv"),
        "lr-find": ("nobody",),
        "translate": (SENTENCE, "--variant", "nobody"),
    }
    done = quoi(here, verb, *arguments[verb])
    assert_one_sentence(done, "no variant 'nobody'", "allowed here: baseline, bidir, forcing, attention, all")


def test_nothing_trained(models, quoi):
    shutil.rmtree(models.folder / "models")
    assert_one_sentence(quoi(models, "translate", SENTENCE), "No variant is trained yet: run `dvc repro`")
    done = quoi(models, "translate", SENTENCE, "--variant", "all")
    assert_one_sentence(done, "models/all holds no trained model: `dvc repro train@all` trains it")


def test_a_seed_that_was_not_trained(here, quoi):
    done = quoi(here, "translate", SENTENCE, "--variant", "all", "--seed", "9")
    assert_one_sentence(done, "not trained with seed 9; its seeds are 1")


@pytest.mark.parametrize("text", ["", "   ", "\t\n"])
def test_empty_sentence(here, quoi, text):
    assert_one_sentence(quoi(here, "translate", text), "There is nothing to translate")


def test_empty_input(here, quoi):
    assert_one_sentence(quoi(here, "translate", "-", stdin=b"\n\n"), "There is nothing to translate")


def test_input_that_is_not_text(here, quoi, tmp_path):
    (tmp_path / "latin.txt").write_bytes("Où ?".encode("latin-1"))
    assert_one_sentence(quoi(here, "translate", str(tmp_path / "latin.txt")), "line 1 is not valid UTF-8")


@pytest.mark.parametrize("attention", ["terminal", "where.png"])
def test_attention_of_a_variant_without(here, quoi, attention):
    done = quoi(here, "translate", SENTENCE, "--variant", "baseline", "--attention", attention)
    assert_one_sentence(done, "baseline has no attention to draw")


def test_a_picture_of_another_kind(here, quoi):
    done = quoi(here, "translate", SENTENCE, "--variant", "all", "--attention", "where.pdf")
    assert_one_sentence(done, "'where.pdf' is neither")


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("seed-1.safetensors", b"\x10\0\0\0\0\0\0\0{", "is damaged or not a safetensors file"),
        ("seed-1.safetensors", b"PK\x03\x04 a pickle in a zip", "is damaged or not a safetensors file"),
        ("model.json", b"{", "is not valid JSON"),
        ("model.json", b"[1]", "is not what this version of quoi writes"),
        ("source.txt", b"_bos_\n_pad_\n_eos_\n_unk_\nqui\n", "holds the weights of another model"),
        ("source.txt", b"qui\n", "is not a vocabulary"),
    ],
)
def test_damaged_model(models, quoi, file, content, sentence):
    (models.folder / "models/all" / file).write_bytes(content)
    assert_one_sentence(quoi(models, "translate", SENTENCE, "--variant", "all"), f"models/all/{file}", sentence) if (
        "another model" not in sentence
    ) else assert_one_sentence(quoi(models, "translate", SENTENCE, "--variant", "all"), sentence)


def test_truncated_and_foreign_weights(models, here, quoi):
    weights = models.folder / "models/all/seed-1.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert_one_sentence(quoi(models, "translate", SENTENCE, "--variant", "all"), str(Path("models/all")), "is damaged")
    shutil.copy(models.folder / "models/baseline/seed-1.safetensors", weights)
    done = quoi(models, "translate", SENTENCE, "--variant", "all")
    assert_one_sentence(done, "holds the weights of another model")
    shutil.copy(here.folder / "data/vectors/target.safetensors", weights)
    done = quoi(models, "translate", SENTENCE, "--variant", "all")
    assert_one_sentence(done, "holds the weights of another model")
    weights.unlink()
    assert_one_sentence(quoi(models, "translate", SENTENCE, "--variant", "all"), "is missing: `dvc pull` or")


@pytest.mark.parametrize(
    ("key", "value", "parts"),
    [
        ("search.beem", 4, ("search.beem is not a known key", "did you mean 'beam'", "beam, length_exponent")),
        ("search.beam", "four", ("search.beam is 'four'", "should be a valid integer")),
        ("search.beam", 0, ("search.beam is 0", "greater than or equal to 1")),
    ],
)
def test_bad_parameters(models, quoi, key, value, parts):
    models.change(key, value)
    assert_one_sentence(quoi(models, "translate", SENTENCE), "params.yaml", *parts)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "pairs.tsv does not exist"),
        (b"", "There is no line in"),
        (b"Where are we?\n", "line 1 has 1 column"),
        (b"a\tb\tc\td\n", "has 4 columns, and it cannot be told which"),
        (b"a\tb\nc\td\te\n", "line 2 has too few or too many columns"),
        (b"a\tb\n\tc\n", "line 2 lacks the sentence in one of the two"),
        (b"a\tb\nc\t \n", "line 2 lacks the sentence in one of the two"),
        (b"a\tb\n\xff\tc\n", "line 2 is not valid UTF-8"),
    ],
)
def test_bad_pairs(here, quoi, tmp_path, content, sentence):
    file = tmp_path / "pairs.tsv"
    if content is not None:
        file.write_bytes(content)
    assert_one_sentence(quoi(here, "evaluate", "all", "--pairs", str(file)), sentence)


def test_away_from_the_root_of_the_repository(quoi, tmp_path):
    done = quoi(Workspace(tmp_path), "translate", SENTENCE)
    assert_one_sentence(done, "params.yaml does not exist here: run quoi at the root of the repository")


# quoi vectors


def test_vectors_describes_those_that_were_trained(here, quoi):
    done = quoi(here, "vectors", "où", "quand", "--language", "fr")
    first, last = done.out.splitlines()
    assert done.status == 0 and done.err == ""
    assert -1 <= float(first.removeprefix("où     quand")) <= 1
    assert last.startswith("vocabulary (fr): ") and " 16 dimensions" in last
    assert "no vector for jeremy and Jeremy" in quoi(here, "vectors").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("translate",),
        ("translate", SENTENCE, "--beam", "0"),
        ("fly",),
        ("evaluate", "all"),
        ("variants", "--yaml"),
        ("vectors", "where"),
    ],
)
def test_wrong_arguments_are_status_2(here, quoi, arguments):
    done = quoi(here, *arguments)
    assert done.status == 2 and "Traceback" not in done.err and "Usage: " in done.err
