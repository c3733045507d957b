"""The page of checks: every stage's measures in a table, what is there to read, and pictures of what is better seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from quoi.io.errors import QuoiError
from quoi.io.files import replacing, write_text
from quoi.records import checks
from quoi.report import style
from quoi.report.progression import escaped, markdown

FOLDER = Path("reports/checks")

_INTRODUCTION = (
    "What each stage has measured of its own work, and what a sound value is: **ok**, worth a **look**, or **broken**, "
    "which ends the stage unless params.yaml says `checks: warn`. Written by `dvc repro checks`; in the terminal, "
    "`quoi checks`. Values of several seeds stand side by side. A weak model has some to look at, as the first "
    "variants of the progression do; they tell where it is weak. In the pictures bars are what was measured and "
    "points are a control: vectors drawn from N(0, 1), attention spread evenly, each feature shuffled among the "
    "pictures, labels answered by chance."
)


def write(variants: Sequence[str], root: Path = Path()) -> list[checks.Measures]:
    """Write README.md and the pictures; returns what they are made of.

    Raises:
        QuoiError: no stage has left its measures, one is damaged, or a file cannot be written.
    """
    folder, reports = root / FOLDER, checks.read_all(variants, root)
    if not reports:
        raise QuoiError("No stage has been checked yet: run `dvc repro`.")
    parts = ["# Checks", _INTRODUCTION, _summary(reports), _table(reports).strip()]
    with replacing(folder / "pictures") as partial:
        partial.mkdir()
        for report in reports:
            if report.texts or report.series:
                parts.append(f"## {report.stage}")
            if report.series:
                picture = f"{report.stage.replace('@', '-')}.png"
                _draw(partial / picture, report.series, report.controls)
                parts.append(f"![{'; '.join(report.series)}](pictures/{picture})")
            for title, texts in report.texts.items():
                if texts:
                    read = (f"- {escaped(name)}: {escaped(text)}" for name, text in texts.items())
                    parts += [f"*{title}*", "\n".join(read)]
    write_text(folder / "README.md", "\n\n".join(parts) + "\n")
    return reports


def _draw(path: Path, series: Mapping[str, Mapping[str, float]], controls: Mapping[str, Mapping[str, float]]) -> None:
    """A panel of bars for each series, and points for its control."""
    with style.figure(path, 1 + 5 * len(series), 3.2) as figure:
        panels = figure.subplots(1, len(series), squeeze=False)[0]
        for axes, (title, heights) in zip(panels, series.items(), strict=True):
            positions = [float(name) for name in heights]
            width = min((b - a for a, b in pairwise(positions)), default=1.0)
            axes.bar(positions, list(heights.values()), width=0.9 * width, color=style.PALETTE[1], label="measured")
            if control := controls.get(title):
                axes.plot([*map(float, control)], [*control.values()], ".", color=style.PALETTE[0], label="control")
                axes.legend(frameon=False, fontsize="small")
            axes.set_title(title)
            counts = max(heights.values(), default=0) > 1
            axes.set_ylabel("times" if counts else "share")
            axes.yaxis.get_major_locator().set_params(integer=counts)


def _summary(reports: Sequence[checks.Measures]) -> str:
    rows = [row for report in reports for row in report.rows]
    odd = [row for row in rows if row.state != "ok"]
    lines = (f"- **{row.state}** {row.stage}, {row.name}: {row.values}, sound is {row.sound}; {row.why}" for row in odd)
    return "\n".join((f"{len(rows) - len(odd):,} of {len(rows):,} checks are ok.\n", *lines)).strip()


def _table(reports: Sequence[checks.Measures]) -> str:
    rows = []
    for report in reports:
        stage = f"`{report.stage}`"
        for row in report.rows:
            state = row.state if row.state == "ok" else f"**{row.state}**"
            rows.append([stage, row.name, row.values, row.sound, state])
            stage = ""  # it stands beside its first check
    return markdown(["stage", "check", "value", "sound", ""], rows, left=2)
