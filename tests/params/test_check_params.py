"""The first stage: what params.yaml asks for and the pipeline cannot do is refused before anything is changed."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN = "profile: t\nvariants: {a: {}}\ncorpus: {source: files, files: {source: a.txt, target: b.txt}}\n"


def ran(folder: Path, params: str) -> subprocess.CompletedProcess[str]:
    (folder / "params.yaml").write_text(OWN + params, encoding="utf-8")
    command = [sys.executable, "-P", str(ROOT / "stages/check_params.py")]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ("languages: {source: de, target: ru}\n", "questions.target is null, and how Russian asks is not known here"),
        ("languages: {source: th, target: en}\nquestions: null\n", "`tokens.units: {th: characters}`"),
    ],
)
def test_what_cannot_be_done_for_a_language_is_one_sentence(tmp_path: Path, params: str, said: str) -> None:
    if "th" in said and find_spec("pythainlp"):
        pytest.skip("the package for Thai is installed")
    done = ran(tmp_path, params)
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and said in done.stderr
