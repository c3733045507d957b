"""The real backbone, loaded once, and one thread, with which sums come out the same."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def lite0():
    from quoi.devise import backbone

    return backbone.load(backbone.LITE0, 3)


@pytest.fixture
def one_thread():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
