"""What pip is configured to use reaches uv, and pip takes over where uv cannot."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import install

WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1)


def test_pips_settings_reach_uv() -> None:
    listed = (
        ":env:.cert='/certs/all.pem'\n:env:.find-links='/wheels/own'\n:env:.default-timeout='90'\n"
        "global.cert='/certs/other.pem'\nglobal.constraint='/caps.txt'\nglobal.no-index='true'\n"
        "global.extra-index-url='https://one.example/simple https://two.example/simple'\nglobal.find-links='/wheels'\n"
        "install.index-url='https://main.example/simple'\nlist.format='columns'\n"
    )
    arguments, variables = install.for_uv(install.settings(listed))
    pairs = list(pairwise(arguments))
    for pair in (
        ("--index-url", "https://main.example/simple"),
        ("--extra-index-url", "https://one.example/simple"),
        ("--extra-index-url", "https://two.example/simple"),
        ("--find-links", "/wheels/own"),
        ("--constraint", "/caps.txt"),
    ):
        assert pair in pairs
    assert "/wheels" not in arguments and "--no-index" in arguments
    assert variables == {"SSL_CERT_FILE": "/certs/all.pem", "UV_HTTP_TIMEOUT": "90"}


def test_without_settings_nothing_is_handed_on() -> None:
    assert install.for_uv(install.settings("")) == (["--index-strategy", "unsafe-best-match"], {})


@given(st.lists(WORDS, min_size=1, max_size=3), st.sampled_from(sorted(install.FLAGS)))
def test_any_value_comes_through(values: list[str], option: str) -> None:
    told = install.settings(f"global.{option}={' '.join(values)!r}\n")
    arguments, _ = install.for_uv(told)
    assert arguments[2:] == [part for value in values for part in (install.FLAGS[option], value)]


def test_pip_reads_its_own_settings_as_they_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    (tmp_path / "pip.conf").write_text("[global]\nfind-links =\n    /first\n    /it's second\n")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    assert install.settings(listed.stdout)["find-links"].split("\n")[-1] == "/it's second"


@pytest.mark.parametrize("backend", [None, "cpu"])
@pytest.mark.parametrize(("fetched", "done"), [(1, 0), (0, 1)])
def test_pip_takes_over_in_one_line_unless_a_build_of_torch_is_asked_for(
    monkeypatch, capsys, tmp_path, fetched, done, backend
) -> None:
    monkeypatch.delenv("UV_TORCH_BACKEND", raising=False)
    if backend:
        monkeypatch.setenv("UV_TORCH_BACKEND", backend)
    ran: list[list[str]] = []

    def run(command, **options):
        ran.append([str(part) for part in command])
        failed = fetched if "--target" in command else done if "uv" in Path(command[0]).name else 0
        return subprocess.CompletedProcess(command, failed, stdout="")

    monkeypatch.setattr(install.subprocess, "run", run)
    monkeypatch.setattr(install.shutil, "which", lambda name: None)
    assert install.main(str(tmp_path)) == bool(backend)
    by_pip = [command for command in ran if command[1:4] == ["-m", "pip", "install"] and ".[dev]" in command]
    assert len(by_pip) == (0 if backend else 1)
    assert len(capsys.readouterr().err.splitlines()) == 1
