"""The loss progression: what each idea brought, with its 95 % interval and whether it stands out from chance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import fmean
from typing import TYPE_CHECKING, Any

from quoi.params.languages import SIDES
from quoi.params.translation import SCORES
from quoi.records.results import SWITCHES, Result
from quoi.report.intervals import LEVEL, Pooled, holm, pooled

if TYPE_CHECKING:
    from rich.table import Table

_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")  # Hebrew, Arabic, Syriac and so on
PUBLISHED = {"baseline": 3.581, "bidir": 3.514, "forcing": 3.491, "attention": 3.369, "all": 3.324}
"""The lesson's own validation losses, one training each; they belong to its data, so to the profile `lesson` alone."""

LOSSES = {
    "token_loss_free": "token loss, free-running",
    "token_loss_forced": "token loss, forced",
    "perplexity_free": "perplexity, free-running",
    "perplexity_forced": "perplexity, forced",
}
QUALITY = {
    "exact": "exact match, %",
    "bleu_greedy": "BLEU, greedy",
    "bleu_beam": "BLEU, beam",
    "chrf_greedy": "chrF, greedy",
    "chrf_beam": "chrF, beam",
}


def p_values(results: Sequence[Result]) -> list[float] | None:
    """Of each row but the first, the t-test of its losses against the row's above; None where all have one seed."""
    losses = [result.values("lesson_loss") for result in results]
    common = pooled(losses)
    return common and [common.p_value(own, above) for above, own in pairwise(losses)]


def verdicts(results: Sequence[Result]) -> list[str]:
    """Whether each row's losses are distinguishable from those of the row above, in words, with Holm's p-value."""
    tests = p_values(results)
    if tests is None:
        return ["–", *["one seed: cannot say"] * (len(results) - 1)]
    steps = zip(pairwise(results), holm(tests), strict=True)
    return ["–", *(_verdict(own.values("lesson_loss"), above.values("lesson_loss"), p) for (above, own), p in steps)]


def _verdict(own: Sequence[float], above: Sequence[float], p: float) -> str:
    said = "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"
    if p >= 1 - LEVEL:
        return f"no ({said})"
    return f"yes, {'better' if fmean(own) < fmean(above) else 'worse'} ({said})"


def common_spreads(results: Sequence[Result]) -> dict[str, Pooled | None]:
    """By score, the spread over seeds that all variants have in common."""
    return {score: pooled([result.values(score) for result in results]) for score in SCORES}


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """progression.json: by variant and score `mean`, `sd` (null with one seed), `n`, and half of the 95 % interval.

    `lesson_loss` also has `p`, of the test against the row above, where there is one, and `p_holm`, corrected for the
    number of rows. Interval and test rest on the spread of all variants, and are absent where each has one seed.
    """
    table: dict[str, Any] = {result.variant: {} for result in results}
    for score, common in common_spreads(results).items():
        for result in results:
            entry = table[result.variant][score] = result.summary(score)._asdict()
            if common is not None:
                entry["half_width_95"] = common.half_width(entry["n"])
    if tests := p_values(results):
        for result, p, corrected in zip(results[1:], tests, holm(tests), strict=True):
            table[result.variant]["lesson_loss"] |= {"p": p, "p_holm": corrected}
    return table


def curves(results: Sequence[Result]) -> str:
    """curves.csv, for `dvc plots`: the validation losses of every variant and seed, a row an epoch."""
    columns = ("variant", "seed", "epoch", "lesson_loss", "token_loss_free", "token_loss_forced")
    rows = [
        {"variant": result.variant, "seed": seed, **row, "epoch": int(row["epoch"])}
        for result in results
        for seed, history in result.history.items()
        for row in history
    ]
    lines = [",".join(str(row.get(column, "")) for column in columns) for row in rows]
    return "".join(f"{line}\n" for line in (",".join(columns), *lines))


def loss_table(results: Sequence[Result], published: Mapping[str, float] | None = None) -> str:
    """The losses as a markdown table, a row a variant.

    Args:
        published: the lesson's own losses, put beside for reference (`PUBLISHED`), if they are comparable.
    """
    head = ["variant", *SWITCHES.values(), "lesson's loss"]
    head += ["published (reference)"] if published else []
    head += ["distinguishable from the row above?", *LOSSES.values()]
    common, rows = common_spreads(results), []
    for result, verdict in zip(results, verdicts(results), strict=True):
        row = [f"`{result.variant}`", *("✓" if result.has(switch) else "" for switch in SWITCHES)]
        row.append(f"**{_interval(result, 'lesson_loss', common, 3)}**")
        if published:
            row.append(f"{published[result.variant]:.3f}" if result.variant in published else "")
        row.append(verdict)
        row += [_interval(result, score, common, 3 if "loss" in score else 2) for score in LOSSES]
        rows.append(row)
    return markdown(head, rows, left=1, centred=range(1, 4))


