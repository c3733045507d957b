"""Which parameters decide a training's numbers: they key it, stand in its record, and are its run's in MLflow."""

from __future__ import annotations

from typing import Any

from quoi.params import Params
from quoi.params.settings import flat

_SECTIONS = ("profile", "languages", "corpus", "questions", "tokens", "vocabulary", "split", "vectors", "search")
"""What translation reads, beside the variant's own settings and how it is computed."""


def translation(params: Params, variant: str) -> dict[str, Any]:
    """Of a variant, with dotted keys: not the other variants' settings, nor other sources'."""
    sections = params.model_dump(include=set(_SECTIONS))
    used = ("source", "on_bad_line", "normalise", params.corpus.source.replace("-", "_"))
    sections["corpus"] = {key: value for key, value in sections["corpus"].items() if key in used}
    vectors, languages = params.vectors, params.languages.both.values()
    sections["vectors"]["languages"] = {
        language: own.model_dump(exclude_unset=True)
        for language, own in vectors.languages.items()
        if language in languages and not vectors.made_here(language)
    }
    if not any(map(vectors.reads_file, languages)):
        del sections["vectors"]["published"]
    sections["translation"] = params.variant(variant).model_dump()
    sections["hardware"] = params.hardware.model_dump(include={"precision", "threads", "kernels"})
    return flat(sections)


def devise(params: Params, variant: str = "") -> dict[str, Any]:
    """Of DeViSE, which has no variants, with dotted keys: not the seeds, nor other sources' settings."""
    sections = params.model_dump(include={"profile", "images", "features", "labels", "devise"})
    del sections["devise"]["seeds"]
    for name in ("cifar100", "imagenette"):
        if params.images.source != name:
            del sections["images"][name]
    return flat(sections)
