"""How long the filter takes on a million lines, beside `gzip -dc` of the same two files one after the other.

Run: python benchmarks/filter.py [--lines 1000000] [--repeats 7]
Writes benchmarks/results/filter.json. The files are made from a seed in a temporary folder: Zipf-distributed words
with lengths as on a web page (log-normal, a mean of about 110 characters), a tenth of them questions.
"""

from __future__ import annotations

import gzip
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np

from quoi.corpus.questions import PATTERNS, filter_questions
from quoi.io.files import write_json
from quoi.io.progress import track

RESULTS = Path(__file__).parent / "results" / "filter.json"
LETTERS = {"fr": "esaitnrulodcpméàvqfbghèç", "en": "etaoinshrdlucmfwypvbgk"}
LESSON = PATTERNS["fr"], PATTERNS["en"]

# Its own process, so that the peak is the filter's alone.
_MEMORY = """
import resource, sys
from quoi.corpus.questions import PATTERNS, filter_questions
filter_questions(*sys.argv[1:], (PATTERNS["fr"], PATTERNS["en"]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@click.command()
@click.option("--lines", default=1_000_000, show_default=True)
@click.option("--repeats", default=7, show_default=True)
def main(lines: int, repeats: int) -> None:
    """Time both in turn, so that a slow moment of the machine meets both."""
    with tempfile.TemporaryDirectory(prefix="quoi-") as name:
        folder = Path(name)
        paths = [folder / f"corpus.{language}.gz" for language in LETTERS]
        sizes = [write_side(path, language, lines) for path, language in zip(paths, LETTERS, strict=True)]
        output = folder / "questions.parquet"
        times: dict[str, list[float]] = {"gzip": [], "filter": []}
        for _ in track(range(repeats), "Timing"):
            times["gzip"].append(seconds(lambda: [gunzip(path) for path in paths]))
            times["filter"].append(seconds(lambda: filter_questions(*paths, output, LESSON)))
        memory = subprocess.run(
            [sys.executable, "-c", _MEMORY, *map(str, paths), str(output)], capture_output=True, check=True
        )
    medians = {name: statistics.median(values) for name, values in times.items()}
    ratios = [mine / theirs for mine, theirs in zip(times["filter"], times["gzip"], strict=True)]
    result = {
        "lines": lines,
        "characters_a_line": [round(size / lines, 1) for size in sizes],
        "repeats": repeats,
        "gzip_seconds": round(medians["gzip"], 3),
        "filter_seconds": round(medians["filter"], 3),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "peak_memory_mib": round(int(memory.stdout) / 1024),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    write_json(RESULTS, result)
    click.echo(f"{lines:,} line pairs, {repeats} runs in turn, medians")
    click.echo(f"  gzip -dc, both files   {result['gzip_seconds']:6.2f} s")
    click.echo(f"  filter                 {result['filter_seconds']:6.2f} s   peak {result['peak_memory_mib']} MiB")
    click.echo(f"  ratio                  {result['ratio']:6.2f}     {min(ratios):.2f} to {max(ratios):.2f}")


def write_side(path: Path, language: str, lines: int, questions: float = 0.1) -> int:
    """Write one side of a corpus, with this share of questions, and return the number of characters."""
    random = np.random.default_rng(2018)
    letters = np.array(list(LETTERS[language]))
    weight = 1 / np.arange(1, len(letters) + 1)
    lengths = random.geometric(0.3, 50_000) + 1
    words = np.array(["".join(random.choice(letters, length, p=weight / weight.sum())) for length in lengths], object)
    frequency = 1 / np.arange(1, len(words) + 1)
    counts = np.maximum(1, random.lognormal(2.85, 0.7, lines).astype(int))
    question = random.random(lines) < questions
    characters = 0
    with gzip.open(path, "wb", compresslevel=6) as file:
        for start in track(range(0, lines, 10_000), f"Writing {path.name}"):
            part = counts[start : start + 10_000]
            drawn = random.choice(words, part.sum(), p=frequency / frequency.sum())
            texts = [" ".join(each) for each in np.split(drawn, np.cumsum(part)[:-1])]
            opening = "Wh" if language == "en" else ""
            text = "".join(
                f"{opening}{each} ?\n" if asks else f"{each.capitalize()}.\n"
                for each, asks in zip(texts, question[start : start + 10_000], strict=True)
            )
            characters += len(text)
            file.write(text.encode())
    return characters


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def gunzip(path: Path) -> None:
    subprocess.run(["gzip", "-dc", path], stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    main()
