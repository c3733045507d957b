"""The documents tell the truth: links lead somewhere, commands and paths exist. And the house keeps its own rules."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from functools import cache
from pathlib import Path

import click
import pytest
from ruamel.yaml import YAML

from tests.test_pipeline_file import ROOT, STAGES

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])
PARAMETERS = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"[\w.-]+(/[\w.*-]+)+/?|[\w-]+\.(yaml|toml|txt|md|py|lock|db)|\w[\w-]*/")


def committed() -> list[Path]:
    """Every file that Git tracks or would track."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def prose(document: Path) -> str:
    """The document without its fenced blocks."""
    return FENCE.sub("", document.read_text(encoding="utf-8"))


def anchors(document: Path) -> set[str]:
    """The anchors that GitHub gives a document's headings."""
    headings = re.findall(r"^#+ (.*)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands(document: Path, program: str) -> list[list[str]]:
    """The arguments of every call of a program in the document's shell blocks and its prose."""
    text = document.read_text(encoding="utf-8")
    lines = [
        line for kind, block in FENCE.findall(text) if kind in ("console", "bash", "sh") for line in block.split("\n")
    ]
    lines += re.findall(r"`([^`\n]+)`", prose(document))
    found = []
    for line in lines:
        words = (
            shlex.split(line.removeprefix("$ "), comments=True) if "…" not in line and line.count('"') % 2 == 0 else []
        )
        if words[:1] == [program]:
            found.append(words[1:])
    return found


def declared() -> set[str]:
    """Every output of dvc.yaml, as a pattern for a path."""
    outs = set()
    for stage in STAGES.values():
        for kind in ("outs", "metrics", "plots"):
            outs |= {next(iter(out)) if isinstance(out, dict) else out for out in stage.get(kind, ())}
    return {re.sub(r"\\\$\\\{[\w.\\]+\\\}", "[^/]+", re.escape(out)) for out in outs}


def is_made(path: str) -> bool:
    """Whether the pipeline makes this path: an output, a folder of outputs, or something inside one."""
    path = path.rstrip("/")
    return any(re.fullmatch(f"{out}(/.*)?", path) for out in declared()) or any(
        out.startswith(re.escape(path) + "/") for out in declared()
    )


@PARAMETERS
def test_links_and_pictures_lead_somewhere(document):
    broken = []
    for link in LINK.findall(prose(document)):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        # Before the first run is committed, what it writes is only promised.
        promised = not (ROOT / "dvc.lock").exists() and is_made(str(target.relative_to(ROOT)))
        if not (target.exists() or promised) or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@PARAMETERS
def test_make_commands_are_targets(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for arguments in commands(document, "make"):
        assert [
            word for word in arguments if not word.startswith("-") and "=" not in word and word not in targets
        ] == []


@PARAMETERS
def test_quoi_commands_have_these_verbs_and_options(document):
    from quoi.cli.main import quoi

    for arguments in commands(document, "quoi"):
        command: click.Command = quoi
        words = list(arguments)
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            assert words[0] in command.commands, f"quoi {' '.join(arguments)}"
            command = command.commands[words.pop(0)]
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert [word for word in words if word.startswith("--") and word not in options | {"--help", "--version"}] == []
        if words and not words[-1].startswith("--"):
            command.make_context(command.name, words)


@cache
def dvc_parser():
    from dvc.cli.parser import get_main_parser

    return get_main_parser()


@PARAMETERS
def test_dvc_commands_have_these_verbs_and_options(document):
    for arguments in commands(document, "dvc"):
        if arguments and not arguments[0].startswith("-"):
            dvc_parser().parse_args(arguments)


@PARAMETERS
def test_paths_in_the_text_exist_or_are_made_by_the_pipeline(document):
    unknown = []
    for path in re.findall(r"`([^`\s]+)`", prose(document)):
        # Capitals stand for a name of the reader's; `mine.tsv` is the reader's own.
        if not PATH.fullmatch(path) or re.search(r"[A-Z]{3}", path.removesuffix("README.md")):
            continue
        here = document.parent / path, ROOT / path
        if not any(place.exists() for place in here) and not is_made(path) and not is_ignored(path):
            unknown.append(path)
    assert unknown == []


def is_ignored(path: str) -> bool:
    """Whether Git is told to ignore it: what tools here make, such as mlflow.db."""
    return subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT).returncode == 0


def test_the_table_of_stages_is_that_of_the_pipeline():
    text = (ROOT / "docs/pipeline.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|$", text, re.MULTILINE)
    table = {name: text for name, text in rows if name in STAGES}
    assert table == {name: stage["desc"] for name, stage in STAGES.items()}


def table(document: Path, head: str) -> list[list[str]]:
    """The cells of the table that begins with `head`, without its two first lines."""
    lines = document.read_text(encoding="utf-8").split(head, 1)[1].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_lessons_page_is_linked_and_its_numbers_are_those_of_the_profile_and_the_code():
    from quoi.report.progression import PUBLISHED

    page = ROOT / "docs/lesson.md"
    assert "(docs/lesson.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    lesson = YAML(typ="safe", pure=True).load((ROOT / "profiles/lesson.yaml").read_text(encoding="utf-8"))
    expected = {f"`{name}`": float(value) for name, value in lesson["facts"].items()}
    assert {name: float(value.replace(",", "")) for name, value in table(page, "| fact | expected |")} == expected
    told = {row[0].strip("`"): row[1:5] for row in table(page, "| variant | bidirectional |")}
    assert {name: float(row[3]) for name, row in told.items()} == PUBLISHED
    switches = ("bidirectional", "forcing", "attention")
    for name, row in told.items():
        assert [bool(cell) for cell in row[:3]] == [bool(lesson["variants"][name].get(each)) for each in switches]
    assert [row[0] for row in table(page, "| | what the lesson's code does |")] == list("123456789")


def test_every_module_that_the_readme_and_the_docs_link_is_linked_by_its_name():
    """`[corpus/facts.py](../src/quoi/corpus/facts.py)`: where a link's text is a path, it is the end of the target."""
    wrong = []
    for document in DOCUMENTS:
        for text, link in re.findall(r"\[([\w/]+\.py)\]\(([^)\s]+)\)", prose(document)):
            if not f"/{link}".endswith(f"/{text}"):
                wrong.append((text, link))
    assert wrong == []


def test_no_committed_text_names_a_place_on_somebodys_machine():
    places = [f"/{name}/" for name in ("work", "root", "home")]
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {place}" for place in places if re.search(rf"(?<![\w.$}}]){place}", text)]
    assert found == []


