"""The backbone: the real one against timm run by hand, and torchvision's without a network."""

from __future__ import annotations

import os
import re
import urllib.error
from pathlib import Path

import matplotlib
import pytest
import torch
from PIL import Image
from torch import nn

from quoi.devise.baselines import imagenet_classes
from quoi.images import backbone
from quoi.images.features import prepared
from quoi.io.errors import QuoiError


def pixels(count: int = 3, size: int = 64) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def network():
    """torchvision's registry, whose networks have the weights that chance gives them."""
    from quoi.io import torchvision_compat

    torchvision_compat.prepare()
    from torchvision import models

    def get(name: str, weights: object) -> nn.Module:
        torch.manual_seed(1)
        return models.get_model_builder(name)(weights=None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "get_model", get)
        yield models


def test_layers_are_what_timm_computes(lite0):
    given = pixels()
    network, kept = lite0.network, []
    with torch.inference_mode():
        x = (given - torch.tensor([0.5] * 3)[:, None, None]) / 0.5
        x = network.bn1(network.conv_stem(x))
        for block in network.blocks:
            x = block(x)
            kept.append(x.mean((2, 3)))
        pooled = network.global_pool(network.bn2(network.conv_head(x)))
        wanted = torch.cat([pooled, kept[-1], kept[-2], kept[-3]], 1)
        made, scores = lite0(given)
        assert torch.allclose(made, wanted, atol=1e-5)
        assert torch.allclose(scores, network.classifier(pooled), atol=1e-4)
    assert lite0.widths == [1280, 320, 192, 112] and made.std() > 0.05


def test_it_knows_what_it_sees(lite0):
    """Rear admiral Grace Hopper, a picture that comes with matplotlib."""
    with Image.open(Path(matplotlib.get_data_path()) / "sample_data/grace_hopper.jpg") as picture:
        given = prepared(picture.convert("RGB"), 224)[None]
    with torch.inference_mode():
        scores = lite0(given)[1][0]
    uniform = "n03763968"
    assert imagenet_classes()[int(scores.argmax())] == uniform and scores.softmax(0).max() > 0.3


def test_compiled_it_computes_the_same(lite0):
    given = pixels(4, 96)
    with torch.inference_mode():
        compiled = lite0.compiled(4, 96)
        for batch in (given, given.flip(0), given * 0):
            for made, wanted in zip(compiled(batch), lite0(batch), strict=True):
                assert torch.allclose(made, wanted, atol=1e-4 * wanted.abs().max())
        apart = torch.cat([lite0(picture[None])[0] for picture in given])
        assert torch.allclose(lite0(given)[0], apart, atol=1e-4)


def test_it_stays_as_it_is(lite0):
    assert not lite0.training and not any(part.requires_grad for part in lite0.parameters())
    again = backbone.load(backbone.LITE0, 0)
    assert again.digest == lite0.digest and re.fullmatch("[0-9a-f]{64}", again.digest)
    assert again.widths == [1280]
    with torch.no_grad():
        next(again.network.parameters())[0] += 1
    assert backbone._digest(again.network) != lite0.digest


@pytest.mark.parametrize(
    ("name", "widths"),
    [
        ("resnet18", [512, 512, 256]),
        ("mobilenet_v3_small", [1024, 576, 96]),
        ("squeezenet1_1", None),
        ("regnet_x_400mf", [400, 400]),
    ],
)
def test_classifiers_of_torchvision(network, name, widths):
    if widths is None:
        with pytest.raises(QuoiError, match="SqueezeNet ends in no linear layer"):
            backbone.load(name, 2)
        return
    made = backbone.load(name, 2)
    assert made.widths[: len(widths)] == widths and made.name == name
    # ImageNet's mean colour is a picture of zeros.
    mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None].expand(1, 3, 64, 64)
    seen = []
    made.network.register_forward_pre_hook(lambda module, given: seen.append(given[0]))
    features, scores = made(mean)
    assert seen[0].abs().max() < 1e-6 and features.shape == (1, sum(made.widths)) and scores.shape == (1, 1000)


class OneSize(nn.Module):
    """Like a vision transformer: it takes pictures of one size."""

    def __init__(self) -> None:
        super().__init__()
        self.features, self.head = nn.Sequential(nn.Conv2d(3, 4, 3)), nn.Linear(4, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        assert x.shape[2] == 224, "Wrong image height!"
        return self.head(self.features(x).mean((2, 3)))


class ChannelsLast(nn.Module):
    """Like a Swin transformer: its maps are [B, height, width, C]."""

    def __init__(self) -> None:
        super().__init__()
        self.features, self.head = nn.Sequential(nn.AvgPool2d(16), Permuted()), nn.Linear(3, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x).mean((1, 2)))


class Permuted(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(0, 2, 3, 1)


def test_networks_that_are_no_backbones():
    for network, layers, said in (
        (OneSize(), 0, "it cannot be a backbone with features.layers 0: it takes pictures of one size only"),
        (ChannelsLast(), 1, "it cannot be a backbone with features.layers 1: "),
    ):
        with pytest.raises(QuoiError) as raised:
            backbone.Backbone("it", network, [0.5] * 3, [0.5] * 3, layers)
        assert str(raised.value).startswith(said)
    assert backbone.Backbone("it", ChannelsLast(), [0.5] * 3, [0.5] * 3, 0).widths == [3]


def test_an_unknown_name_is_one_sentence():
    with pytest.raises(QuoiError) as raised:
        backbone.load("resnet19", 3)
    assert str(raised.value).startswith("There is no backbone 'resnet19'") and "resnet18" in str(raised.value)
    with pytest.raises(QuoiError, match="efficientnet-lite0"):
        backbone.load("efficientnet-lite1", 3)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (urllib.error.URLError(OSError("Name or service not known")), "Name or service not known."),
        (ConnectionResetError("Connection reset by peer"), "Connection reset by peer."),
        (RuntimeError('invalid hash value (expected "f37072fd",\n got "e3b0c442")'), 'got "e3b0c442").'),
    ],
)
def test_weights_that_cannot_be_downloaded(monkeypatch, tmp_path, error, reason):
    def refuse(*given: object, **named: object) -> None:
        raise error

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    with pytest.raises(QuoiError) as raised:
        backbone.load("resnet18", 3)
    sentence = str(raised.value)
    assert sentence.startswith("The weights of resnet18 cannot be downloaded from https://") and sentence.endswith(
        reason
    )
    assert "\n" not in sentence


class Payload:
    """What runs when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def test_weights_that_would_run_code_are_not_loaded(monkeypatch, tmp_path):
    def send(url: str, path: str, *given: object, **named: object) -> None:
        torch.save({"fc.weight": Payload()}, path)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "0")
    monkeypatch.setattr(torch.hub, "download_url_to_file", send)
    with pytest.raises(QuoiError, match=r"^What https://\S+ sends holds more than weights: it is not loaded\.$"):
        backbone.load("resnet18", 3)
    assert not (tmp_path / "unpickled").exists()
