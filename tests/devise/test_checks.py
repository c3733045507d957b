"""The look at features and at places among words: all alike, repeated, hubs."""

from __future__ import annotations

import numpy as np
import pytest

from quoi.devise.checks import of_predictions, of_vectors
from quoi.io.geometry import unit
from quoi.records.bounds import BOUNDS


def judged(values: dict[str, float]) -> dict[str, str]:
    return {key: BOUNDS[key].judge(value) for key, value in values.items()}


def features() -> np.ndarray:
    return np.maximum(np.random.default_rng(0).standard_normal((200, 300)), 0)


def test_features_that_differ_are_sound() -> None:
    assert set(judged(of_vectors(features()).values).values()) == {"ok"}


@pytest.mark.parametrize(
    ("vectors", "key", "state"),
    [
        (np.ones((200, 300)), "feature_cosine", "broken"),
        (np.ones((200, 300)), "feature_variance", "broken"),
        (features() * (np.arange(300) > 60), "dead_features", "look"),
        (np.vstack([features()[:150], features()[:50]]), "duplicate_features", "look"),
        (features() + 2, "feature_cosine", "look"),
        (np.outer(np.arange(200.0), np.ones(300)), "feature_variance", "broken"),
    ],
)
def test_a_fault_of_features_is_caught(vectors: np.ndarray, key: str, state: str) -> None:
    assert judged(of_vectors(vectors).values)[key] == state


def measured(predictions: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    names = [f"label {number}" for number in range(len(labels))]
    unseen = np.arange(len(labels)) >= len(labels) // 2
    return of_predictions(predictions, labels, names, unseen, unit(predictions), 0).values


def test_predictions_near_their_labels_are_sound() -> None:
    random = np.random.default_rng(1)
    labels = unit(random.standard_normal((200, 20)))
    values = measured(labels[100:] + 0.1 * unit(random.standard_normal((100, 20))), labels)
    assert set(judged(values).values()) == {"ok"} and values["never_found"] == 0


def test_predictions_that_collapse_are_broken_and_their_hub_is_seen() -> None:
    labels = unit(np.random.default_rng(1).standard_normal((200, 20)))
    values = measured(np.tile(labels[150], (100, 1)), labels)
    states = judged(values)
    assert states["collapse"] == "broken" and states["hub_share"] == states["never_found"] == "look"


def test_labels_that_are_all_one_are_broken() -> None:
    labels = np.tile(unit(np.ones((1, 20))), (200, 1))
    predictions = np.random.default_rng(1).standard_normal((100, 20))
    assert judged(measured(predictions, labels))["answer_spread"] == "broken"
