"""How many pictures a second go through the default backbone, beside plain torch and beside the processor's limit.

Run: python benchmarks/features.py [--pictures 64] [--repeats 5]
Writes benchmarks/results/features.json. The limit is what the backbone's multiplications would take at the speed of a
large matrix product, which nothing on this processor exceeds; depthwise convolutions, a few multiplications for each
number that is moved, cannot reach it. Made-up pictures of 224 pixels.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
import torch
from PIL import Image
from torch.utils.flop_counter import FlopCounterMode

from quoi.images import backbone
from quoi.images.features import extract
from quoi.io.files import write_json
from quoi.io.progress import track
from quoi.params.devise import FeatureParams

RESULTS = Path(__file__).parent / "results" / "features.json"
_SIDE = 2048
_LARGE = 64


@click.command()
@click.option("--pictures", default=_LARGE, show_default=True)
@click.option("--repeats", default=5, show_default=True)
def main(pictures: int, repeats: int) -> None:
    """Time all in turn, so that a slow moment of the machine meets each."""
    settings = FeatureParams(views=[])
    random = np.random.default_rng(2018)
    made = [Image.fromarray(each) for each in random.integers(0, 256, (pictures, 256, 256, 3), dtype=np.uint8)]
    pixels = torch.rand(pictures, 3, settings.size, settings.size, generator=torch.Generator().manual_seed(1))
    plain, ours = backbone.load(settings.backbone, settings.layers), backbone.load(settings.backbone, settings.layers)
    last = pixels.contiguous(memory_format=torch.channels_last)
    folded = ours.compiled(settings.batch_size, settings.size)
    with FlopCounterMode(display=False) as counted, torch.inference_mode():
        plain(pixels[:1])
    work = counted.get_total_flops()
    square = torch.rand(_SIDE, _SIDE)
    with TemporaryDirectory() as folder, torch.inference_mode():
        ways: dict[str, Callable[[], object]] = {
            "plain": lambda: [plain(part) for part in pixels.split(_LARGE)],
            "channels_last": lambda: [ours(part) for part in last.split(_LARGE)],
            "small_batches": lambda: [ours(part) for part in last.split(settings.batch_size)],
            "folded": lambda: [folded(part) for part in last.split(settings.batch_size)],
            "stage": lambda: extract(made, ours, settings, Path(folder) / "features"),
            "product": lambda: torch.mm(square, square),
        }
        apart = max(float((folded(part)[0] - plain(part)[0]).abs().max()) for part in last.split(settings.batch_size))
        for way in ways.values():
            way()
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in track(range(repeats), "Timing"):
            for name, way in ways.items():
                times[name].append(_seconds(way))
    speed = {name: pictures / statistics.median(values) for name, values in times.items() if name != "product"}
    limit = 2 * _SIDE**3 / statistics.median(times["product"]) / work
    ratios = [one / other for one, other in zip(times["plain"], times["folded"], strict=True)]
    result = {
        "pictures": pictures,
        "repeats": repeats,
        "threads": torch.get_num_threads(),
        "gflop_a_picture": round(work / 1e9, 3),
        **{f"{name}_a_second": round(value, 1) for name, value in speed.items()},
        "limit_a_second": round(limit, 1),
        "ratio_to_plain": round(statistics.median(ratios), 2),
        "ratio_to_plain_range": [round(min(ratios), 2), round(max(ratios), 2)],
        "share_of_limit": round(speed["folded"] / limit, 2),
        "largest_difference": apart,
        "machine": f"{platform.machine()}, Python {platform.python_version()}, torch {torch.__version__}",
    }
    write_json(RESULTS, result)
    click.echo(f"{pictures} pictures of {settings.size} pixels, {repeats} runs in turn, medians, pictures a second")
    for name, value in speed.items():
        click.echo(f"  {name.replace('_', ' '):14} {value:7.1f}")
    click.echo(f"  limit          {limit:7.1f}   folded reaches {result['share_of_limit']:.0%} of it")
    click.echo(f"  folded / plain {result['ratio_to_plain']:7.2f}   {min(ratios):.2f} to {max(ratios):.2f}")


def _seconds(way: Callable[[], object]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
