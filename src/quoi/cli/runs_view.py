"""Runs on a terminal: their table, the tree of what one stands on, the proof that it is back, two beside each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from quoi.cli.terminal import table
from quoi.records.results import smaller_is_better
from quoi.repo.digests import of_listing

if TYPE_CHECKING:
    from quoi.repo.lineage import Lineage
    from quoi.repo.restore import Restored
    from quoi.tracking.listing import ListedRun

ABSENT = "–"
_LONGEST = 60  # characters of a value


def tables(runs: Iterable[ListedRun]) -> list[Table]:
    """A table an experiment, a row a run, the latest first; with the main scores of the latest of them."""
    by_experiment: dict[str, list[ListedRun]] = {}
    for run in runs:
        by_experiment.setdefault(run.experiment, []).append(run)
    shown = []
    for name, own in sorted(by_experiment.items()):
        scores = next((run.headline for run in own if run.headline), [])
        rows = (
            (
                run.name if run.status == "FINISHED" else f"{run.name}, {run.status.lower()}",
                *(run.id[:8], _time(run.started), run.commit[:7] + "+" * run.commit.endswith("+")),
                *(_digits(run.metrics.get(score)) for score in scores),
            )
            for run in own
        )
        shown.append(table(f"experiment {name}", ["run", "id", "started", "commit", *scores], rows, right=scores))
    return shown


def tree(run: ListedRun, lineage: Lineage | None, files: bool = False) -> Tree:
    """What a run stands on: scores, commit, and stage by stage the parameters, code and data.

    Args:
        files: whether each file of code is named.
    """
    top = Tree(Text.assemble((run.name, "bold"), f"  {run.id}  {run.experiment}, {run.status}, {_time(run.started)}"))
    if run.headline:
        top.add("scores: " + ", ".join(f"{name} {_digits(run.metrics.get(name))}" for name in run.headline))
    top.add(Text(f"commit: {run.commit}" + (" (+: the tree had changes)" if run.commit.endswith("+") else "")))
    if lineage is None:
        top.add(Text(f"no lineage: {run.why_no_lineage}"))
        return top
    for stage in lineage.stages:
        here = top.add(Text(f"stage {stage.name}: {stage.command}", style="bold"))
        for path, digest in stage.outs.items():
            here.add(Text(f"wrote {path}  {_short(digest)}"))
        for key, value in stage.parameters.items():
            line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
            here.add(Text(line, no_wrap=True, overflow="ellipsis"))  # whole with --json
        code = {path: digest for path, digest in stage.deps.items() if path in lineage.code}
        if code:
            below = here.add(f"code: {len(code)} files and folders, together {_short(of_listing(code.items()))}")
            for path, digest in code.items() if files else ():
                below.add(Text(f"{path}  {_short(digest)}"))
        for path, digest in stage.deps.items():
            if path not in code:
                here.add(Text(f"read {path}  {_short(digest)}"))
    for where, source in lineage.sources.items():
        here = top.add(Text(f"from outside, says {where}:"))
        for key in ("name", "description", "url", "licence", "file", "sha256"):
            if value := source.get(key):
                for file, text in value.items() if isinstance(value, dict) else [("", value)]:
                    here.add(Text(f"{key}: {f'{file} ' if file else ''}{text}"))
    if not lineage.sources:
        top.add("where the raw data came from is not known here: `dvc pull` brings them, and what they say of it")
    return top


def proof(done: Restored) -> Table:
    """Every digest of a restored folder beside the run's; of the code only what differs, and how many files do not."""
    rows = [
        (
            *(row.kind, row.name, _short(row.wanted)),
            "the same" if row.same else "missing" if row.found is None else f"differs: {_short(row.found)}",
        )
        for row in done.compared
        if row.kind != "code" or not row.same
    ]
    code = [row.same for row in done.compared if row.kind == "code"]
    if any(code):
        rows.append(("code", f"{sum(code)} of {len(code)} files and folders", "", "the same"))
    title = f"{done.folder}, from commit {done.commit[:10]}"
    return table(title, ["kind", "name", "the run's", "in the folder"], rows)


def differences(first: ListedRun, second: ListedRun, between: dict[str, Any]) -> list[Table | str]:
    """Parameters, data, code and scores in which two runs differ, from `listing.compare`."""
    names = [f"{run.name} {run.id[:8]}" for run in (first, second)]
    shown: list[Table | str] = []
    for title, cut in (("parameters", _cut), ("data", _short), ("code", _short)):
        if between[title]:
            rows = ((row["name"], cut(row["first"]), cut(row["second"])) for row in between[title])
            shown.append(table("", [title, *names], rows))
        else:
            shown.append(f"{title}: " + ("not known, a run has no lineage" if between[title] is None else "the same"))
    if first.commit != second.commit:
        shown.append(f"commits: {first.commit}, {second.commit}")
    rows = (
        (
            *(score["name"], _digits(score["first"]), _digits(score["second"]), _digits(score["change"], "+")),
            {None: "", True: "better", False: "worse"}[score["better"]],
        )
        for score in between["scores"]
        if smaller_is_better(score["name"]) is not None  # else a rate or a time, and no score
    )
    return [*shown, table("", ["score", *names, "change", ""], rows)]


def _time(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000):%Y-%m-%d %H:%M}"


def _digits(value: float | None, sign: str = "-") -> str:
    """Four digits that count, zeros at the end too: in a column, points stand below points."""
    return ABSENT if value is None else f"{value:{sign}#.4g}".removesuffix(".")


def _short(digest: str | None) -> str:
    return ABSENT if digest is None else re.sub(r"^(.{12}).*?(\.dir)?$", r"\1\2", digest)


def _cut(value: str | None) -> str:
    return ABSENT if value is None else value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"
