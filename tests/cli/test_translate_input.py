"""What `quoi translate` takes for its sentences, with a translator that only marks what it was given."""

from __future__ import annotations

import gzip
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quoi.cli import main as cli
from quoi.io.errors import QuoiError
from quoi.params.languages import Languages
from tests.workspace import ROOT


@dataclass
class Said:
    """A translation."""

    source: str
    text: str


class Marking:
    """In place of a trained model."""

    model = SimpleNamespace(settings=SimpleNamespace(attention=False))
    languages = Languages(source="fr", target="en")

    def translate(self, texts, beam, length_exponent, attention):
        return [Said(text, f"<{text}>") for text in texts]

    def remarks(self, each):
        return []


@pytest.fixture(autouse=True)
def marking(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("quoi.translation.translator.Translator.load", lambda folder, seed: Marking())


def translate(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli.quoi, ["translate", "--variant", "all", *arguments], stdin)


def refused(*arguments: str, stdin: bytes | None = None) -> str:
    done = translate(*arguments, stdin=stdin)
    assert isinstance(done.exception, QuoiError), done
    return str(done.exception)


LINES = "Où ?\u2028Ici.\r\n\nQui\x85?\x0b\x0c\x1c\rLui.\n\ufeff\u200b\nlast".encode()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_line_ends_with_a_line_feed_alone_in_a_file_and_on_standard_input(tmp_path: Path, pack) -> None:
    (tmp_path / "mine").write_bytes(pack(LINES))
    for done in (translate(str(tmp_path / "mine")), translate("-", stdin=pack(LINES))):
        assert done.exit_code == 0
        assert done.stdout.split("\n") == ["<Où ?\u2028Ici.>", "", "<Qui\x85?\x0b\x0c\x1c\rLui.>", "", "<last>", ""]
        assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["line 2", "line 4"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text("Où ?\u2028\x85\x0b\x1c\u200b\r", max_size=5), min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
)
def test_as_many_lines_come_out_as_went_in(written: list[str], end: str) -> None:
    done = translate("-", stdin="".join(f"{line}{end}" for line in ["Où ?", *written]).encode())
    assert done.exit_code == 0 and done.stdout.count("\n") == 1 + len(written)


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert translate("-", stdin="\ufeffOù ?\n".encode()).stdout == "<Où ?>\n"
    assert json.loads(translate("-", "--json", stdin="\ufeffOù ?\n".encode()).stdout)["source"] == "Où ?"


@pytest.mark.parametrize("stdin", [b"", b"\n\n", "\ufeff".encode(), "\u200b\n \n".encode()])
def test_input_without_anything_to_see_is_empty(stdin: bytes) -> None:
    assert "nothing to translate" in refused("-", stdin=stdin)


@pytest.mark.parametrize(
    ("stdin", "said"),
    [("Qui ?\nOù ?\n".encode("latin-1"), "line 2 is not valid UTF-8"), (b"Qui\0 ?", "line 1 holds a NUL character")],
)
def test_lines_that_cannot_be_read_are_named(stdin: bytes, said: str) -> None:
    assert f"standard input, {said}" in refused("-", stdin=stdin)


@pytest.mark.parametrize(
    "text",
    [
        "sentences.txt", "my sentences.TXT", "mine.fr", "lines/mine.tsv.gz", "questions.docx", "/nowhere/lines",
        "./lines", "../nowhere", "~/nowhere", r"C:\lines", "src/lines",
    ],
)  # fmt: skip
def test_what_looks_like_a_path_and_is_none_is_said(text: str) -> None:
    assert refused(text).startswith(f"{text} does not exist; a file with one sentence a line")


@pytest.mark.parametrize("text", ["src", "./src", "/", ".", "..", "~"])
def test_a_folder_is_said(text: str) -> None:
    assert refused(text).startswith(f"{text} is a folder")


@pytest.mark.parametrize(
    "text",
    [
        "Où ?", "Pourquoi", "et/ou", "24/7", "Qui est M. Dupont ?", "Où est sentences.txt ?", "etc.", "3.14", "U.S.A",
        "Oui.Non", "Où est /etc/passwd ?", "x" * 5000, "D’où ?",
    ],
)  # fmt: skip
def test_a_sentence_is_one(text: str) -> None:
    assert translate(text).stdout == f"<{text}>\n"


def test_a_file_is_found_at_home_and_whatever_its_name(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "Où ?").write_text("Qui ?\n", encoding="utf-8")
    assert translate("~/Où ?").stdout == translate(str(tmp_path / "Où ?")).stdout == "<Qui ?>\n"


def test_a_pipe_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit((tmp_path / "pipe").write_bytes, gzip.compress(b"Qui ?\nQuoi ?\n"))
        assert translate(str(tmp_path / "pipe")).stdout == "<Qui ?>\n<Quoi ?>\n"
    assert written.result()
