"""Let torchvision import beside a torch build that its compiled operators do not fit.

On a machine without a GPU, the CPU build satisfies the pin on torch, but torchvision's wheel is built against the CUDA
libraries: its compiled operators do not load, and its import then fails because it registers shape functions for two
operators, `torchvision::nms` and `torchvision::qnms`, that nobody has declared. Declared here, by their schemas alone,
they let the import pass; calling them still says that there is no implementation. quoi uses neither.

Whatever imports torchvision, directly or through torchmetrics and Lightning, calls `prepare` first.
"""

from __future__ import annotations

import sys
from typing import Any

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_declared: list[Any] = []


def prepare() -> None:
    """Declare the two operators where torchvision's own library does not load; elsewhere do nothing."""
    if _declared or "torchvision" in sys.modules or _loads():
        return
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        library.define(name + _SCHEMA)
    _declared.append(library)  # the declaration lasts as long as this object


def _loads() -> bool:
    """Whether torchvision's compiled operators load beside this torch."""
    import importlib.machinery
    import importlib.util

    import torch

    spec = importlib.util.find_spec("torchvision")
    if spec is None or not spec.submodule_search_locations:
        return True  # nothing to repair: the import will say that it is not installed
    finder = importlib.machinery.FileFinder(
        spec.submodule_search_locations[0],
        (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
    )
    extension = finder.find_spec("_C")
    if extension is None or extension.origin is None:
        return False
    try:
        torch.ops.load_library(extension.origin)
    except OSError:
        return False
    return True
