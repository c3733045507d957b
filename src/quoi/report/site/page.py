"""The page as one file: template, style, scripts and data, put together. The same inputs give the same bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quoi.io.files import write_text
from quoi.params import Search
from quoi.records import checks
from quoi.records.results import Result
from quoi.report import progression
from quoi.report.site import beams, numbers, pictures

PAGE = Path("reports/index.html")
_PARTS = Path(__file__).parent
_SCRIPTS = ("base", "progression", "runs", "attention", "beam", "search", "map", "checks")
"""In the order in which the browser reads them."""


def write(results: Sequence[Result], profile: str, search: Search, root: Path = Path()) -> int:
    """Write reports/index.html, and return its size in bytes.

    Args:
        profile: of params.yaml; in `lesson` the published losses stand beside.
        search: width and exponent of the beam whose trees are shown.

    Raises:
        QuoiError: an input is absent or damaged, or the file cannot be written.
    """
    data = numbers.told(results, progression.published_for(profile), root)
    data["search"] = search.model_dump()
    data["beams"] = beams.told(results, search, root)
    data["pictures"] = pictures.told(root)
    measured = checks.read_all([result.variant for result in results], root)
    data["checks"] = [row._asdict() for each in measured for row in each.rows]
    text = assembled(data)
    write_text(root / PAGE, text)
    return len(text.encode())


def assembled(data: dict[str, Any]) -> str:
    """The page with these data in it."""
    parts = {
        "style": _part("page.css"),
        "script": "\n".join(_part(f"{name}.js") for name in _SCRIPTS),
        # Within a script element only `<` could end it.
        "data": json.dumps(_finite(data), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
    }
    page = _part("page.html")
    for name, text in parts.items():
        page = page.replace(f"/*{name}*/", text)
    return page


def _finite(value: Any) -> Any:
    """The same, with None for a number that is not finite, which JSON does not know: the perplexity of a poor model."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8")
