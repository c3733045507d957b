"""The best variant in MLflow's model registry: `models:/quoi-translator@champion`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from quoi.repo.digests import of_path
from quoi.report.card import CARDS
from quoi.tracking import store
from quoi.tracking.record import MODEL_TAG, Record

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

MODEL = "quoi-translator"
ALIAS = "champion"
DIGEST_TAG = "quoi.model_digest"
_ABOUT = (
    "Translates as `dvc repro` has trained it. The alias `champion` is the variant that section `registry` of "
    "params.yaml chooses, which `quoi translate` uses too. Each version is a model of its own digest."
)
_LONGEST = 5000  # characters of a description that MLflow's store takes


def register(client: MlflowClient, chosen: Record, run: Run) -> str | None:
    """Make the model of a record and its run the champion: a new version only where none has its digest yet.

    Returns:
        the version that became the champion; None where it is already, or the model is not here.

    Raises:
        QuoiError: the store is locked or damaged.
    """
    uri = client.get_run(run.info.run_id).data.tags.get(MODEL_TAG)
    if chosen.model is None or uri is None:
        return None
    model_id = uri.removeprefix("models:/")
    with store.explained():
        digest = client.get_logged_model(model_id).tags.get(DIGEST_TAG) or of_path(chosen.model)
        if not client.search_registered_models(f"name = '{MODEL}'"):
            client.create_registered_model(MODEL, description=_ABOUT)
        versions = client.search_model_versions(f"name = '{MODEL}'")
        numbers = [int(each.version) for each in versions if each.tags.get(DIGEST_TAG) == digest]
        if numbers:
            # Only a version that is asked for by its number has its aliases with it.
            version = client.get_model_version(MODEL, str(min(numbers)))
        else:
            version = client.create_model_version(
                MODEL,
                uri,
                run.info.run_id,
                {DIGEST_TAG: digest, "quoi.variant": chosen.variant},
                description=_card(CARDS / f"{chosen.variant}.md"),
                model_id=model_id,
            )
        if ALIAS in (version.aliases or ()):
            return None
        client.set_registered_model_alias(MODEL, ALIAS, version.version)
    return str(version.version)


def _card(path: Path) -> str:
    """The model card without its table of settings, which are the run's parameters."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return store.note(text.split("\n## Settings", 1)[0], _LONGEST)
