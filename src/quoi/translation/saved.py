"""A trained variant as a folder: settings and vocabularies as text, one safetensors file of weights a seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quoi.errors import QuoiError
from quoi.files import read_json, replacing, write_json, write_text
from quoi.params import Translation

if TYPE_CHECKING:
    from quoi.corpus.vocabulary import Vocabulary
    from quoi.translation.model import Seq2Seq


@dataclass(frozen=True)
class Description:
    """What a model folder's model.json says.

    Attributes:
        variant, direction: names as in params.yaml.
        settings: the variant's settings.
        seeds: those trained; best_seed: the one with the highest beam BLEU.
        source_dimensions, target_dimensions: D and E of the word vectors.
        max_source, max_target: lengths, end marker included, at which training sentences were cut.
        straight_apostrophes: how text is tokenized.
    """

    variant: str
    direction: str
    settings: dict[str, Any]
    seeds: list[int]
    best_seed: int
    source_dimensions: int
    target_dimensions: int
    max_source: int
    max_target: int
    straight_apostrophes: bool


def save(folder: Path, description: Description, source: Vocabulary, target: Vocabulary, card: str) -> None:
    """Write everything of a model folder but the weights (`save_weights`)."""
    write_json(folder / "model.json", asdict(description))
    source.save(folder / "source.txt")
    target.save(folder / "target.txt")
    write_text(folder / "README.md", card)


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
    try:
        return Description(**read_json(folder / "model.json"))
    except TypeError as error:
        raise QuoiError(
            f"{folder / 'model.json'} is not a description that this version of quoi wrote: {error}."
        ) from error


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
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from quoi.corpus.vocabulary import Vocabulary
    from quoi.translation.model import Seq2Seq

    description = describe(folder)
    seed = description.best_seed if seed is None else seed
    if seed not in description.seeds:
        trained = ", ".join(map(str, description.seeds))
        raise QuoiError(f"{description.variant} was not trained with seed {seed}; its seeds are {trained}.")
    source, target = Vocabulary.load(folder / "source.txt"), Vocabulary.load(folder / "target.txt")
    path = folder / f"seed-{seed}.safetensors"
    try:
        settings = Translation.model_validate(description.settings)
        model = Seq2Seq(
            settings,
            torch.zeros(len(source), description.source_dimensions),
            torch.zeros(len(target), description.target_dimensions),
        )
    except (TypeError, ValueError, RuntimeError) as error:
        raise QuoiError(f"{folder / 'model.json'} describes no model: {' '.join(str(error).split())}.") from error
    try:
        weights = load_file(path)
    except FileNotFoundError:
        raise QuoiError(f"{path} is missing: `dvc pull` or `dvc repro train@{folder.name}` brings it back.") from None
    except SafetensorError as error:
        raise QuoiError(f"{path} is damaged or not a safetensors file ({error}).") from error
    expected = dict(model.named_parameters())
    wrong = sorted(expected.keys() ^ weights.keys()) or sorted(
        name for name, value in weights.items() if value.shape != expected[name].shape
    )
    if wrong:
        raise QuoiError(f"{path} holds the weights of another model: {wrong[0]} does not fit {folder / 'model.json'}.")
    with torch.no_grad():
        for name, value in weights.items():
            expected[name].copy_(value)
    return model.eval(), description, source, target
