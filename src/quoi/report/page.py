"""Everything `compare` writes for people into reports/translation/."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from quoi.corpus import facts
from quoi.io.files import read_json, replacing, write_json, write_text
from quoi.params.languages import SIDES
from quoi.records.results import Result
from quoi.report import attention, plots, progression, samples
from quoi.report.card import CARDS, model_card

FOLDER = Path("reports/translation")

_LOOKED = (
    "Where the decoder looked (columns, source) while it wrote each word (rows), by variants with attention; the "
    "weights of a row sum to 1."
)


def write(results: Sequence[Result], profile: str, maps: int, root: Path = Path()) -> None:
    """Write the progression (JSON, markdown, picture), loss curves, attention maps, samples, model cards, the page.

    Args:
        profile: of params.yaml; in `lesson` the published losses stand beside.
        maps: sentences in an attention picture.

    Raises:
        QuoiError: a report of the corpus or the vectors is absent, or a file cannot be written.
    """
    folder, published = root / FOLDER, progression.published_for(profile)
    counts = read_json(root / "reports/corpus/numericalize.json")
    source = read_json(root / "data/raw/source.json")
    tables = "\n".join(
        (
            progression.loss_table(results, published),
            progression.quality_table(results),
            progression.caption(results, counts, source),
        )
    )
    missed = samples.missed_words(results[0].language_names, root)
    checked: facts.Rows = {}
    for name in ("corpus/numericalize", *(f"vectors/{side}" for side in SIDES)):
        checked |= read_json(root / f"reports/{name}.json").get("facts", {})
    sample_table = samples.sample_table(results)
    write_json(folder / "progression.json", progression.as_json(results))
    write_text(folder / "progression.md", "# Loss progression\n\n" + tables)
    write_text(folder / "curves.csv", progression.curves(results))
    plots.progression(folder / "progression.png", results, published)
    plots.loss_curves(folder / "loss_curves.png", results)
    mapped = _attention(folder / "attention", results, maps)
    searched = f"translated by each variant's best seed, beam search of width {results[0].beam}"
    marked = "✓ marks a translation that equals the reference."
    head = f"# Sample translations\n\nThe same validation sentences {searched}; {marked}\n\n"
    write_text(folder / "samples.md", head + sample_table)
    with replacing(root / CARDS) as partial:
        partial.mkdir()
        for result in results:
            card = model_card(source, result, counts["training"], counts["validation"])
            write_text(partial / f"{result.variant}.md", card)
    write_text(folder / "README.md", _page(tables, mapped, sample_table, missed, checked))


def _attention(folder: Path, results: Sequence[Result], maps: int) -> list[str]:
    """A picture for each variant with attention, and a page that says so, which also keeps the folder in Git."""
    drawn = {
        result.variant: sentences
        for result in results
        if (sentences := attention.drawable(result.samples)[:maps]) and result.has("attention")
    }
    with replacing(folder) as partial:
        partial.mkdir()
        for variant, sentences in drawn.items():
            attention.attention_png(partial / f"{variant}.png", sentences, title=f"Attention weights: {variant}")
        page = f"# Attention maps\n\n{_LOOKED}\n\n"
        page += "\n".join(f"![Attention weights of {variant}]({variant}.png)\n" for variant in drawn)
        write_text(partial / "README.md", page)
    return list(drawn)


def _page(tables: str, mapped: Sequence[str], sample_table: str, missed: str, checked: facts.Rows) -> str:
    parts = [
        "# Translation: the loss progression",
        "Written by `dvc repro compare`; the numbers are in [progression.json](progression.json), each variant's in "
        "[variants/](variants), and [cards/](cards) has a model card for each.",
        tables.strip(),
        "![Loss and BLEU of every variant and seed](progression.png)",
        "## Loss by epoch",
        "![Validation losses by epoch of every variant](loss_curves.png)",
        "## Attention",
        f"{_LOOKED} [Every variant's maps](attention/README.md) are of the same sentences.",
        *(f"![Attention weights of {variant}](attention/{variant}.png)" for variant in mapped[-1:]),
        "## Sample translations",
        "The same validation sentences by each variant's best seed, beam search; ✓ marks one equal to the reference.",
        sample_table.strip(),
        "## Words without a vector of their own",
        missed.strip(),
    ]
    if checked:
        parts += ["## Facts", "What section `facts` of params.yaml expects of the data, and what was found."]
        parts.append(facts.markdown(checked).strip())
    return "\n\n".join(parts) + "\n"
