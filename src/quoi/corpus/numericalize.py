"""The lesson's steps from tokens to arrays of ids: which pairs stay, the split, vocabularies, end marker and cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np

from quoi.corpus import monolingual
from quoi.corpus import tokens as tokens_
from quoi.corpus.pairs import Pairs
from quoi.corpus.splits import groups, together, validation_rows
from quoi.corpus.units import Units, learn
from quoi.corpus.vocabulary import EOS, SPECIALS, UNK, Vocabulary
from quoi.io.errors import QuoiError
from quoi.io.geometry import evenly
from quoi.io.tables import read_columns
from quoi.params import Params, SplitParams, VocabularyParams
from quoi.params.languages import SIDES, Side
from quoi.records.checks import Measures, histogram

Tokens = Sequence[Sequence[str]]

SAMPLE, SHOWN = 500, 5
"""How many sentences are decoded again and compared, and how many pairs a report shows."""


@dataclass(frozen=True, eq=False)
class Numericalized:
    """What the stage writes; units and vocabularies by side."""

    units: dict[Side, Units]
    vocabularies: dict[Side, Vocabulary]
    pairs: Pairs
    counts: dict[str, Any]
    measures: Measures

    def save(self, folder: Path) -> None:
        """Write vocabularies, pairs and, where the units have one, a model of sentencepiece for each side."""
        for side, vocabulary in self.vocabularies.items():
            vocabulary.save(folder / f"{side}.txt")
            self.units[side].save(folder / f"{side}.model")
        self.pairs.save(folder / "pairs.safetensors")


def of_questions(params: Params) -> Numericalized:
    """All questions as ids: pairs are chosen and split by the lesson's words, and only then come the units of a model.

    So a model of sentencepiece sees no validation sentence, and settings of units and case have the same pairs.

    Raises:
        QuoiError: as `choose`, `quoi.corpus.units.learn` and `quoi.corpus.monolingual.of_raw`.
    """
    words = read_columns(Path("data/tokens.parquet"))
    *texts, taken_from = read_columns(Path("data/questions.parquet"), [*SIDES, "group"])
    chosen = choose(*words, params.vocabulary, params.split, taken_from)
    units, tokens, sentences = {}, {}, {}
    for (side, language), side_words, side_texts in zip(params.languages.both.items(), words, texts, strict=True):
        own = learn(chosen.training(side_texts), language, params.tokens)
        units[side], sentences[side] = own, side_texts
        tokens[side] = (
            side_words if own.as_the_lesson else list(tokens_.tokenize_all(side_texts, own, params.tokens.workers))
        )
    more = more_words(params, units, tokens, chosen)
    *both, pairs, counts = numericalize(*tokens.values(), chosen, params.vocabulary, more)
    vocabularies = dict(zip(SIDES, both, strict=True))
    measures = checks(pairs, vocabularies, tokens, counts)
    if not all(own.as_the_lesson for own in units.values()):
        measures.values["there_and_back"] = tokens_.checks(sentences, tokens, units).values["there_and_back"]
    if len({params.tokens.units_of(language) for language in params.languages.both.values()}) > 1:
        del measures.values["length_ratio"]  # of words and characters it says nothing
    return Numericalized(units, vocabularies, pairs, counts, measures)


@dataclass(frozen=True, eq=False)
class Chosen:
    """Which pairs stay, and their split.

    Attributes:
        rows: int (n,) of the table of questions; validation: bool (n,).
        counts: for people.
    """

    rows: np.ndarray
    validation: np.ndarray
    counts: dict[str, Any]

    def training(self, sentences: Sequence[Any]) -> list[Any]:
        """The sentences of the training pairs, out of those of all questions."""
        return [sentences[row] for row in self.rows[~self.validation]]


def choose(
    source: Tokens,
    target: Tokens,
    settings: VocabularyParams,
    split: SplitParams,
    taken_from: Sequence[str | None] = (),
) -> Chosen:
    """Leave pairs with `fewer_than` target words or more out, and draw the split.

    Pairs that are taken from the same, as all versions of one verse are, stay together; with `deduplicate`, so do pairs
    that share a side.

    Args:
        source, target: all pairs as the lesson's words, whatever a model reads, so that settings of `tokens.units` and
            `tokens.case` train and validate on the same pairs.
        taken_from: what each pair is taken from, where that is known of any.

    Raises:
        QuoiError: no pair stays, or the split leaves one side without a pair.
    """
    kept = [row for row, sentence in enumerate(target) if len(sentence) < settings.fewer_than]
    if not kept:
        raise QuoiError(
            f"None of the {len(target):,} pairs has fewer than {settings.fewer_than} target tokens: "
            f"raise vocabulary.fewer_than."
        )
    strings = [["\0".join(side[row]) for row in kept] for side in (source, target)]
    validation = validation_rows(len(kept), split.validation, split.seed)
    shared: list[Sequence[str | None]] = list(strings) if split.deduplicate else []
    if any(taken_from):
        shared.append([taken_from[row] for row in kept])
    if shared:
        validation = together(validation, groups(*shared))
    if validation.all() or not validation.any():
        raise QuoiError(
            f"The split puts all {len(kept):,} pairs on one side; more pairs, another split.seed or another "
            f"split.validation (now {split.validation}) are needed."
        )
    counts = {
        "pairs": len(kept),
        "too_long": len(target) - len(kept),
        "training": int((~validation).sum()),
        "validation": int(validation.sum()),
        "validation_also_in_training": _seen(strings[0], strings[1], validation),
    }
    return Chosen(np.array(kept), validation, counts)


def more_words(
    params: Params, units: Mapping[Side, Units], tokens: Mapping[Side, Tokens], chosen: Chosen
) -> list[list[str]]:
    """The words of each side that get an id though no training pair may hold them.

    Of pieces they are all that the model knows. With `vocabulary.words: lines`, those of the raw corpus's lines for the
    source language: a word can be read whose vector is known, but none is written that was never trained. No line holds
    a validation question, and the words that a line must mostly consist of are the training pairs'.
    """
    more = {side: own.pieces for side, own in units.items()}
    settings = params.vocabulary
    if settings.words == "lines":
        trained = Vocabulary.from_sentences(chosen.training(tokens["source"]), settings.size, more["source"])
        lines = monolingual.of_raw(params, "source", units["source"], chosen.rows[chosen.validation], trained)
        more["source"] += Vocabulary.from_sentences(lines, settings.size).words[len(SPECIALS) :]
    return list(more.values())


def numericalize(
    source: Tokens,
    target: Tokens,
    chosen: Chosen,
    settings: VocabularyParams,
    more: Sequence[Sequence[str]] = ((), ()),
) -> tuple[Vocabulary, Vocabulary, Pairs, dict[str, Any]]:
    """Turn the n chosen pairs into ids, in the order of the lesson.

    1. Each side's vocabulary is the `size` most common words of all these pairs. As in the lesson these are the
       validation pairs too, so that a validation word is unknown only when it is rare; unless `words` has it otherwise.
    2. Words become ids, and the end marker is appended.
    3. Each side is cut at a percentile of its lengths, `int(np.percentile(lengths, cut))`; a sentence that is
       cut loses its end marker.

    Args:
        source, target: all questions in the units that a model reads.
        more: words of each side that get an id after all others.

    Returns:
        The vocabularies of source and target, the pairs, and counts for people (lengths with no end marker).
    """
    both = (source, target)
    sides = [[side[row] for row in chosen.rows] for side in both]
    known = sides if settings.words == "pairs" else [chosen.training(side) for side in both]
    vocabularies = [
        Vocabulary.from_sentences(side, settings.size, words) for side, words in zip(known, more, strict=True)
    ]
    whole = [[words.encode(sentence) for sentence in side] for words, side in zip(vocabularies, sides, strict=True)]
    shares = settings.cut_source, settings.cut_target
    cuts = [int(np.percentile([len(ids) for ids in side], share)) for side, share in zip(whole, shares, strict=True)]
    ids = [[sentence[:cut] for sentence in side] for side, cut in zip(whole, cuts, strict=True)]
    pairs = Pairs.of(*ids, chosen.rows, chosen.validation)
    counts = dict(chosen.counts)
    for name, words, side, all_tokens, cut in zip(SIDES, vocabularies, whole, both, cuts, strict=True):
        counts[f"vocabulary_{name}"] = len(words)
        counts[f"cut_{name}"] = cut
        counts[f"cut_off_{name}"] = sum(len(sentence) > cut for sentence in side)
        counts[f"unknown_share_{name}"] = _unknown_share(side)
        counts[f"unknown_in_validation_{name}"] = _unknown_share(list(compress(side, chosen.validation)))
        counts[f"length_{name}"] = _percentiles([len(sentence) for sentence in all_tokens])
    return *vocabularies, pairs, counts


def checks(
    pairs: Pairs, vocabularies: Mapping[Side, Vocabulary], tokens: Mapping[Side, Tokens], counts: Mapping[str, Any]
) -> Measures:
    """Measures of the ids; a sample of sentences is decoded again and compared.

    Args:
        tokens: by side, of every question, those without ids too.
        counts: what `numericalize` counted.
    """
    measured: dict[str, float] = {}
    right, tried, empty, cut, lengths, shown = 0, 0, 0, 0, {}, {}
    sides = {side: pairs.sentences(side) for side in vocabularies}
    for side, vocabulary in vocabularies.items():
        ids = sides[side]
        lengths[side] = np.array([len(sentence) for sentence in ids])
        measured[f"unknown_{side}"] = counts[f"unknown_share_{side}"]
        cut += counts[f"cut_off_{side}"]
        empty += sum(sentence[0] == EOS for sentence in ids)
        for place in evenly(len(ids), SAMPLE):
            words = tokens[side][pairs.row[place]]
            expected = [word if word in vocabulary else SPECIALS[UNK] for word in words]
            right += vocabulary.decode(ids[place]) == expected[: counts[f"cut_{side}"]]
            tried += 1
    for place in evenly(len(pairs), SHOWN):
        source, target = (" ".join(words.decode(sides[side][place])) for side, words in vocabularies.items())
        shown[source] = target
    source, target = lengths["source"], lengths["target"]
    seen = counts["validation_also_in_training"]
    measured |= {
        "ids_and_back": right / tried,
        "length_ratio": float(source.sum() / target.sum()),
        "length_correlation": _correlation(source, target),
        "cut_share": cut / (2 * len(pairs)),
        "empty": empty,
        "seen_share": max(seen["source"], seen["target"]) / max(1, counts["validation"]),
    }
    return Measures(
        measured,
        {"pairs as ids have them": shown},
        {"source tokens less target ones": histogram(source - target, -20.5, 20.5, 41)},
    )


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's; 1 where a side's lengths are all equal, which tells nothing of alignment."""
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > 0 and other.std() > 0 else 1.0


def _percentiles(lengths: list[int]) -> dict[str, float]:
    shares = {f"p{share}": round(float(np.percentile(lengths, share)), 2) for share in (50, 90, 95, 97, 99)}
    return {**shares, "max": max(lengths)}


def _unknown_share(sentences: list[list[int]]) -> float:
    words = sum(len(sentence) - 1 for sentence in sentences)
    unknown = sum(sentence.count(UNK) for sentence in sentences)
    return round(unknown / max(1, words), 6)


def _seen(source: list[str], target: list[str], validation: np.ndarray) -> dict[str, int]:
    """How many validation pairs are also in training: as a pair, by their source alone, by their target alone."""
    both = list(zip(source, target, strict=True))
    counts = {}
    for name, keys in (("pair", both), ("source", source), ("target", target)):
        trained = {key for key, held_out in zip(keys, validation, strict=True) if not held_out}
        counts[name] = sum(key in trained for key, held_out in zip(keys, validation, strict=True) if held_out)
    return counts
