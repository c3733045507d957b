"""How fast a .vec file is read for a vocabulary, beside a plain line loop and beside the bare reading of the file.

Run: python benchmarks/vectors.py [--words 500000] [--dimensions 300] [--wanted 17573] [--repeats 5]
Writes benchmarks/results/vectors.json. The file is made in a temporary folder (1.3 GB) in the form that fastText
writes, its numbers of five digits from a seed. The line loop is what fastText's own page on its vectors shows: decode
a line, split it, look the word up, make numbers; it keeps the vocabulary's rows only, as quoi does.
"""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np

from quoi.io.files import write_json
from quoi.io.progress import track
from quoi.vectors.text_file import TextFile

RESULTS = Path(__file__).parent / "results" / "vectors.json"

# Its own process, so that the peak is the reading's alone.
_MEMORY = """
import json, resource, sys
from pathlib import Path
from quoi.vectors.text_file import TextFile
TextFile(Path(sys.argv[1]), True).lookup(json.load(sys.stdin))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@click.command()
@click.option("--words", default=500_000, show_default=True)
@click.option("--dimensions", default=300, show_default=True)
@click.option("--wanted", default=17_573, show_default=True, help="Words of the vocabulary; a tenth are not there.")
@click.option("--repeats", default=5, show_default=True)
def main(words: int, dimensions: int, wanted: int, repeats: int) -> None:
    """Time all three in turn, so that a slow moment of the machine meets each."""
    with tempfile.TemporaryDirectory(prefix="quoi-") as name:
        path = Path(name) / "wiki.vec"
        _write(path, words, dimensions)
        size = path.stat().st_size
        step = max(1, words // max(1, wanted - wanted // 10))
        vocabulary = [f"word{row}" for row in range(0, words, step)][: wanted - wanted // 10]
        vocabulary += [f"absent{row}" for row in range(wanted - len(vocabulary))]
        mine = TextFile(path, header=True).lookup(vocabulary)
        theirs = line_loop(path, vocabulary)
        assert mine.found.sum() == len(theirs) and all(
            (mine.vectors[row] == theirs[word]).all() for row, word in enumerate(vocabulary) if word in theirs
        )
        times: dict[str, list[float]] = {"raw": [], "quoi": [], "line_loop": []}
        for _ in track(range(repeats), "Timing"):
            times["raw"].append(_seconds(lambda: _raw(path)))
            times["quoi"].append(_seconds(lambda: TextFile(path, header=True).lookup(vocabulary)))
            times["line_loop"].append(_seconds(lambda: line_loop(path, vocabulary)))
        command = [sys.executable, "-c", _MEMORY, str(path)]
        memory = subprocess.run(command, input=json.dumps(vocabulary), capture_output=True, text=True, check=True)
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratios = [quoi / loop for quoi, loop in zip(times["quoi"], times["line_loop"], strict=True)]
    result = {
        "words": words,
        "dimensions": dimensions,
        "wanted": wanted,
        "found": int(mine.found.sum()),
        "bytes": size,
        "repeats": repeats,
        **{f"{name}_seconds": round(value, 3) for name, value in medians.items()},
        "quoi_words_a_second": round(words / medians["quoi"]),
        "line_loop_words_a_second": round(words / medians["line_loop"]),
        "ratio_to_line_loop": round(statistics.median(ratios), 3),
        "ratio_to_line_loop_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "ratio_to_raw": round(medians["quoi"] / medians["raw"], 2),
        "peak_memory_mib": round(int(memory.stdout) / 1024),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    write_json(RESULTS, result)
    click.echo(
        f"{words:,} words x {dimensions}, {size / 1e9:.2f} GB, {wanted:,} wanted, {repeats} runs in turn, medians"
    )
    click.echo(f"  reading alone  {medians['raw']:6.2f} s")
    click.echo(
        f"  quoi           {medians['quoi']:6.2f} s   {result['quoi_words_a_second']:,} words a second, "
        f"peak {result['peak_memory_mib']} MiB"
    )
    click.echo(
        f"  line loop      {medians['line_loop']:6.2f} s   {result['line_loop_words_a_second']:,} words a second"
    )
    click.echo(f"  ratio          {result['ratio_to_line_loop']:6.2f}     {min(ratios):.2f} to {max(ratios):.2f}")


def line_loop(path: Path, vocabulary: Sequence[str]) -> dict[str, np.ndarray]:
    """The plain way to the vocabulary's vectors."""
    wanted = set(vocabulary)
    vectors = {}
    with path.open(encoding="utf-8", newline="\n", errors="ignore") as lines:
        next(lines)
        for line in lines:
            word, *numbers = line.rstrip().split(" ")
            if word in wanted:
                vectors[word] = np.array([float(number) for number in numbers], dtype=np.float32)
    return vectors


def _write(path: Path, words: int, dimensions: int) -> None:
    random = np.random.default_rng(2018)
    rows = [" ".join(f"{number:.5g}" for number in row) for row in random.normal(0.0076, 0.293, (1000, dimensions))]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{words} {dimensions}\n")
        for word in track(range(words), f"Writing {path.name}"):
            file.write(f"word{word} {rows[word * 7919 % len(rows)]} \n")


def _raw(path: Path) -> None:
    block = bytearray(1 << 20)
    with path.open("rb", buffering=0) as file:
        while file.readinto(block):
            pass


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
