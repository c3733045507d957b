"""A trained variant as a folder: settings and vocabularies as text, one safetensors file of weights a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from quoi.io.errors import QuoiError
from quoi.io.files import read_as, replacing, write_json
from quoi.params import Translation
from quoi.params.corpus import Case, Tokens, UnitsName
from quoi.params.languages import SIDES, Language

if TYPE_CHECKING:
    from quoi.corpus.units import Units
    from quoi.corpus.vocabulary import Vocabulary
    from quoi.translation.model import Seq2Seq


Size = Annotated[int, Field(ge=1, le=100_000)]
Length = Annotated[int, Field(ge=1, le=10_000)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


@dataclass(frozen=True)
class Description:
    """What a model folder's model.json says.

    Attributes:
        variant: its name in params.yaml.
        source_language, target_language: their codes.
        settings: the variant's settings.
        seeds: those trained; best_seed: the one with the highest beam BLEU.
        source_dimensions, target_dimensions: D and E of the word vectors.
        max_source, max_target: lengths, end marker included, at which training sentences were cut.
        straight_apostrophes, source_units, target_units, case: how text is tokenized, as in section `tokens`.
    """

    variant: str
    source_language: Language
    target_language: Language
    settings: dict[str, Any]
    seeds: list[Seed]
    best_seed: Seed
    source_dimensions: Size
    target_dimensions: Size
    max_source: Length
    max_target: Length
    straight_apostrophes: bool
    source_units: UnitsName = "words"
    target_units: UnitsName = "words"
    case: Case = "lesson"


def save(
    folder: Path, description: Description, source: Vocabulary, target: Vocabulary, units: Sequence[Units] = ()
) -> None:
    """Write everything of a model folder but the weights (`save_weights`).

    Args:
        units: of source and target; words need none.
    """
    write_json(folder / "model.json", asdict(description))
    source.save(folder / "source.txt")
    target.save(folder / "target.txt")
    for side, own in zip(SIDES, units, strict=False):
        own.save(folder / f"{side}.model")


def save_weights(path: Path, model: Seq2Seq) -> None:
    """Write a model's parameters, shared ones once."""
    from safetensors.torch import save_file

    with replacing(path) as partial:
        save_file({name: value.detach().cpu().contiguous() for name, value in model.named_parameters()}, partial)


def describe(folder: Path) -> Description:
    """Read what a model folder holds.

    Raises:
        QuoiError: nothing was trained there, or the folder is not one of quoi's.
    """
    if not (folder / "model.json").exists():
        raise QuoiError(
            f"{folder} holds no trained model: `dvc repro train@{folder.name}` trains it, `dvc pull` fetches it."
        )
    return read_as(folder / "model.json", Description)


def load_units(folder: Path, description: Description) -> tuple[Units, Units]:
    """Read what source and target are split into.

    Raises:
        QuoiError: a model of sentencepiece is absent or damaged.
    """
    from quoi.corpus.units import Units

    languages = description.source_language, description.target_language
    settings = Tokens(
        units=dict(zip(languages, (description.source_units, description.target_units), strict=True)),
        case=description.case,
        straight_apostrophes=description.straight_apostrophes,
    )
    source, target = (
        Units.load(language, settings, folder / f"{side}.model")
        for side, language in zip(SIDES, languages, strict=True)
    )
    return source, target


def load(folder: Path, seed: int | None = None) -> tuple[Seq2Seq, Description, Vocabulary, Vocabulary]:
    """Read a trained model, ready to translate on the CPU.

    Args:
        seed: which training; the best by default.

    Returns:
        the model, its description, source and target vocabularies.

    Raises:
        QuoiError: no model there, no such seed, or files that are truncated or belong to another model.
    """
    import torch
    from safetensors.torch import load_file

    from quoi.corpus.vocabulary import Vocabulary

    description = describe(folder)
    seed = description.best_seed if seed is None else seed
    if seed not in description.seeds:
        trained = ", ".join(map(str, description.seeds))
        raise QuoiError(f"{description.variant} was not trained with seed {seed}; its seeds are {trained}.")
    source, target = Vocabulary.load(folder / "source.txt"), Vocabulary.load(folder / "target.txt")
    path = folder / f"seed-{seed}.safetensors"
    kinds = _kinds(path, folder.name)
    # What the two files say of themselves has to agree before memory is taken for it: first without any.
    with torch.device("meta"):
        model = _build(folder, description, len(source), len(target), layers=len(kinds))
        expected = {name: ("F32", tuple(value.shape)) for name, value in model.named_parameters()}
    if wrong := sorted(name for name in expected.keys() | kinds.keys() if expected.get(name) != kinds.get(name)):
        raise QuoiError(f"{path} holds the weights of another model: {wrong[0]} does not fit {folder / 'model.json'}.")
    model = _build(folder, description, len(source), len(target), layers=len(kinds))
    weights = load_file(path)
    with torch.no_grad():
        for name, value in model.named_parameters():
            value.copy_(weights[name])
    return model.eval(), description, source, target


def _kinds(path: Path, variant: str) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Type and shape of each tensor of a safetensors file, whose library holds them against the file's size."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            slices = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118
            return {name: (part.get_dtype(), tuple(part.get_shape())) for name, part in slices.items()}
    except FileNotFoundError:
        raise QuoiError(f"{path} is missing: `dvc pull` or `dvc repro train@{variant}` brings it back.") from None
    except (OSError, SafetensorError) as error:
        raise QuoiError(f"{path} is damaged or not a safetensors file ({error}).") from error


def _build(folder: Path, description: Description, source: int, target: int, layers: int) -> Seq2Seq:
    """An untrained model on torch's current device, with as many layers as it says and `layers` at most."""
    import torch

    from quoi.translation.model import Seq2Seq

    try:
        settings = Translation.model_validate(description.settings)
        settings = settings.model_copy(update={"layers": min(settings.layers, layers)})
        dimensions = description.source_dimensions, description.target_dimensions
        return Seq2Seq(settings, torch.zeros(source, dimensions[0]), torch.zeros(target, dimensions[1]))
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        raise QuoiError(f"{folder / 'model.json'} describes no model: {' '.join(str(error).split())}.") from error
