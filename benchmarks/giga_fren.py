"""How long the filter takes to read both sides of a tar like Giga-fren's, beside inflating them one after the other.

Run: python benchmarks/giga_fren.py [--lines 2000000] [--repeats 7]
Writes benchmarks/results/giga_fren.json. The tar is made from a seed in a temporary folder, with the members and the
share of questions of the real one (52,331 in 22.5 million lines); its text is that of benchmarks/filter.py. It is
inflated by the same library as the filter uses, isal, in one process, and by `gzip -dc`.
"""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import click
from filter import LESSON, LETTERS, gunzip, seconds, write_side
from isal import igzip

from quoi.corpus.questions import filter_questions
from quoi.corpus.slices import FileSlice
from quoi.corpus.sources.giga_fren import MEMBER, TAR
from quoi.io.files import write_json
from quoi.io.progress import track

MEMBERS = [MEMBER.format(code) for code in LETTERS]
RESULTS = Path(__file__).parent / "results" / "giga_fren.json"
QUESTIONS = 52_331 / 22_500_000

# Its own process, so that the peak is the filter's alone.
_MEMORY = """
import resource, sys
from pathlib import Path
from quoi.corpus.questions import PATTERNS, filter_questions
from quoi.corpus.slices import FileSlice
from quoi.corpus.sources.giga_fren import MEMBER
sides = (FileSlice(Path(sys.argv[1]), MEMBER.format(code)) for code in ("fr", "en"))
filter_questions(*sides, Path(sys.argv[2]), (PATTERNS["fr"], PATTERNS["en"]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@click.command()
@click.option("--lines", default=2_000_000, show_default=True)
@click.option("--repeats", default=7, show_default=True)
@click.option("--questions", default=QUESTIONS, help="Their share of the lines; default: the real one.")
def main(lines: int, repeats: int, questions: float) -> None:
    """Time all in turn, after a run of each that is not counted, so that a slow moment of the machine meets all."""
    with tempfile.TemporaryDirectory(prefix="quoi-") as name:
        folder = Path(name)
        paths = [folder / member for member in MEMBERS]
        sizes = [write_side(path, language, lines, questions) for path, language in zip(paths, LETTERS, strict=True)]
        with tarfile.open(folder / TAR, "w") as tar:
            for path in paths:
                tar.add(path, path.name)
        output = folder / "questions.parquet"
        works = {
            "isal": lambda: [_inflate(path) for path in paths],
            "gzip": lambda: [gunzip(path) for path in paths],
            "filter": lambda: filter_questions(*(FileSlice(folder / TAR, name) for name in MEMBERS), output, LESSON),
        }
        for work in works.values():
            work()
        times: dict[str, list[float]] = {name: [] for name in works}
        for _ in track(range(repeats), "Timing"):
            for name, work in works.items():
                times[name].append(seconds(work))
        command = [sys.executable, "-c", _MEMORY, str(folder / TAR), str(output)]
        memory = subprocess.run(command, capture_output=True, check=True)
    result = {
        "lines": lines,
        "questions": round(questions, 5),
        "characters_a_line": [round(size / lines, 1) for size in sizes],
        "repeats": repeats,
        **{f"{name}_seconds": round(statistics.median(values), 3) for name, values in times.items()},
        **_ratio("isal", times),
        **_ratio("gzip", times),
        "peak_memory_mib": round(int(memory.stdout) / 1024),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }
    write_json(RESULTS, result)
    click.echo(f"{lines:,} line pairs in a tar, {repeats} runs in turn, medians")
    click.echo(f"  isal, both members     {result['isal_seconds']:6.2f} s")
    click.echo(f"  gzip -dc, both members {result['gzip_seconds']:6.2f} s")
    click.echo(f"  filter, from the tar   {result['filter_seconds']:6.2f} s   peak {result['peak_memory_mib']} MiB")
    for peer in ("isal", "gzip"):
        low, high = result[f"{peer}_ratio_range"]
        click.echo(f"  ratio to {peer}          {result[f'{peer}_ratio']:6.2f}     {low:.2f} to {high:.2f}")


def _ratio(peer: str, times: dict[str, list[float]]) -> dict[str, object]:
    ratios = [mine / theirs for mine, theirs in zip(times["filter"], times[peer], strict=True)]
    return {
        f"{peer}_ratio": round(statistics.median(ratios), 3),
        f"{peer}_ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
    }


def _inflate(path: Path) -> None:
    with igzip.open(path) as file:
        while file.read(1 << 19):
            pass


if __name__ == "__main__":
    main()
