"""Let torchvision import beside a torch build that its compiled operators do not fit.

On a machine without a GPU, the CPU build satisfies the pin on torch, but torchvision's wheel is built against the CUDA
libraries: its compiled operators do not load, and its import then fails because it registers shape functions for two
operators, `torchvision::nms` and `torchvision::qnms`, that nobody has declared. Declared here, by their schemas alone,
they let the import pass; calling them still says that there is no implementation. quoi uses neither.

Whatever imports torchvision, directly or through torchmetrics and Lightning, calls `prepare` first.
"""

from __future__ import annotations

import sys
from importlib import util
from pathlib import Path
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
    import torch

    (folder,) = util.find_spec("torchvision").submodule_search_locations
    try:
        torch.ops.load_library(str(next(Path(folder).glob("_C.*"))))
    except (OSError, StopIteration):
        return False
    return True
