"""What `mlflow models serve` runs. MLflow keeps this file itself ("models from code"), so nothing is pickled.

It is loaded as a script inside the serving process: it must not be imported from elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class Translations(PythonModel):
    """Sentences in, translations out."""

    def load_context(self, context: Any) -> None:
        """Load the weights of the variant's best seed."""
        from quoi.translation.translator import Translator

        self.translator = Translator.load(Path(context.artifacts["model"]))

    # MLflow reads the type hint: whatever form a request has, its sentences arrive as the column of a table.
    def predict(self, context: Any, model_input: pandas.DataFrame, params: dict[str, Any] | None = None) -> list[str]:
        """Translate each sentence, an empty one to an empty one; `params` may set the width of the search, `beam`."""
        sentences = [str(sentence) for sentence in model_input.iloc[:, 0]]
        wanted = [sentence for sentence in sentences if sentence.strip()]
        beam = int((params or {}).get("beam", 5))
        translated = iter(self.translator.translate(wanted, beam=beam) if wanted else [])
        return [next(translated).text if sentence.strip() else "" for sentence in sentences]


set_model(Translations())
