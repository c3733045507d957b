"""What a check is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mark = Literal["ok", "note", "problem"]
OK: Mark = "ok"
NOTE: Mark = "note"
PROBLEM: Mark = "problem"


@dataclass(frozen=True)
class Check:
    """What was looked at, and what was found.

    Attributes:
        name: of what was looked at.
        mark: ok; note: worth knowing; problem: it stops the profile.
        says: one sentence: what was found, and what that means for the profile.
    """

    name: str
    mark: Mark
    says: str
