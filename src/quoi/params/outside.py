"""What params.yaml names that lies outside of the pipeline: the user's own files and folders, and downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quoi.params import Params
from quoi.params.corpus import Archive
from quoi.params.section import OWN, Section


@dataclass(frozen=True)
class Wanted:
    """A file or folder from elsewhere that a stage reads.

    Attributes:
        stage: which one.
        key: the section of params.yaml that names it.
        paths: a local copy of it, by key; empty: it is downloaded.
        urls: mirrors, in order.
    """

    stage: str
    key: str
    paths: dict[str, str]
    urls: list[str]


def wanted(given: Params) -> list[Wanted]:
    """The files from elsewhere that the settings have read."""
    source = given.corpus.source.replace("-", "_")
    section = getattr(given.corpus, source)
    names = ("path",) if isinstance(section, Archive) else ("pairs", "english", "french")
    reads: list[tuple[str, str, Any, tuple[str, ...]]] = []
    if source != "atlas":
        reads.append(("fetch_corpus", f"corpus.{source}", section, names))
    for language, name in (("en", "english"), ("fr", "french")):
        if not given.vectors.made_here(language):
            reads.append((f"embed@{language}", f"vectors.{name}", given.vectors.published(language), ("path",)))
    if given.images.source in ("cifar100", "imagenette"):
        key = given.images.source
        reads.append(("fetch_images", f"images.{key}", getattr(given.images, key), ("path",)))
    elif given.images.source != "openmoji":
        reads.append(("fetch_images", "images", given.images, ("path",)))
    if given.labels.nouns == "wordnet":
        reads.append(("label_vectors", "labels.wordnet", given.labels.wordnet, ("path",)))
    if given.labels.vectors.source != "glove-50d":
        reads.append(("label_vectors", "labels.vectors", given.labels.vectors, ("path",)))
    return [
        Wanted(
            stage,
            key,
            {f"{key}.{name}": path for name in names if (path := getattr(section, name))},
            getattr(section, "urls", []),
        )
        for stage, key, section, names in reads
    ]


def downloads(given: Params) -> list[str]:
    """The first address of every file that the settings have fetched; a file that is already here is not."""
    return list(dict.fromkeys(each.urls[0] for each in wanted(given) if each.urls and not each.paths))


def own_paths(section: Section, prefix: str = "") -> dict[str, str]:
    """Every path of the user's own in the settings by its dotted key, whether or not a stage reads it."""
    found: dict[str, str] = {}
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, Section):
            found |= own_paths(value, f"{prefix}{name}.")
        elif OWN in field.metadata and value is not None:
            found[f"{prefix}{name}"] = value
    return found
