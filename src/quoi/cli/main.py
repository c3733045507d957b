"""The `quoi` command: use and compare what the pipeline has trained. Heavy imports wait until a verb needs them."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from quoi import __version__
from quoi.cli.checks import checks
from quoi.cli.claims import claims, importance
from quoi.cli.doctor import doctor
from quoi.cli.profile import profile
from quoi.cli.runs import runs
from quoi.cli.search import search
from quoi.cli.terminal import JSON, refuse_elsewhere, show
from quoi.cli.verify import verify
from quoi.io import stage
from quoi.io.errors import QuoiError
from quoi.io.stage import echo_json

if TYPE_CHECKING:
    from quoi.params.languages import Languages
    from quoi.translation.translator import Translator

MODELS = Path("models")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="quoi")
def quoi() -> None:
    """Translate questions with the variants that `dvc repro` trained, and see what each is worth."""


for _command in (checks, claims, doctor, importance, profile, runs, search, verify):
    quoi.add_command(_command)


@quoi.command()
@click.argument("text")
@click.option("--variant", help="Which model. Default: the best by registry.score in params.yaml.")
@click.option("--seed", type=int, help="Which of its trainings. Default: the best.")
@click.option("--beam", type=click.IntRange(1, 100), help="Beam size, 1 is greedy. Default: params.yaml's.")
@click.option(
    "--attention",
    is_flag=False,
    flag_value="terminal",
    metavar="[FILE.png]",
    help="Draw where each word looks: in the terminal, or to a picture.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a sentence.")
def translate(
    text: str, variant: str | None, seed: int | None, beam: int | None, attention: str | None, as_json: bool
) -> None:
    """Translate TEXT: a sentence, a file with one a line, or - for standard input."""
    from quoi import params
    from quoi.records.results import best_variant

    given = params.load()
    folder = MODELS / (variant or best_variant(given.variants, MODELS, score=given.registry.score))
    if variant:
        given.variant(variant)
    if attention and attention != "terminal" and not attention.endswith(".png"):
        raise QuoiError(f"--attention writes a .png file or draws in the terminal; {attention!r} is neither.")
    from quoi.cli.translate_input import sentences_of
    from quoi.corpus.normalise import normalise

    many, sentences = sentences_of(text)
    from quoi.translation.translator import Translator

    translator = Translator.load(folder, seed)
    _say_of_other_languages(translator, given.languages)
    if attention and not translator.model.settings.attention:
        raise QuoiError(f"{folder.name} has no attention to draw; --variant takes one that has.")
    beam = given.search.beam if beam is None else beam
    empty = [many and not normalise(sentence).strip() for sentence in sentences]
    spoken = [sentence for sentence, nothing in zip(sentences, empty, strict=True) if not nothing]
    translated = translator.translate(spoken, beam, given.search.length_exponent, attention=attention is not None)
    waiting = iter(translated)
    for number, (sentence, nothing) in enumerate(zip(sentences, empty, strict=True), start=1):
        where = f"line {number}: " if many else ""
        if nothing:
            # Line by line beside the input: `paste` and a program that counts lines rely on it.
            shown, remarks = {"source": sentence, "text": ""}, ["empty, and so is its translation"]
        else:
            translation = next(waiting)
            shown, remarks = asdict(translation), translator.remarks(translation)
        for remark in remarks:
            click.echo(f"{where}{remark}", err=True)
        if as_json:
            echo_json({**shown, "variant": folder.name}, indent=None)
        else:
            click.echo(shown["text"])
        if attention == "terminal" and not as_json and shown["text"]:
            from quoi.report.attention import heatmap_terminal

            show(heatmap_terminal(shown["source_tokens"], shown["target_tokens"], shown["attention"]))
    if attention and attention != "terminal":
        from quoi.report.attention import attention_png

        drawn = [asdict(translation) for translation in translated if translation.text]
        if not drawn:
            raise QuoiError("There is no attention to draw: no translation has a word.")
        attention_png(Path(attention), drawn, title=folder.name)
        click.echo(f"attention: {attention}", err=True)


def _say_of_other_languages(translator: Translator, wanted: Languages) -> None:
    """A remark where a model was trained before params.yaml named two other languages."""
    from quoi.params.languages import name

    if translator.languages != wanted:
        does, asked = (" to ".join(map(name, each.both.values())) for each in (translator.languages, wanted))
        click.echo(f"This model translates {does}, not {asked}: `dvc repro` trains it anew.", err=True)


@quoi.command()
@JSON
def variants(as_json: bool) -> None:
    """List the variants of params.yaml: what is trained, and its scores."""
    from quoi import params
    from quoi.records import results
    from quoi.records.training import METRICS
    from quoi.report import progression

    given = params.load()
    trained = results.load(name for name in given.variants if (results.VARIANTS / name / METRICS).exists())
    missing = [name for name in given.variants if not (MODELS / name / "model.json").exists()]
    if as_json:
        scores = {result.variant: result.means for result in trained}
        rows = {name: {"trained": name not in missing, "scores": scores.get(name)} for name in given.variants}
        echo_json(rows)
        return
    if trained:
        show(progression.show(trained, progression.published_for(given.profile)))
    if missing:
        click.echo(f"Without a model here: {', '.join(missing)}. `dvc repro` trains, `dvc pull` fetches shared ones.")


@quoi.command()
@click.pass_context
def repro(context: click.Context) -> None:
    """Run what is missing or changed by `dvc repro`, import it into MLflow, and list the variants.

    DVC's cache is checked before and after. Where nothing has changed since the last whole run, nothing is run.
    """
    from quoi.cli import repro

    if repro.unchanged():
        click.echo("Nothing has changed since the last run.")
    else:
        repro.run(click.echo)
    context.invoke(variants)
    context.invoke(checks, not_ok=True)


@quoi.command()
@click.argument("variant")
@click.option(
    "--pairs",
    required=True,
    type=click.Path(path_type=Path),
    help="TSV, CSV or TMX of source and target; packed or not.",
)
@click.option("--columns", metavar="SOURCE,TARGET", help="Which columns, by number or name. Default: by their look.")
@click.option("--seed", type=int, help="Which training. Default: the best.")
@JSON
def evaluate(variant: str, pairs: Path, columns: str | None, seed: int | None, as_json: bool) -> None:
    """Score VARIANT on a file of sentence pairs, as validation scores it."""
    from quoi import params
    from quoi.corpus.sources.files import read_pairs

    given = params.load()
    given.variant(variant)
    chosen = [int(name) if name.isdecimal() else name for name in columns.split(",")] if columns else None
    if chosen is not None and len(chosen) != 2:
        raise click.UsageError(f"--columns names two, source and target; {columns!r} names {len(chosen)}.")
    from quoi.translation.translator import Translator

    translator = Translator.load(MODELS / variant, seed)
    _say_of_other_languages(translator, given.languages)
    both, remarks = read_pairs(Path(os.path.expanduser(pairs)), translator.languages, chosen, "--columns")
    for remark in remarks:
        click.echo(remark, err=True)
    evaluation = translator.evaluate(both, given.search)
    result: dict[str, Any] = {
        "variant": variant,
        "seed": seed if seed is not None else translator.description.best_seed,
        "pairs": len(both),
        "beam": given.search.beam,
        **evaluation.scores,
        "signatures": evaluation.signatures,
    }
    if as_json:
        echo_json(result)
        return
    for name, value in result.items():
        for label, score in value.items() if isinstance(value, dict) else [(name, value)]:
            click.echo(f"{label:18} {score:.4f}" if isinstance(score, float) else f"{label:18} {score}")


@quoi.command()
@click.argument("words", nargs=-1, metavar="[WORD WORD]...")
@click.option("--language", metavar="CODE", help="Of which vectors: a language of params.yaml, default its target.")
@JSON
def vectors(words: tuple[str, ...], language: str | None, as_json: bool) -> None:
    """Correlate the vectors of pairs of words (default: the lesson's), and describe the vocabulary's."""
    from quoi import params
    from quoi.params.errors import closest

    if len(words) % 2:
        raise click.UsageError(f"Words are compared in pairs; {len(words)} cannot be.")
    given = params.load()
    sides = {code: side for side, code in given.languages.both.items()}
    if language is not None and language not in sides:
        raise QuoiError(f"--language {language} is not in params.yaml{closest(language, sides)}.")
    from quoi.vectors import correlations

    pairs = list(zip(words[::2], words[1::2], strict=True)) or correlations.LESSON
    summary = correlations.correlate(
        given, sides.get(language, "target"), pairs, lambda sentence: click.echo(sentence, err=True)
    )
    if as_json:
        echo_json(summary)
    else:
        click.echo("\n".join(correlations.lines(summary)))


@quoi.command("lr-find")
@click.argument("variant")
@click.option("--out", type=click.Path(path_type=Path), help="Where the picture goes; .quoi/lr-find/VARIANT.png.")
def lr_find(variant: str, out: Path | None) -> None:
    """Draw the loss of VARIANT against a rising learning rate (Smith 2017), and suggest one."""
    from quoi import params
    from quoi.report.plots import lr_curve

    given = params.load()
    given.variant(variant)
    from quoi.jobs.rates import find

    rates, losses, suggestion = find(given, variant)
    out = out or Path(".quoi/lr-find") / f"{variant}.png"
    lr_curve(out, rates, losses, suggestion)
    rate = f"{suggestion:.2e}" if suggestion else "none: the loss never fell"
    click.echo(f"suggested learning rate: {rate}; curve: {out}")


@quoi.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
def app(port: int) -> None:
    """Serve the page of results with the models behind it, to this machine alone, until Ctrl-C.

    There, questions of your own are translated by every variant, and pictures of your own are placed among words.
    """
    refuse_elsewhere()
    from quoi.app.server import serve

    with suppress(KeyboardInterrupt):
        serve(Path(), port, click.echo)
    click.echo("Stopped.")
    os._exit(0)  # without waiting for a large picture that a thread may still be decoding


@quoi.command()
@click.option("--repair", is_flag=True, help="Take damaged objects out, and put in what the workspace has whole.")
@JSON
def cache(repair: bool, as_json: bool) -> None:
    """Check that DVC's cache has what dvc.lock names, undamaged; DVC itself restores a damaged file without a word."""
    from quoi.repo import cache, dvc

    checked = cache.check(dvc.read())
    repaired = cache.repair(checked) if repair else cache.Repaired()
    if as_json:
        echo_json(asdict(checked) | asdict(repaired))
    else:
        sentences = cache.sentences(checked, repaired)
        if not (sentences or checked.damaged):
            sentences = [f"All {checked.objects:,} objects that dvc.lock names are in DVC's cache, and whole."]
        for sentence in sentences:
            click.echo(sentence)
    if not repair:
        cache.refuse_damaged(checked)


@quoi.command()
def locks() -> None:
    """Say which processes hold DVC's locks here."""
    from quoi.repo.dvc import holders

    for holder in holders():
        click.echo(holder)


def main() -> None:
    """Entry point: errors that a person can put right are one sentence."""
    stage.main(quoi)
