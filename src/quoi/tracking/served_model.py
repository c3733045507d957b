"""What `mlflow models serve` runs. MLflow keeps this file itself ("models from code"), so nothing is pickled.

It is loaded as a script inside the serving process: it must not be imported from elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel
from pydantic import ValidationError


class Translations(PythonModel):
    """Sentences in, translations out."""

    def load_context(self, context: Any) -> None:
        """Load the weights of the variant's best seed."""
        from quoi.translation.translator import Translator

        self.translator = Translator.load(Path(context.artifacts["model"]))

    # MLflow reads the type hint, and refuses whatever is no list of strings.
    def predict(self, context: Any, model_input: list[str], params: dict[str, Any] | None = None) -> list[str]:
        """Translate each sentence, one that shows nothing to nothing; `params` may set the width of the search, `beam`.

        Raises:
            MlflowException: the width is out of range; the server answers with status 400.
        """
        if context is None:  # while it keeps the model, MLflow looks at the form of an answer
            return [""] * len(model_input)
        from quoi.corpus.normalise import normalise
        from quoi.params import Search

        try:
            beam = Search.model_validate(params or {}).beam
        except ValidationError as error:
            refused = "; ".join(f"{each['loc'][0]} is {each['input']!r}: {each['msg']}" for each in error.errors())
            raise MlflowException.invalid_parameter_value(refused) from error
        sentences = [normalise(sentence) for sentence in model_input]
        wanted = [sentence for sentence in sentences if sentence.strip()]
        translated = iter(self.translator.translate(wanted, beam=beam) if wanted else [])
        return [next(translated).text if sentence.strip() else "" for sentence in sentences]


set_model(Translations())
