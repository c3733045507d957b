"""The largest logit of a row and its column, found run by run."""

from __future__ import annotations

import pytest
import torch

from quoi.translation import loss


@pytest.mark.parametrize("width", [1, 2, loss.RUN - 1, loss.RUN, loss.RUN + 1, 3 * loss.RUN, 3 * loss.RUN + 5])
@pytest.mark.parametrize("levels", [2, 10_000])
def test_the_largest_and_its_place_are_torchs(width, levels):
    # With two levels there are many equals: the first of them counts.
    logits = torch.randint(-levels, 0, (40, width), generator=torch.Generator().manual_seed(width)).float()
    highest, columns = loss._highest(logits)
    wanted = logits.max(dim=1, keepdim=True)
    assert highest.equal(wanted.values)
    assert columns.equal((logits == wanted.values).int().argmax(dim=1, keepdim=True))


def test_an_infinite_logit_in_the_last_column_is_found():
    logits = torch.full((2, loss.RUN + 1), -torch.inf)
    logits[:, -1] = 0
    assert loss._highest(logits)[1].flatten().tolist() == [loss.RUN] * 2
