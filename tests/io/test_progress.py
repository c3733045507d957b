"""Bars on a terminal, silence elsewhere."""

from __future__ import annotations

import io

import pytest

from quoi.io.progress import bar, track


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_silent_where_there_is_no_terminal(monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stderr", log := io.StringIO())
    assert list(track(iter("abc"), "Counting")) == ["a", "b", "c"]
    with bar("Waiting") as advance:
        advance(1)
    assert (log.getvalue(), capsys.readouterr().out) == ("", "")


@pytest.mark.parametrize("total", [3, None])
def test_drawn_on_stderr_of_a_terminal(monkeypatch, capsys, total: int | None) -> None:
    monkeypatch.setattr("sys.stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert list(track(iter("abc"), "Counting", total)) == ["a", "b", "c"]
    assert "Counting" in terminal.getvalue()
    assert capsys.readouterr().out == ""


def test_an_error_passes_through(monkeypatch) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    with pytest.raises(ZeroDivisionError), bar("Failing", 10):
        raise ZeroDivisionError
