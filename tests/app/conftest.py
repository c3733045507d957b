from __future__ import annotations

import pytest

from tests.app import repository


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A small repository whose page can be live."""
    return repository.make(tmp_path_factory.mktemp("live"))