def quality_table(results: Sequence[Result]) -> str:
    """How good the translations are, as a markdown table, a row a variant."""
    common = common_spreads(results)
    rows = [[f"`{result.variant}`", *(_interval(result, score, common, 1) for score in QUALITY)] for result in results]
    return markdown(["variant", *QUALITY.values()], rows, left=1)


def caption(results: Sequence[Result], counts: Mapping[str, Any], source: Mapping[str, Any]) -> str:
    """What the numbers rest on, as a markdown list.

    Args:
        counts: reports/corpus/numericalize.json.
        source: data/raw/source.json.
    """
    first = results[0]
    validation, seen = counts["validation"], counts["validation_also_in_training"]
    seeds = sorted({seed for result in results for seed in result.seeds})
    common = common_spreads(results)["lesson_loss"]
    share = {side: f"{100 * seen[side] / max(1, validation):.1f} %" for side in ("pair", *SIDES)}
    lines = [
        f"Corpus `{source['name']}`, {' to '.join(first.language_names)}: {counts['training']:,} training and "
        f"{validation:,} validation pairs. Licence: {(source.get('licence') or 'not stated').rstrip('.')}.",
        f"Validation sentences also seen in training: {share['pair']} as a pair, "
        + ", ".join(f"{share[side]} by their {name}" for side, name in zip(SIDES, first.language_names, strict=True))
        + ".",
        f"Mean over seeds {', '.join(map(str, seeds))} ± half of its 95 % interval, from the spread of all variants' "
        f"seeds ({common.df if common else 0} degrees of freedom; none with one seed each). Losses are in nats per "
        "token: lower is better.",
        "*Lesson's loss*: free-running, averaged over padding too, as the lesson reports it; *token loss*: real tokens "
        "only; *forced*: given the true previous words.",
        "*Distinguishable*: t-test on the seeds' lesson's losses with that spread, two-sided, at 95 %, by Holm's "
        "correction for the number of rows. Few seeds find only large differences: a *no* is no proof of equality.",
        f"BLEU (`{first.signatures['bleu']}`) and chrF (`{first.signatures['chrf']}`) by sacreBLEU; greedy search and "
        f"beam search of width {first.beam}; exact match is of the beam's translations.",
    ]
    return "".join(f"- {line}\n" for line in lines)


def show(results: Sequence[Result], published: Mapping[str, float] | None = None) -> Table:
    """The progression as a table for the terminal, 80 columns wide or more: print it with rich.

    Args:
        published: the lesson's own losses (`PUBLISHED`), if they are comparable.
    """
    from rich.table import Table

    table = Table(title="Loss progression", title_justify="left", title_style="bold", header_style="", box=None)
    table.add_column("variant", style="bold", no_wrap=True)
    for name in ("lesson's loss", *(["published"] if published else []), "token loss", "exact", "BLEU", "chrF"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("than the row above")
    common = common_spreads(results)
    for result, verdict in zip(results, verdicts(results), strict=True):
        row = [result.variant, _interval(result, "lesson_loss", common, 3)]
        if published:
            row.append(f"{published[result.variant]:.3f}" if result.variant in published else "")
        row.append(f"{result.summary('token_loss_free').mean:.3f}")
        row.append(f"{100 * result.summary('exact').mean:.1f}%")
        row += [f"{result.summary(score).mean:.1f}" for score in ("bleu_beam", "chrf_beam")]
        table.add_row(*row, verdict.removeprefix("yes, "))
    return table


def published_for(profile: str) -> Mapping[str, float] | None:
    """`PUBLISHED` in the lesson's profile, whose data and settings they belong to; None in any other."""
    return PUBLISHED if profile == "lesson" else None


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]], left: int = 0, centred: Sequence[int] = ()) -> str:
    """A markdown table; the first `left` columns flush left, `centred` ones centred, the others flush right.

    Cells are one line; their vertical bars are escaped.
    """
    rules = [":-" if n < left else ":-:" if n in centred else "-:" for n in range(len(head))]
    lines = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in (head, rules, *rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def escaped(text: str) -> str:
    """Text whose signs markdown would read as markup (the bar of a table is left to `markdown`), and `isolated`."""
    for sign in "\\`*_<[":
        text = text.replace(sign, "\\" + sign)
    return isolated(text)


def isolated(text: str) -> str:
    """Text that runs from right to left, set apart so that what stands beside it keeps its place (Unicode's UAX 9)."""
    return f"\u2068{text}\u2069" if _RIGHT_TO_LEFT.search(text) else text


def _interval(result: Result, score: str, common: Mapping[str, Pooled | None], digits: int) -> str:
    scale = 100 if score == "exact" else 1
    summary, spread = result.summary(score), common[score]
    return summary._replace(sd=spread and spread.half_width(summary.n)).written(digits, scale)
