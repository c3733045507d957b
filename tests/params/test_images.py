"""Section `images` of params.yaml: what is refused, and how that is said."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from quoi.params.images import ImageParams


def test_the_default_needs_nothing():
    assert (ImageParams().source, ImageParams().size, ImageParams().shorter_side) == ("openmoji", 224, 256)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"source": "coco"}, "'openmoji', 'folder', 'cifar100', 'imagenette' or 'imagenet'"),
        ({"source": "folder"}, "source `folder` needs images.path"),
        ({"source": "imagenet"}, "source `imagenet` needs images.path"),
        (
            {"source": "cifar100", "cifar100": {"urls": []}},
            "needs images.cifar100.path or images.cifar100.urls",
        ),
        ({"imagenette": {"urls": ["ftp://a/b"]}}, "must begin with http:// or https://"),
        ({"imagenette": {"sha256": "12"}}, "must be 64 hexadecimal digits"),
        ({"size": 8}, "greater than or equal to 16"),
        ({"size": "224"}, "valid integer"),
        ({"shorter_side": 0}, "greater than or equal to 16"),
        ({"max_pixels": 0}, "greater than or equal to 1024"),
        ({"labels": 0}, "greater than or equal to 1"),
        ({"per_label": 0}, "greater than or equal to 1"),
        ({"sizes": 1}, "Extra inputs are not permitted"),
    ],
)
def test_what_is_refused(given, message):
    with pytest.raises(ValidationError) as raised:
        ImageParams(**given)
    assert message in str(raised.value)
