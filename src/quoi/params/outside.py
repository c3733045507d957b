"""What params.yaml names that lies outside of the pipeline: the user's own files and folders, downloads, packages."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from quoi.params import Params
from quoi.params.corpus import PACKAGES
from quoi.params.section import OWN, ParamsSection


@dataclass(frozen=True)
class Wanted:
    """A file or folder from elsewhere that a stage reads.

    Attributes:
        key: the section of params.yaml that names it.
        paths: a local copy of it, by key; empty: it is downloaded.
        urls: mirrors, in order.
    """

    stage: str
    key: str
    paths: dict[str, str]
    urls: list[str]


def wanted(given: Params) -> list[Wanted]:
    """The files from elsewhere that the stages read with these parameters; those of a package are not among them."""
    corpus, vectors, images, labels = given.corpus.source, given.vectors, given.images.source, given.labels
    found = []
    if corpus != "atlas" and corpus not in PACKAGES:
        key = corpus.replace("-", "_")
        section = given.corpus.tatoeba.of(given.languages) if key == "tatoeba" else getattr(given.corpus, key)
        found.append(("fetch_corpus", f"corpus.{key}", section))
    found += [
        (f"embed@{side}", vectors.key(language), vectors.of(language))
        for side, language in given.languages.both.items()
        if vectors.reads_file(language)
    ]
    sections = [
        ("fetch_images", f"images.{images}", images in ("cifar100", "imagenette")),
        ("fetch_images", "images", images in ("folder", "imagenet")),
        ("label_vectors", "labels.wordnet", labels.nouns == "wordnet"),
        ("label_vectors", "labels.vectors", labels.vectors.source != "glove-50d"),
    ]
    found += [(stage, key, attrgetter(key)(given)) for stage, key, read in sections if read]
    return [
        Wanted(stage, key, _paths(section, f"{key}."), getattr(section, "urls", [])) for stage, key, section in found
    ]


def downloads(given: Params) -> list[str]:
    """The first address of every file that is downloaded with these parameters; one that is already here is not."""
    return list(dict.fromkeys(file.urls[0] for file in wanted(given) if file.urls and not file.paths))


def own_paths(section: ParamsSection, prefix: str = "") -> dict[str, str]:
    """Every path of the user's own in the parameters by its dotted key, whether or not a stage reads it."""
    paths = _paths(section, prefix)
    for name, value in section:
        inner = value if isinstance(value, dict) else {"": value}
        for key, one in inner.items():
            if isinstance(one, ParamsSection):
                paths |= own_paths(one, f"{prefix}{name}.{key}{'.' if key else ''}")
    return paths


def _paths(section: ParamsSection, prefix: str) -> dict[str, str]:
    """The paths of the user's own that stand in the section itself, by dotted key."""
    names = (name for name, field in type(section).model_fields.items() if OWN in field.metadata)
    return {f"{prefix}{name}": path for name in names if (path := getattr(section, name))}
