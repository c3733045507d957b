"""Hand-written forward and backward passes, which train faster on a CPU than what autograd makes of the plain forms.

The plain form of each stands in the module that uses it; benchmarks/kernels.py measures what they gain, and
tests/translation/test_kernels.py compares values and gradients. `hardware.kernels: false` trains by the plain forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_used = True


def used() -> bool:
    """Whether this process computes with them."""
    return _used


def switch(on: bool) -> None:
    """Use them from now on in this process, or the plain forms."""
    global _used
    _used = on


@contextmanager
def switched(on: bool) -> Iterator[None]:
    """Use them, or the plain forms, inside a `with` block."""
    before = _used
    switch(on)
    try:
        yield
    finally:
        switch(before)
