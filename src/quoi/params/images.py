"""Section `images` of params.yaml: where the labelled pictures come from, and how large they are kept."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from quoi.params.corpus import Archive
from quoi.params.section import OwnPath, ParamsSection, Positive, Url, require_file

ImageSource = Literal["openmoji", "folder", "cifar100", "imagenette", "imagenet"]


class Cifar100(Archive):
    """CIFAR-100 in its binary form: 60,000 pictures of 32 x 32 pixels, 100 labels."""

    urls: list[Url] = Field(default=["https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"])


class Imagenette(Archive):
    """Ten of ImageNet's classes. Beside the 320 pixels there are `imagenette2.tgz` and `imagenette2-160.tgz`."""

    urls: list[Url] = Field(default=["https://s3.amazonaws.com/fast-ai-imageclas/imagenette2-320.tgz"])


class ImageParams(ParamsSection):
    """Labelled pictures: drawn from OpenMoji, your own, or a published set.

    `path` is that of `folder` (a folder, or a CSV of path,label) and of `imagenet` (Kaggle's layout); `licence` and
    `attribution` are those of `folder`. Emoji are drawn `size` pixels wide; `labels` keeps the first labels that
    come, `per_label` the first pictures of each, and of each of a source's own splits. A downloaded archive without a
    `sha256` is checked against the digest that quoi knows.
    """

    source: ImageSource = "openmoji"
    path: OwnPath = None
    licence: str = "not stated"
    attribution: str | None = None
    cifar100: Cifar100 = Cifar100()
    imagenette: Imagenette = Imagenette()
    size: Annotated[int, Field(ge=16, le=2048)] = 224
    shorter_side: Annotated[int, Field(ge=16, le=4096)] = 256
    max_pixels: Annotated[int, Field(ge=1024, le=2_000_000_000)] = 89_478_485
    labels: Positive | None = None
    per_label: Positive | None = None

    @model_validator(mode="after")
    def _named(self) -> ImageParams:
        if self.source in ("folder", "imagenet") and self.path is None:
            raise ValueError(f"source `{self.source}` needs images.path")
        if self.source in ("cifar100", "imagenette"):
            require_file(f"source `{self.source}`", f"images.{self.source}", getattr(self, self.source))
        return self
