"""One seed of a variant on a small corpus on disk: with language models before it, and a language model alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quoi.corpus.pairs import Pairs, save_sentences
from quoi.corpus.vocabulary import EOS, SPECIALS, Vocabulary
from quoi.io.errors import QuoiError
from quoi.jobs.seeds import train_language_model, train_one
from quoi.params import Params
from quoi.translation.scores import LOSSES
from quoi.vectors.table import VectorTable

WORDS = tuple("abcdefghij")


@pytest.fixture(autouse=True)
def _corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_thread) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    ids = [[*rng.integers(4, 14, rng.integers(2, 6)).tolist(), EOS] for _ in range(60)]
    Pairs.of(ids, ids, np.arange(60), np.arange(60) % 6 == 0).save(Path("data/ids/pairs.safetensors"))
    for side in ("source", "target"):
        Vocabulary((*SPECIALS, *WORDS)).save(Path(f"data/ids/{side}.txt"))
        vectors = rng.standard_normal((14, 8), dtype=np.float32)
        VectorTable(vectors, np.arange(14) > 3).save(Path(f"data/vectors/{side}.safetensors"))
    texts = [" ".join(WORDS[word - 4] for word in sentence[:-1]) for sentence in ids]
    columns = {"line": range(60), "source": texts, "target": texts, "group": [None] * 60}
    pq.write_table(pa.table(columns), "data/questions.parquet")


def lines(count: int = 50) -> None:
    """Text of either language."""
    rng = np.random.default_rng(1)
    for side in ("source", "target"):
        text = [[*rng.integers(3, 14, 12).tolist(), EOS] for _ in range(count)]
        save_sentences(Path(f"data/text/{side}.safetensors"), text)


def params(**changed) -> Params:
    settings = {"hidden": 8, "layers": 1, "epochs": 2, "batch_size": 8, **changed}
    hardware = {"accelerator": "cpu", "devices": 1}
    return Params(profile="t", variants={"one": {}}, translation=settings, hardware=hardware, report={"samples": 1})


def test_a_training_begins_with_language_models_whose_losses_its_checks_have(tmp_path: Path) -> None:
    plain = train_one(params(), "one", 1, tmp_path / "plain", lambda event: None)  # needs no text
    assert plain.measures.series == {}
    lines()
    told = []
    own = params(pretrain_epochs=1, unfreeze_epochs=1)
    done = train_one(own, "one", 1, tmp_path / "pre", told.append)
    steps = [event["epoch"] for event in told if event["kind"] == "step"]
    assert steps == sorted(steps) and set(steps) == {-2, -1, 0, 1}
    assert [event["epoch"] for event in told if event["kind"] == "epoch"] == [1, 2]
    for side in ("source", "target"):
        title = f"perplexity of the {side}'s language model by epoch"
        assert list(done.measures.series[title]) == list(done.measures.controls[title]) == ["1"]
        ratio = np.log(done.measures.series[title]["1"]) / np.log(done.measures.controls[title]["1"])
        assert done.measures.values[f"language_model_{side}"] == pytest.approx(ratio)
    assert done.history != plain.history
    again = train_one(own, "one", 1, tmp_path / "pre", lambda event: None)
    assert (again.history, again.scores, again.measures) == (done.history, done.scores, done.measures)


def test_a_sentence_with_several_translations_is_scored_once(tmp_path: Path) -> None:
    alone = train_one(params(), "one", 1, tmp_path / "alone", lambda event: None)
    table = pq.read_table("data/questions.parquet").to_pydict()
    table["source"] = [table["source"][row - row % 12] for row in range(60)]  # validation rows are 0, 6, 12, 18 …
    table["group"] = [f"verse {row // 12}" for row in range(60)]
    pq.write_table(pa.table(table), "data/questions.parquet")
    done = train_one(params(), "one", 1, tmp_path / "together", lambda event: None)
    assert done.history == alone.history
    assert done.translations["beam"] == alone.translations["beam"][::2] and len(done.translations["beam"]) == 5
    assert "nrefs:1|" in alone.signatures["bleu"] and "nrefs:2|" in done.signatures["bleu"]
    assert done.scores["bleu_beam"] != alone.scores["bleu_beam"]
    assert [done.scores[name] for name in LOSSES] == [alone.scores[name] for name in LOSSES]


@pytest.mark.parametrize("attention", [True, False])
def test_a_language_model_alone_is_of_the_target_language(tmp_path: Path, attention: bool) -> None:
    lines()
    told = []
    given = params(lm_attention=attention)
    nats, tokens, (history, _) = train_language_model(given, "one", 1, tmp_path / "a", told.append)
    pairs = Pairs.load(Path("data/ids/pairs.safetensors"))
    assert tokens.tolist() == [len(pairs.sentences("target")[row]) for row in pairs.validation_indices]
    assert len(nats) == 10 and (nats > 0).all()
    assert [event["epoch"] for event in told if event["kind"] == "epoch"] == [1, 2] == [row["epoch"] for row in history]
    Path("data/text/source.safetensors").unlink()
    assert (train_language_model(given, "one", 1, tmp_path / "b", told.append).nats == nats).all()
    Path("data/text/target.safetensors").unlink()
    with pytest.raises(QuoiError, match=r"data/text/target\.safetensors does not exist yet"):
        train_language_model(given, "one", 1, tmp_path / "c", told.append)
