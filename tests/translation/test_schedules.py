"""Learning rates, momentum and forcing, against hand-computed values."""

from __future__ import annotations

import pytest
import torch

from quoi.params import Translation
from quoi.translation import schedules


def rates(**settings) -> tuple[list[float], list[float]]:
    settings = Translation(learning_rate=1.0, epochs=10, **settings)
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], 1.0, betas=(settings.beta1, 0.99))
    scheduler = schedules.learning_rate(settings, optimizer, total=100)
    seen = []
    for _ in range(100):
        group = optimizer.param_groups[0]
        seen.append((group["lr"], group["betas"][0]))
        optimizer.step()
        scheduler.step()
    return [rate for rate, _ in seen], [momentum for _, momentum in seen]


def test_the_lessons_cycle():
    cycle, momentum = rates()
    assert cycle[0] == pytest.approx(1 / 20)
    assert cycle[5] == pytest.approx((1 + 0.5 * 19) / 20)
    assert max(cycle) == cycle[10] == pytest.approx(1)
    assert cycle[55] == pytest.approx((1 + 0.5 * 19) / 20)
    assert schedules.up_down(100, 100, 20, 0.1) == pytest.approx(1 / 20)
    assert set(momentum) == {0.8}


def test_one_cycle_cycles_momentum_against_the_rate():
    cycle, momentum = rates(schedule="one-cycle", momentum_low=0.6)
    top = cycle.index(max(cycle))
    assert momentum[top] == min(momentum) == pytest.approx(0.6)
    assert momentum[0] == pytest.approx(0.8)
    assert cycle[0] == pytest.approx(1 / 20)


def test_step_and_constant():
    assert set(rates(schedule="constant")[0]) == {1.0}
    steps = rates(schedule="step", step_epochs=4, step_factor=0.5)[0]
    assert [steps[0], steps[39], steps[40], steps[80]] == pytest.approx([1, 1, 0.5, 0.25])


def test_forcing_falls_by_a_tenth_an_epoch():
    settings = Translation(forcing=True)
    falling = [schedules.forcing_probability(settings, epoch) for epoch in range(12)]
    assert falling == pytest.approx([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0, 0])
    assert schedules.forcing_probability(Translation(), 0) == 0


@pytest.mark.parametrize("coin", ["sentence", "batch"])
def test_the_forcing_mask_is_drawn_by_sentence_or_by_batch(coin):
    settings = Translation(forcing=True, forcing_coin=coin, forcing_start=0.5, forcing_epochs=1000)
    mask = schedules.forcing_mask(settings, 0, (400, 50), torch.Generator().manual_seed(0))
    assert mask.float().mean() == pytest.approx(0.5, abs=0.1)
    same = (mask == mask[:, :1]).all().item()
    assert same == (coin == "batch")
    assert schedules.forcing_mask(settings, 1000, (400, 50), torch.Generator()) is None
