"""Markdown as MLflow's pages show it."""

from __future__ import annotations

import re


def note(markdown: str, longest: int) -> str:
    """Markdown for a description in MLflow.

    Links to other files of the repository lead nowhere from MLflow's pages: their words stay. And those pages take a
    table for one only where the line below its head has several dashes a column.

    Args:
        longest: characters that MLflow takes.
    """
    text = re.sub(r"\[([^]]+)\]\(\.[^)]*\)", r"\1", markdown)
    text = re.sub(r"^\|[ :|-]+\|$", lambda rule: rule[0].replace("-", "---"), text, flags=re.MULTILINE)
    return text.strip()[:longest]
