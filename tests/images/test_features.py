"""From pictures to features: shapes, views, and files."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image

from quoi.images.features import FEATURES, NOTE, PLAIN, SCORES, PictureFeatures, altered, extract, of_pictures, prepared
from quoi.io.errors import QuoiError
from quoi.params.devise import FeatureParams as Settings
from tests.images.pictures import pixels

SIZE = 64
VIEWS = [PLAIN, "flip", "zoom", "rotated"]


def pictures() -> list[Image.Image]:
    """Seven, of different shapes."""
    shapes = [(40, 30), (64, 64), (30, 90), (200, 100), (1, 1), (65, 64), (3, 128)]
    random = np.random.default_rng(1)
    made = [pixels(max(2, width), height) for width, height in shapes[:3]]
    return made + [Image.fromarray(random.integers(0, 256, (h, w, 3), dtype=np.uint8)) for w, h in shapes[3:]]


@pytest.fixture(scope="module")
def extracted(lite0, tmp_path_factory):
    folder = tmp_path_factory.mktemp("features") / "features"
    extract(pictures(), lite0, Settings(size=SIZE), folder)
    return folder


def test_all_at_once_and_one_by_one_are_the_same(extracted, lite0):
    features = PictureFeatures.open(extracted)
    assert features.vectors.shape == (7, 4, sum(lite0.widths)) and features.vectors.dtype == np.float32
    assert (
        features.note.views == VIEWS and features.note.widths == lite0.widths and features.note.digest == lite0.digest
    )
    for row, picture in enumerate(pictures()):
        (alone,) = of_pictures([picture], lite0, SIZE, VIEWS)
        assert np.allclose(features.vectors[row], alone, atol=1e-4 * np.abs(alone).max()), row
        with torch.inference_mode():
            scores = lite0(prepared(picture, SIZE)[None])[1][0].numpy()
        assert np.allclose(features.scores[row], scores, atol=1e-3 * np.abs(scores).max())
    assert (features.view("zoom") == features.vectors[:, 2]).all()
    # Views are different pictures.
    assert all(np.abs(features.view(PLAIN) - features.view(name)).max() > 0.1 for name in VIEWS[1:])


def test_the_same_pictures_give_the_same_bytes(extracted, lite0, tmp_path):
    extract(pictures(), lite0, Settings(size=SIZE), tmp_path / "again")
    for name in (FEATURES, SCORES, NOTE):
        assert (tmp_path / "again" / name).read_bytes() == (extracted / name).read_bytes()


def test_other_batches_and_fewer_views(extracted, lite0, tmp_path):
    extract(pictures()[:5], lite0, Settings(size=SIZE, views=["rotated"], batch_size=2), tmp_path / "new")
    features, before = PictureFeatures.open(tmp_path / "new"), PictureFeatures.open(extracted)
    assert features.note.views == [PLAIN, "rotated"] and features.vectors.shape[:2] == (5, 2)
    scale = 1e-4 * np.abs(before.vectors).max()
    assert np.allclose(features.vectors, before.vectors[:5, [0, 3]], atol=scale)


def test_of_pictures_does_not_depend_on_the_others(lite0):
    whole = of_pictures(pictures(), lite0, SIZE, [PLAIN, "flip"])
    again = of_pictures(pictures()[::-1], lite0, SIZE, [PLAIN, "flip"])[::-1]
    assert np.allclose(whole, again, atol=1e-4)


class Unreadable(list):
    def __getitem__(self, number: int) -> Image.Image:
        if number == 5:
            raise QuoiError("000005.png in images.zip is damaged.")
        return super().__getitem__(number)


def test_a_damaged_picture_leaves_what_was_there(extracted, lite0, tmp_path):
    folder = tmp_path / "features"
    extract(pictures()[:2], lite0, Settings(size=SIZE, views=[]), folder)
    before = (folder / FEATURES).read_bytes()
    with pytest.raises(QuoiError, match="is damaged"):
        extract(Unreadable(pictures()), lite0, Settings(size=SIZE, views=[]), folder)
    assert (folder / FEATURES).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["features"]


@pytest.mark.parametrize("shape", [(40, 30), (30, 40), (64, 64), (65, 64), (7, 20), (1, 1), (2, 5), (1000, 500)])
def test_the_middle_square_is_taken(shape):
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 256, (*shape[::-1], 3), dtype=np.uint8))
    made = prepared(picture, SIZE)
    assert made.shape == (3, SIZE, SIZE) and made.dtype == torch.float32 and made.min() >= 0 and made.max() <= 1
    width, height = (round(side * SIZE / min(shape)) for side in shape)
    left, top = (width - SIZE) // 2, (height - SIZE) // 2
    scaled = picture.resize((width, height), Image.Resampling.BICUBIC) if min(shape) != SIZE else picture
    wanted = np.array(scaled.crop((left, top, left + SIZE, top + SIZE)), dtype=np.float32) / 255
    assert np.allclose(made.permute(1, 2, 0), wanted, atol=1e-6)


def plane(size: int = 50) -> torch.Tensor:
    """Pictures [2, 3, size, size] that rise evenly to the right and, twice as much, downwards."""
    along = (torch.arange(size) + 0.5) / size * 2 - 1
    one = 0.5 + 0.1 * along[None, :] + 0.2 * along[:, None]
    return torch.stack([one, one.T])[:, None].expand(2, 3, size, size).contiguous()


def test_views_are_what_they_are_called():
    square = plane()
    along = ((torch.arange(50) + 0.5) / 25 - 1).double()
    x, y = along[None, :], along[:, None]
    assert altered(square, PLAIN) is square
    flip = altered(square, "flip")
    assert (altered(flip, "flip") == square).all() and torch.allclose(flip[0, 0].double(), 0.5 - 0.1 * x + 0.2 * y)
    # The middle 82 %: the same plane, less steep.
    zoom = altered(square, "zoom")
    assert torch.allclose(zoom[0, 2].double(), 0.5 + 0.82 * (0.1 * x + 0.2 * y), atol=1e-5)
    angle = torch.tensor(15.0).deg2rad().double()
    rise = 0.1 * (x * angle.cos() - y * angle.sin()) + 0.2 * (x * angle.sin() + y * angle.cos())
    rotated = altered(square, "rotated")
    inside = (slice(8, 42), slice(8, 42))
    assert torch.allclose(rotated[0, 1].double()[inside], (0.5 + rise)[inside], atol=1e-5)
    # Corners come from outside: they are what the border is, and no black.
    assert square.min() <= rotated.min() and rotated.max() <= square.max()
    assert not torch.allclose(rotated, square, atol=0.01) and rotated.shape == square.shape
    # Every picture of a batch is rotated alike.
    assert torch.allclose(altered(square[1:], "rotated")[0], rotated[1], atol=1e-6)


@pytest.mark.parametrize("name", [FEATURES, SCORES, NOTE])
def test_a_file_that_is_not_there_is_named(extracted, tmp_path, name):
    shutil.copytree(extracted, tmp_path, dirs_exist_ok=True)
    (tmp_path / name).unlink()
    with pytest.raises(QuoiError, match=rf"{name} does not exist yet: run `dvc repro`"):
        PictureFeatures.open(tmp_path)


def test_a_note_of_another_version_is_one_sentence(extracted, tmp_path):
    shutil.copytree(extracted, tmp_path, dirs_exist_ok=True)
    note = json.loads((tmp_path / NOTE).read_text())
    for change in ([], {"backbone": "x"}, note | {"more": 1}):
        (tmp_path / NOTE).write_text(json.dumps(change))
        with pytest.raises(QuoiError, match=r"features\.json is not what this version of quoi writes"):
            PictureFeatures.open(tmp_path)
