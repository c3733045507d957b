"""Making data/images: pictures of one source, made alike, counted, and written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from quoi.images.archive import NOTE, write
from quoi.images.convert import Converted, Limits, convert_all
from quoi.images.pictures import LeaveOut, Picture, Source, shown
from quoi.io.errors import QuoiError
from quoi.io.files import replacing, write_json
from quoi.io.geometry import evenly
from quoi.io.progress import bar
from quoi.params.images import ImageParams
from quoi.records.checks import Measures

_SHOWN = 20
"""Labels as they were read, and reasons why pictures are left out."""


@dataclass
class Fetched:
    """How many pictures there are, and what became of the others."""

    pictures: int = 0
    labels: set[str] = field(default_factory=set)
    how: Counter[str] = field(default_factory=Counter)
    """Pictures by what was done to them."""
    left_out: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    """Those left out because they could not be read as pictures."""
    examples: dict[str, str] = field(default_factory=dict)
    """For each reason in `left_out`, the first that it was the reason for."""

    def leave_out(self, reason: str, which: str) -> None:
        """Count a picture that is not taken."""
        self.left_out[reason] += 1
        self.examples.setdefault(reason, shown(which))

    def counts(self) -> dict[str, Any]:
        """What reports/devise/images.json says."""
        return {
            "pictures": self.pictures,
            "labels": len(self.labels),
            "made": dict(sorted(self.how.items())),
            "left_out": dict(sorted(self.left_out.items())),
        }

    def checks(self) -> Measures:
        """What a data set of pictures ought to have."""
        names = sorted(self.labels)
        measured = {
            "labels": len(names),
            "labels_no_words": sum(not any(map(str.isalpha, name)) for name in names) / max(1, len(names)),
            "pictures_unread": self.unread / (self.pictures + self.unread),
        }
        left_out = {reason: f"{count:,}" for reason, count in self.left_out.most_common()}
        shown_labels = {str(row + 1): names[row] for row in evenly(len(names), _SHOWN).tolist()}
        return Measures(measured, {"labels as they were read": shown_labels, "left out": left_out})

    def summary(self) -> str:
        """What was left out, a line a reason, most frequent first; "" for nothing."""
        lines = [
            f"  {reason}: {count:,} (the first: {self.examples[reason]})"
            for reason, count in self.left_out.most_common(_SHOWN)
        ]
        return "\n".join([f"{self.left_out.total():,} left out:", *lines] if lines else [])


def fetch(params: ImageParams, folder: Path, workers: int | None = None) -> Fetched:
    """Write `images.zip`, `images.parquet` and `source.json`; the same data give the same bytes with any workers.

    Raises:
        QuoiError: the source is absent, cannot be downloaded, is damaged or has another form; there is no picture
            left; the folder cannot be written.
    """
    source, fetched = open_source(params), Fetched()
    limits = Limits(params.shorter_side, params.max_pixels)
    with replacing(folder) as partial, bar(f"Pictures ({source.name})", source.total) as advance:
        partial.mkdir()
        pictures = _first(source.pictures(fetched.leave_out), params, fetched.leave_out)

        def kept() -> Iterator[tuple[Picture, Converted]]:
            for picture, result in convert_all(pictures, limits, workers):
                advance(1)
                if isinstance(result, str):
                    path = picture.content if isinstance(picture.content, Path) else picture.name
                    fetched.unread += 1
                    fetched.leave_out(result, str(path))
                else:
                    fetched.pictures += 1
                    fetched.labels.add(picture.label)
                    fetched.how[result.how] += 1
                    yield picture, result

        write(partial, kept())
        if not fetched.pictures:
            reasons = ", ".join(f"{reason} ({count:,})" for reason, count in fetched.left_out.most_common(5))
            raise QuoiError(f"There is no picture in {params.path or source.name}; left out: {reasons or 'nothing'}.")
        note = {
            "name": source.name,
            "description": source.description,
            "url": source.url,
            "licence": source.licence,
            "attribution": source.attribution,
            "limits": asdict(limits),
            **source.more,
            **fetched.counts(),
        }
        write_json(partial / NOTE, note)
    return fetched


def open_source(params: ImageParams) -> Source:
    """The source that `images.source` names.

    Raises:
        QuoiError: it is absent, cannot be downloaded, or has another form.
    """
    from quoi.images.sources import cifar100, folder, imagenet, imagenette, openmoji

    modules = {"cifar100": cifar100, "folder": folder, "imagenet": imagenet, "imagenette": imagenette}
    return modules.get(params.source, openmoji).source(params)


def _first(pictures: Iterator[Picture], params: ImageParams, leave_out: LeaveOut) -> Iterator[Picture]:
    """The first labels, and of each label and each of the source's own splits the first pictures."""
    labels: set[str] = set()
    seen: Counter[tuple[str, str | None]] = Counter()
    for picture in pictures:
        if picture.label not in labels and params.labels is not None and len(labels) == params.labels:
            leave_out("more than images.labels", picture.name)
            continue
        labels.add(picture.label)
        seen[picture.label, picture.split] += 1
        if params.per_label is not None and seen[picture.label, picture.split] > params.per_label:
            leave_out("more than images.per_label", picture.name)
        else:
            yield picture
