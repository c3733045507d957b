"""A trained variant as an MLflow model, so that `mlflow models serve` answers with translations."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import quoi
from quoi.io.files import link_or_copy, read_json
from quoi.repo.digests import of_path
from quoi.tracking import store

if TYPE_CHECKING:
    from mlflow import MlflowClient

# What translating imports. Listed, because inferring it would load the model in a second process.
_REQUIRED = ("babel", "mlflow", "numpy", "pydantic", "rich", "ruamel.yaml", "safetensors", "spacy", "torch")


EXAMPLES = {"fr": "Où sommes-nous ?", "en": "Where are we?"}
"""A request in the lesson's two languages; in another, what any model has an answer to."""


def log_model(client: MlflowClient, run_id: str, folder: Path | str, name: str = "translator") -> str:
    """Keep the trained variant in `folder` (models/VARIANT) as the model `name` of a run.

    The model holds the weights of all the variant's seeds, serves those of the best, and carries quoi's own code, so
    that it is served by the code it was trained with.

    Returns:
        `models:/m-…`, which MLflow serves and loads; `runs:/RUN/NAME` names the same model.

    Raises:
        QuoiError: `folder` holds no model.json, or the database is locked.
    """
    folder = Path(folder)
    description = read_json(folder / "model.json")
    languages = description["source_language"], description["target_language"]

    with store.explained(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow
        from mlflow.models import Model

        store.quiet()
        made = client.create_logged_model(
            client.get_run(run_id).info.experiment_id,
            name=name,
            source_run_id=run_id,
            tags={
                "quoi.variant": description["variant"],
                "quoi.languages": " to ".join(languages),
                "quoi.model_digest": of_path(folder),
            },
        )
        try:
            with _without_links(folder) as plain:
                logged = Model.log(
                    artifact_path=None,
                    name=name,
                    flavor=mlflow.pyfunc,
                    run_id=run_id,
                    model_id=made.model_id,
                    python_model=str(Path(__file__).with_name("served_model.py")),
                    artifacts={"model": str(plain)},
                    code_paths=[str(Path(quoi.__file__).parent)],
                    # MLflow reads the form of a request from the type hints of `predict`, that of `params` from the
                    # example.
                    input_example=([EXAMPLES.get(languages[0], "…")], {"beam": 5}),
                    pip_requirements=requirements(folder),
                )
        except BaseException:
            client.delete_logged_model(made.model_id)
            raise
    return logged.model_uri


@contextmanager
def _without_links(folder: Path) -> Iterator[Path]:
    """A folder of the same name and content in which no file is a symbolic link.

    DVC may keep the files of an output as links into its cache, and MLflow takes nothing that leads out of a folder.
    """
    with TemporaryDirectory(dir=folder.parent, prefix=".serving-") as name:  # beside it, where hard links can be made
        yield Path(shutil.copytree(folder, Path(name) / folder.name, copy_function=link_or_copy))


def requirements(folder: Path) -> list[str]:
    """The packages that serving a trained variant needs, pinned as installed here, without a build as `+cpu`."""
    needed = (*_REQUIRED, "sentencepiece") if any(folder.glob("*.model")) else _REQUIRED
    return [f"{package}=={version(package).split('+')[0]}" for package in needed]
