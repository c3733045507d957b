"""Runs on a terminal: their table, the tree of what one stands on, the proof that it is back, two beside each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from quoi.records.results import smaller_is_better
from quoi.repo.digests import of_listing
from quoi.repo.dvc import Stage

if TYPE_CHECKING:
    from quoi.repo.lineage import Lineage
    from quoi.repo.restore import Restored
    from quoi.tracking.listing import Known

ABSENT = "–"
_LONGEST = 60  # characters of a value


def tables(runs: Iterable[Known]) -> list[Table]:
    """A table an experiment, a row a run, the latest first; with the main scores of the latest of them."""
    by_experiment: dict[str, list[Known]] = {}
    for run in runs:
        by_experiment.setdefault(run.experiment, []).append(run)
    return [_table(name, by_experiment[name]) for name in sorted(by_experiment)]


def tree(run: Known, lineage: Lineage | None, files: bool = False) -> Tree:
    """What a run stands on: scores, commit, and stage by stage the parameters, code and data.

    Args:
        files: whether each file of code is named.
    """
    top = Tree(Text.assemble((run.name, "bold"), f"  {run.id}  {run.experiment}, {run.status}, {_time(run.started)}"))
    if run.headline:
        top.add("scores: " + ", ".join(f"{name} {_number(run.metrics.get(name))}" for name in run.headline))
    top.add(Text(f"commit: {run.commit}" + (" (+: the tree had changes)" if run.commit.endswith("+") else "")))
    if lineage is None:
        top.add(Text(f"no lineage: {run.why_no_lineage}"))
        return top
    _add_stage(top, lineage, lineage.stage, files, set())
    if not lineage.sources:
        top.add("where the raw data came from is not known here: `dvc pull` brings them, and what they say of it")
    return top


def proof(done: Restored) -> Table:
    """Every digest of a restored folder beside the run's; of the code only what differs, and how many files do not."""
    table = _headed(f"{done.folder}, from commit {done.commit[:10]}", ["kind", "name", "the run's", "in the folder"])
    for row in done.proofs:
        if row.kind != "code" or not row.same:
            state = "the same" if row.same else "missing" if row.found is None else f"differs: {_short(row.found)}"
            table.add_row(row.kind, escape(row.name), _short(row.wanted), state)
    code = [row.same for row in done.proofs if row.kind == "code"]
    if any(code):
        table.add_row("code", f"{sum(code)} of {len(code)} files and folders", "", "the same")
    return table


def differences(first: Known, second: Known, between: dict[str, Any]) -> list[Table | str]:
    """Parameters, data, code and scores in which two runs differ, from `listing.compare`."""
    names = [f"{run.name} {run.id[:8]}" for run in (first, second)]
    shown: list[Table | str] = []
    for title, cut in (("parameters", _cut), ("data", _short), ("code", _short)):
        if between[title]:
            table = _headed(title, [title, *names])
            for row in between[title]:
                table.add_row(escape(row["name"]), cut(row["first"]), cut(row["second"]))
            shown.append(table)
        else:
            shown.append(f"{title}: " + ("not known, a run has no lineage" if between[title] is None else "the same"))
    if first.commit != second.commit:
        shown.append(f"commits: {first.commit}, {second.commit}")
    table = _headed("scores", ["score", *names, "change", ""])
    for score in between["scores"]:
        if smaller_is_better(score["name"]) is None:
            continue  # a rate, a time: no score
        mark = "" if score["better"] is None else "better" if score["better"] else "worse"
        change = ABSENT if score["change"] is None else _digits(score["change"], "+")
        table.add_row(score["name"], _number(score["first"]), _number(score["second"]), change, mark)
    return [*shown, table]


def _table(experiment: str, runs: list[Known]) -> Table:
    scores = next((run.headline for run in runs if run.headline), [])
    table = Table(title=f"experiment {experiment}", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in ("run", "id", "started", "commit"):
        table.add_column(name)
    for name in scores:
        table.add_column(name, justify="right")
    for run in runs:
        name = run.name if run.status == "FINISHED" else f"{run.name}, {run.status.lower()}"
        columns = (name, run.id[:8], _time(run.started), run.commit[:7] + "+" * run.commit.endswith("+"))
        table.add_row(*map(escape, columns), *(_number(run.metrics.get(name)) for name in scores))
    return table


def _add_stage(above: Tree, lineage: Lineage, name: str, files: bool, seen: set[str]) -> None:
    """Add a stage and, below it, what it read; a stage that is there already is only named."""
    if name in seen:
        above.add(Text(f"stage {name} (above)"))
        return
    seen.add(name)
    stage = Stage.of(name, lineage.entries[name])
    here = above.add(Text(f"stage {name}: {stage.command}", style="bold"))
    for path, digest in stage.outs.items():
        here.add(Text(f"wrote {path}  {_short(digest)}"))
        for where, source in lineage.sources.items():
            if where.startswith((f"{path}/", f"{path}#")) or where == path:
                _add_source(here, where, source)
    if stage.parameters:
        values = here.add("parameters")
        for key, value in stage.parameters.items():
            line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
            values.add(Text(line, no_wrap=True, overflow="ellipsis"))  # whole with --json
    _add_code(here, stage, [path for path in stage.deps if path in lineage.code], files)
    for path, digest in stage.deps.items():
        if path not in lineage.code:
            below = here.add(Text(f"read {path}  {_short(digest)}"))
            for producer in lineage.before(path):
                _add_stage(below, lineage, producer, files, seen)


def _add_code(above: Tree, stage: Stage, code: list[str], files: bool) -> None:
    if not code:
        return
    together = of_listing((path, stage.deps[path]) for path in code)
    count = f"{len(code)} files and folders, together" if len(code) > 1 else "1 file or folder,"
    here = above.add(f"code: {count} {_short(together)}")
    for path in code if files else ():
        here.add(Text(f"{path}  {_short(stage.deps[path])}"))


def _add_source(above: Tree, where: str, source: dict[str, Any]) -> None:
    here = above.add(Text(f"from outside, says {where}:"))
    for key in ("name", "description", "url", "licence", "file", "sha256"):
        if value := source.get(key):
            for file, text in value.items() if isinstance(value, dict) else [("", value)]:
                here.add(Text(f"{key}: {f'{file} ' if file else ''}{text}"))


def _headed(title: str, columns: list[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _time(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000):%Y-%m-%d %H:%M}"


def _number(value: float | None) -> str:
    return ABSENT if value is None else _digits(value)


def _digits(value: float, sign: str = "-") -> str:
    """Four digits that count, zeros at the end too: in a column, points stand below points."""
    return f"{value:{sign}#.4g}".removesuffix(".")


def _short(digest: str | None) -> str:
    if digest is None:
        return ABSENT
    return re.sub(r"^(.{12}).*?(\.dir)?$", r"\1\2", digest)


def _cut(value: str | None) -> str:
    if value is None:
        return ABSENT
    return escape(value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…")
