"""What `mlflow models serve` runs. MLflow keeps this file itself ("models from code"), so nothing is pickled.

It is loaded as a script inside the serving process: it must not be imported from elsewhere.
"""

from __future__ import annotations

from functools import wraps
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
        # Of a table, as a request in CSV is, MLflow would choose a column by these hints: `_of_one_column` sees all.
        self.predict_type_hints.input = None

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


_predict = Translations.predict  # as MLflow has wrapped it


@wraps(_predict)
def _of_one_column(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> list[str]:
    columns = getattr(model_input, "columns", ("text",))
    if len(columns) != 1:
        raise MlflowException.invalid_parameter_value(
            f"One column is needed, of sentences, and there are {len(columns)}: {', '.join(map(str, columns))}."
        )
    return _predict(self, context, model_input, params=params)


Translations.predict = _of_one_column
set_model(Translations())
