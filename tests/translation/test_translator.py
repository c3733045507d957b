"""Text in, text out, and what a reader should know about it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from quoi.corpus.tokens import tokenize
from quoi.corpus.units import Units, learn
from quoi.corpus.vocabulary import Vocabulary
from quoi.io.errors import QuoiError
from quoi.params import Search, Translation
from quoi.params.corpus import Tokens
from quoi.translation import saved
from quoi.translation.model import Seq2Seq
from quoi.translation.translator import Translator
from tests.translation.conftest import SIZE, SOURCE_WORDS, TARGET_WORDS, make_model

FRENCH = ["où", "sommes", "-nous", "?", "qui", "est", "la", "capitale", "du", "portugal", "-ce", "quel", "train"]
ENGLISH = ["where", "are", "we", "?", "who", "is", "the", "capital", "of", "portugal", "it", "train"]


def padded(words: list[str], size: int) -> Vocabulary:
    return Vocabulary.from_sentences([[*words, *(f"x{n}" for n in range(size - 4 - len(words)))]], size)


def translator(attention: bool = True, languages: tuple[str, str] = ("fr", "en")) -> Translator:
    model = make_model(3, attention=attention, bidirectional=True)
    told = saved.Description("mine", *languages, model.settings.model_dump(), [1], 1, SIZE, SIZE, 9, 7, False)
    units = map(Units, languages)
    return Translator(model.eval(), told, padded(FRENCH, SOURCE_WORDS), padded(ENGLISH, TARGET_WORDS), *units)


@pytest.fixture
def mine() -> Translator:
    return translator()


def test_the_languages_are_those_of_the_model():
    assert tuple(translator().languages.both.values()) == ("fr", "en")
    there = translator(languages=("en", "fr"))
    assert tuple(there.languages.both.values()) == ("en", "fr")


@pytest.mark.parametrize("beam", [1, 3])
def test_a_translation_does_not_depend_on_what_is_translated_with_it(mine, beam):
    sentences = ["Où sommes-nous ?", "Qui est-ce ?", "Quel train est la capitale du Portugal ?", "Où ?"]
    together = mine.translate(sentences, beam)
    assert [each.source for each in together] == sentences
    assert [each.text for each in together] == [mine.translate([sentence], beam)[0].text for sentence in sentences]


def test_what_looks_the_same_is_translated_and_scored_the_same(mine):
    plain, marked = "Où sommes-nous ?", "\ufeffOu\u0300 som\u00admes-nous\u200b ?"
    one, other = mine.translate([plain, marked], 2)
    assert (other.text, other.source_tokens, other.unknown) == (one.text, one.source_tokens, [])
    assert other.source == marked  # what was given is told as it was
    search = Search(beam=2)
    assert mine.evaluate([(marked, "Where are\u200b we?")], search) == mine.evaluate([(plain, "Where are we?")], search)
    assert (
        mine.translate(["Ou sommes-nous ?"], 2)[0].source_tokens != one.source_tokens
    )  # an accent that is seen counts


@pytest.mark.parametrize("text", ["\ufeff", "\u200b\u00ad ", "\u2060"])
def test_a_sentence_of_marks_that_nobody_sees_is_empty(mine, text):
    with pytest.raises(QuoiError, match="nothing to translate"):
        mine.translate(["Où ?", text], 1)


def test_a_translation_is_at_most_as_long_as_in_training(mine):
    (each,) = mine.translate(["qui est la capitale du Portugal ? " * 20], 2)
    assert 1 <= len(each.target_tokens) <= 7


def test_attention_is_a_row_a_target_word_that_sums_to_one(mine):
    (each,) = mine.translate(["Où sommes-nous ?"], 2, attention=True)
    assert each.source_tokens == ["où", "sommes", "-nous", "?", "_eos_"]
    weights = np.array(each.attention)
    assert weights.shape == (len(each.target_tokens), 5)
    assert weights.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_attention_is_absent_unless_asked_for_or_without_it_in_the_model(mine):
    assert mine.translate(["Où ?"], 1)[0].attention is None
    assert translator(attention=False).translate(["Où ?"], 1, attention=True)[0].attention is None


def test_known_words_need_no_remark(mine):
    assert mine.remarks(mine.translate(["Où sommes-nous ?"], 1)[0]) == []


def test_unknown_words_are_named(mine):
    (each,) = mine.translate(["Où est le zyzzyva ?"], 1)
    assert each.unknown == ["le", "zyzzyva"]
    assert mine.remarks(each) == ["not in the French vocabulary: le, zyzzyva"]


def test_only_unknown_words_are_a_guess(mine):
    (each,) = mine.translate(["zyzzyva wombat"], 1)
    assert mine.remarks(each) == ["none of the 2 words is in the French vocabulary, so the translation is a guess"]


def test_a_long_sentence_is_said_to_be_long(mine):
    (each,) = mine.translate(["qui est la capitale " * 3], 1)
    assert mine.remarks(each) == ["12 words, and no training sentence had more than 9: expect little"]


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_an_empty_sentence_is_refused(mine, text):
    with pytest.raises(QuoiError, match="There is nothing to translate: the sentence is empty"):
        mine.translate(["Où ?", text], 1)


def test_evaluation_has_every_score_and_a_translation_a_pair(mine):
    pairs = [("Où sommes-nous ?", "Where are we?"), ("Qui est-ce ?", "Who is it?"), ("Où ?", "Where?")]
    found = mine.evaluate(pairs, Search(beam=2))
    assert len(found.greedy) == len(found.beam) == 3
    assert 0 <= found.scores["exact"] <= 1 and found.scores["token_loss_free"] > 0
    assert found.beam == [each.text for each in mine.translate([source for source, _ in pairs], 2)]
    assert found.signatures["bleu"].startswith("nrefs:1|case:lc")


def test_weights_that_are_no_numbers_are_refused(mine, tmp_path):
    weights = tmp_path / "seed-1.safetensors"
    saved.save(tmp_path, mine.description, mine.source, mine.target)
    saved.save_weights(weights, mine.model)
    assert Translator.load(tmp_path).translate(["où"], 1)
    with torch.no_grad():
        next(iter(mine.model.parameters()))[-1, -1] = float("nan")
    saved.save_weights(weights, mine.model)
    with pytest.raises(QuoiError, match=r"holds weights that are not finite numbers \(encoder\.embedding\.weight\)"):
        Translator.load(tmp_path)


@pytest.mark.parametrize("kind", ["subwords", "characters"])
def test_pieces_go_with_the_model(tmp_path, kind):
    asked = Tokens(units=kind, pieces=45, case="markers")
    texts = {"fr": ["Où sommes-nous à Paris ?"] * 3, "en": ["Where are we in Paris, said NATO?"] * 3}
    units = [learn(texts[language], language, asked) for language in ("fr", "en")]
    words = [Vocabulary.from_sentences([], 100, own.pieces) for own in units]
    torch.manual_seed(0)
    model = Seq2Seq(Translation(hidden=10), *(torch.randn(len(side), SIZE) for side in words))
    told = saved.Description(
        "mine", "fr", "en", model.settings.model_dump(), [1], 1, SIZE, SIZE, 99, 40, False, kind, kind, "markers"
    )
    saved.save(tmp_path, told, *words, units)
    saved.save_weights(tmp_path / "seed-1.safetensors", model)
    loaded = Translator.load(tmp_path)
    assert (loaded.source_units, loaded.target_units) == tuple(units)
    tokens, ids = loaded.encode("Où sommes-nous ☃ ?")
    assert tokens[0] == "▁t_maj" and loaded.source.decode(ids)[-1].endswith("?")
    assert loaded.to_text(loaded.target.encode(tokenize("Where are we, NATO?", units[1]))) == "Where are we, NATO?"
    (each,) = loaded.translate(["Où sommes-nous ☃ ?"], 1)
    assert each.unknown == ["☃"] and loaded.remarks(each) == ["not in the French vocabulary: ☃"]
    (tmp_path / "target.model").unlink()
    with pytest.raises(QuoiError, match=r"target\.model does not exist yet"):
        Translator.load(tmp_path)
