"""Stage: refuse a params.yaml that breaks a rule or asks too much, and look at the files that it names."""

from __future__ import annotations

import click

from quoi import params
from quoi.corpus import questions, tokens
from quoi.io import stage
from quoi.jobs import hardware, named


@click.command("check_params")
def command() -> None:
    """Read all of params.yaml, and write to data/named/ what the files and folders hold that it names."""
    settings = params.load()
    hardware.check(settings.hardware)
    questions.patterns(settings.questions, settings.languages)
    tokens.refuse_lacking(settings.languages, settings.tokens)
    named.refuse_outputs(settings)
    click.echo(f"profile {settings.profile}: {', '.join(settings.variants)}; seeds {settings.seeds}")
    if unused := settings.unused():
        languages = " and ".join(settings.languages.both.values())
        click.echo(f"not used, for the languages are {languages}: {', '.join(unused)}")
    for sentence in named.note(settings):
        click.echo(sentence)


if __name__ == "__main__":
    stage.main(command)