def test_a_module_can_be_read_in_one_sitting_and_a_stage_at_a_glance():
    limits = {"src": 300, "stages": 70}
    too_long = []
    for folder, limit in limits.items():
        for path in (ROOT / folder).rglob("*.py"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            if lines > limit:
                too_long.append(f"{path.relative_to(ROOT)}: {lines} lines, {limit} are allowed")
    assert too_long == []


def shown(table: str, report: str) -> tuple[dict, str]:
    """A report as it is committed, and the README's table of it."""
    answer = subprocess.run(["git", "show", f"HEAD:{report}"], cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        pytest.skip("no report is committed here")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    start = text.index(f"<!-- {table}")
    return json.loads(answer.stdout), text[start : text.index("<!-- end -->", start)]


def test_the_readme_shows_the_committed_results():
    """Numbers in the README are those of the reports in the same commit; a run of one's own may differ."""
    committed, table = shown("progression", "reports/translation/progression.json")
    for variant, scores in committed.items():
        row = next(line for line in table.splitlines() if line.startswith(f"| `{variant}`"))
        loss, bleu = scores["lesson_loss"], scores["bleu_beam"]
        assert f"{loss['mean']:.3f} ± {loss['half_width_95']:.3f}" in row
        assert f"{bleu['mean']:.1f} ± {bleu['half_width_95']:.1f}" in row
        p = loss.get("p_holm")
        assert p is None or (f"(p = {p:.3f})" if p >= 0.001 else "(p < 0.001)") in row


def test_the_readme_shows_the_committed_scores_of_devise():
    scores, table = shown("devise", "reports/devise/scores.json")
    rows = [line.replace("*", "") for line in table.splitlines()]
    sets = [scores[name]["methods"] for name in ("unseen", "unseen among all", "seen")]
    for method in ("DeViSE", "visual neighbours", "ridge regression", "ConSE", "random vectors"):
        row = next(line for line in rows if line.startswith(f"| {method} |"))
        told = [f"{100 * each[method]['hit@5']['mean']:.1f} ± {100 * each[method]['hit@5']['sd']:.1f}" for each in sets]
        assert row == f"| {method} | {' | '.join(told)} |"


def test_the_readme_shows_the_committed_verdicts():
    claims, table = shown("claims", "reports/claims/claims.json")
    told = {claim["says"]: claim for claim in claims.values()}
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[3:]]
    assert len(rows) == 10
    for statement, *cells in rows:
        for corpora, cell in zip((("generated", "drawings"), ("real", "photographs")), cells, strict=True):
            meant = [corpus for corpus in corpora if corpus in told[statement]["corpora"]]
            expected = "not tested yet" if meant else "–"
            for one in (told[statement]["found"][corpus] for corpus in meant if corpus in told[statement]["found"]):
                low, high = one["interval"]
                expected = f"**{one['verdict']}** {one['difference']:+.1f} [{low:+.1f}, {high:+.1f}]"
            assert cell == expected, statement


def test_the_table_of_verses_is_the_benchmarks():
    table, _ = (ROOT / "docs/verses.md").read_text(encoding="utf-8").split("<!-- results: ", 1)[1].split("<!-- end -->")
    head, _, *rows = [[cell.strip(" *`") for cell in line.strip("|").split("|")] for line in table.splitlines()[1:]]
    found = json.loads((ROOT / "benchmarks/results/verses.json").read_text(encoding="utf-8"))
    by_name = {"French": "fr", "German": "de", "Spanish": "es", "Russian": "ru"}
    assert {by_name[name] for name in head[1:]} == set(found)
    for place, name in enumerate(head[1:], start=1):
        results = found[by_name[name]]
        bleu = {variant: scores["bleu_beam"] for variant, scores in results["variants"].items()}
        assert [row[place] for row in rows] == [
            *(f"{score['mean']:.1f} ± {score['sd']:.1f}" for score in bleu.values()),
            f"{results['bleu_at_random']:.1f}",
            f"{results['validation_sentences']:,}",
            f"{results['references_of_a_sentence']:.1f}",
            f"{results['training_pairs']:,}",
        ]
        assert [row[0] for row in rows[: len(bleu)]] == list(bleu)
