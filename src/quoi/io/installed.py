"""Where the data of installed packages is."""

from __future__ import annotations

from importlib import util
from pathlib import Path

from quoi.io.errors import QuoiError


def folder_of(package: str, distribution: str, instead: str, how: str = "install it") -> Path:
    """The folder of an installed package, which is not imported.

    Args:
        distribution: what pip calls it.
        instead: the key of params.yaml that can name something else, for the error.
        how: what installs it, for the error.

    Raises:
        QuoiError: it is not installed.
    """
    spec = util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise QuoiError(f"Package {distribution} is not installed: {how}, or choose another {instead}.")
    return Path(spec.submodule_search_locations[0])
