"""The one exception whose message is meant for the person at the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class QuoiError(Exception):
    """Something the user can put right, said in one sentence: what was given, and what is allowed.

    The command line and the stages print the sentence and exit with status 1; everything else is a bug and
    keeps its traceback.
    """


def absent(path: Path | str) -> QuoiError:
    """What to raise where a file is not there that a stage writes."""
    return QuoiError(f"{path} does not exist yet: run `dvc repro`, or `dvc pull` for a shared result.")


def some(items: Sequence[object], most: int = 3) -> str:
    """The first of the items, for a sentence, and how many more there are."""
    more = len(items) - most
    return ", ".join(map(str, items[:most])) + (f" and {more} more" if more > 0 else "")
