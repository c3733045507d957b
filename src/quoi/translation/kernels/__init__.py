"""Hand-written forward and backward passes, which train faster on a CPU than what autograd makes of the plain forms.

The plain form of each stands in the module that uses it; benchmarks/kernels.py measures what each kernel gains, and
tests/translation/test_kernels.py compares values and gradients. `hardware.kernels: false` trains by the plain forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

NAMES = frozenset({"cross_entropy", "embedding", "gru"})

_used: frozenset[str] = NAMES


def used(name: str) -> bool:
    """Whether this process computes with a kernel."""
    return name in _used


def switch(on: bool) -> None:
    """Use all kernels from now on in this process, or none."""
    global _used
    _used = NAMES if on else frozenset()


@contextmanager
def only(*names: str) -> Iterator[None]:
    """Use these kernels and no others inside a `with` block."""
    global _used
    before, _used = _used, NAMES.intersection(names)
    try:
        yield
    finally:
        _used = before
