"""What DeViSE's scores say, in words."""

from __future__ import annotations

import math

from quoi.report.devise_scores import CONTROLS, WHOLE, Scores, percent


def meaning(scores: Scores) -> str:
    """What the numbers say, in sentences that the numbers choose, as a markdown list."""
    return "".join(f"- {' '.join(_said(scores, name))}\n" for name in scores.sets)


def _said(scores: Scores, name: str) -> list[str]:
    told, chance = scores.summary(WHOLE, name), scores.by[WHOLE][name][0]["chance@5"]
    pictures, labels = scores.of(name, "pictures"), scores.of(name, "labels")
    if name == "unseen":
        return [
            f"**Unseen.** Asked which of {labels:,} labels that no training saw a picture shows, DeViSE has the right "
            f"one among its first five for {percent(told)} % of {pictures:,} pictures, {_times(told.mean / chance)} "
            f"({100 * chance:.1f} %).",
            *_beside(scores, name),
            f"The number of pictures alone leaves each share a standard error of {_error(told.mean, pictures):.1f} "
            "points; but they are the same pictures for all methods, so differences are known better than that.",
        ]
    if name == "unseen among all":
        fell = told.mean < 0.9 * scores.summary(WHOLE, "unseen").mean
        why = ": trained labels draw pictures towards them, as in all such models" if fell else ""
        return [
            f"**Unseen among all.** Where trained labels are candidates too, {labels:,} in all, it is "
            f"{percent(told)} %{why}.",
            *_beside(scores, name),
        ]
    return [f"**Seen.** A picture of a trained label finds it in {percent(told)} %.", *_beside(scores, name)]


def _times(times: float) -> str:
    if times >= 1.5:
        return f"{times:,.0f} times what chance would give" if times >= 10 else f"{times:.1f} times chance"
    return "little more than chance would give" if times > 1.1 else "no more than chance would give"


def _error(share: float, count: int) -> float:
    """Standard error of a share, in points."""
    return 100 * math.sqrt(share * (1 - share) / max(1, count))


def _beside(scores: Scores, name: str) -> list[str]:
    """How DeViSE compares with the best control, and with a part of it that does as well."""
    ours, said = scores.summary(WHOLE, name), []
    control = scores.best([method for method in CONTROLS if method in scores.by], name)
    if control is not None:
        theirs = scores.summary(control, name)
        apart, spread = 100 * (ours.mean - theirs.mean), 100 * max(ours.sd or 0, theirs.sd or 0)
        far = f"{abs(apart):.1f} points {'less' if apart > 0 else 'more'}" if abs(apart) >= 0.05 else "as much"
        if ours.sd is None:
            far += ", of whose spread one seed tells nothing"
        elif abs(apart) >= 0.05:
            within = "within" if abs(apart) <= 2 * spread else "more than"
            far += f", {within} two standard deviations of the seeds ({2 * spread:.1f})"
        said.append(f"The best control, *{control}*, reaches {percent(theirs)} %: {far}.")
    part = scores.best([method for method in scores.methods if method not in (WHOLE, *CONTROLS)], name)
    if part is not None and scores.summary(part, name).mean >= ours.mean:
        said.append(f"A part of it does at least as well: *{part}* reaches {percent(scores.summary(part, name))} %.")
    return said
