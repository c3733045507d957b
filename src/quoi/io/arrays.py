"""Arrays from files that cannot carry code: several by name in a safetensors file, or one in a .npy file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tokenize import TokenError

import numpy as np

from quoi.io.errors import QuoiError, absent


def read_tensors(path: Path | str, holds: str, only: Iterable[str] | None = None) -> dict[str, np.ndarray]:
    """The tensors of a safetensors file by name.

    Args:
        holds: what the file ought to hold, for the error.

    Raises:
        QuoiError: the file is absent or damaged, no safetensors file, or lacks a wanted name.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "numpy") as file:
            return {name: file.get_tensor(name) for name in only or file.keys()}
    except FileNotFoundError:
        raise absent(path) from None
    except (SafetensorError, OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        # numpy lacks some of the format's types.
        raise QuoiError(f"{path} is damaged or holds no {holds} ({error}): run `dvc repro`.") from None


def mapped(path: Path | str) -> np.ndarray:
    """The array of a .npy file, mapped and not read.

    Raises:
        QuoiError: the file is absent or damaged, or holds Python objects.
    """
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except FileNotFoundError:
        raise absent(path) from None
    except (OSError, ValueError, TokenError, EOFError, TypeError, OverflowError, RecursionError) as error:
        # numpy reads the header as Python code, and of a damaged one raises what Python does.
        raise QuoiError(f"{path} is damaged ({error}): run `dvc repro`.") from None
