"""The fact check: what params.yaml expects of the data beside what was measured, as a table. It never fails a stage."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from quoi.params.corpus import Facts
from quoi.params.languages import SIDES, Side

Rows = dict[str, dict[str, Any]]
"""`expected`, `found` and `equal` by the name of the fact. A mapping, not a list: DVC would draw a list."""


def compare(expected: Facts, measured: Mapping[str, float]) -> Rows:
    """Every fact that is both expected and measured, in the order of section `facts`.

    A whole number must be met exactly, any other to the digits in which it is given: 0.0076 by 0.00757.

    Args:
        expected: section `facts` of params.yaml.
        measured: some of the facts, by name: each stage brings those that it knows.
    """
    rows = {}
    for name, value in expected.model_dump(exclude_none=True).items():
        if name in measured:
            digits = 0 if isinstance(value, int) else max(0, -Decimal(repr(value)).as_tuple().exponent)
            equal = measured[name] == value or (digits > 0 and round(float(measured[name]), digits) == value)
            rows[name] = {"expected": value, "found": measured[name], "equal": bool(equal)}
    return rows


def of_corpus(counts: Mapping[str, Any]) -> dict[str, float]:
    """The facts in what `numericalize` counts."""
    plain = ("pairs", "training", "validation", "vocabulary_source", "vocabulary_target", "cut_source", "cut_target")
    return {
        "question_pairs": counts["pairs"] + counts["too_long"],
        **{name: counts[name] for name in plain},
        **{f"length_{side}_p90": counts[f"length_{side}"]["p90"] for side in SIDES},
    }


def of_vectors(
    side: Side, report: Mapping[str, Any], special: int, moments: tuple[float, float] | None
) -> dict[str, float]:
    """The facts in what the embed stage says of one side's published vectors.

    The lesson looks the special words up too, and finds none of them.

    Args:
        report: reports/vectors/SIDE.json.
        special: the number of special words.
        moments: mean and standard deviation of all numbers in the file; None where they were not measured.
    """
    measured = {
        f"vectors_{side}_words": report["source"]["words"],
        f"vectors_{side}_dimensions": report["dimensions"],
        f"missed_{side}": report["missed_without_subwords"] + special,
    }
    if moments:
        measured |= {f"vectors_{side}_mean": moments[0], f"vectors_{side}_sd": moments[1]}
    return measured


def markdown(rows: Rows) -> str:
    """The facts as a markdown table."""
    lines = ["| fact | expected | found | equal? |", "| :- | -: | -: | :-: |"]
    for name, row in rows.items():
        values = " | ".join(map(written, (row["expected"], row["found"])))
        lines.append(f"| {Facts.model_fields[name].description} | {values} | {'yes' if row['equal'] else '**no**'} |")
    return "".join(f"{line}\n" for line in lines)


def summary(rows: Rows) -> str:
    """One line for the terminal: how many facts are met, and which are not."""
    missed = [
        f"{name} is {written(row['found'])}, expected {written(row['expected'])}"
        for name, row in rows.items()
        if not row["equal"]
    ]
    return "; ".join([f"{len(rows) - len(missed)} of {len(rows)} facts met", *missed])


def written(value: float) -> str:
    """A number for people: thousands apart, at most six digits where it is not whole."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
