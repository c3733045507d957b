"""A hand-written forward and backward pass of the loss, faster on a CPU than what autograd makes of the plain form.

The plain form stands in translation/loss.py; benchmarks/kernels.py measures the gain, and
tests/translation/test_kernels.py compares values and gradients. `hardware.kernels: false` trains by the plain form.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

_used = True


def used() -> bool:
    """Whether this process computes with it."""
    return _used


def switch(on: bool) -> None:
    """Use it from now on in this process, or the plain form."""
    global _used
    _used = on


@contextmanager
def switched(on: bool) -> Iterator[None]:
    """Use it, or the plain form, inside a `with` block."""
    before = _used
    switch(on)
    try:
        yield
    finally:
        switch(before)
