"""The lesson's steps from tokens to arrays of ids: which pairs stay, vocabularies, end marker, cuts and split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from quoi.corpus.pairs import Pairs
from quoi.corpus.splits import groups, together, validation_rows
from quoi.corpus.vocabulary import EOS, SPECIALS, UNK, Vocabulary
from quoi.io.errors import QuoiError
from quoi.io.geometry import evenly
from quoi.params import SplitParams, VocabularyParams
from quoi.records.checks import Measures, histogram

Tokens = Sequence[Sequence[str]]

SAMPLE, SHOWN = 500, 5
"""How many sentences are decoded again and compared, and how many pairs a report shows."""


def numericalize(
    english: Tokens, french: Tokens, settings: VocabularyParams, split: SplitParams
) -> tuple[Vocabulary, Vocabulary, Pairs, dict[str, Any]]:
    """Turn n tokenized pairs into ids, in the order of the lesson.

    1. Pairs with `fewer_than` English tokens or more are left out.
    2. Each language's vocabulary is the `size` most common words of all pairs that stay. As in the lesson these are
       the validation pairs too, so that a validation word is unknown only when it is rare.
    3. Words become ids, and the end marker is appended.
    4. Each language is cut at a percentile of its lengths, `int(np.percentile(lengths, cut))`; a sentence that is
       cut loses its end marker.
    5. The split is drawn; with `deduplicate`, pairs that share a side stay together.

    Returns:
        The English and the French vocabulary, the pairs, and counts for people (lengths with no end marker).

    Raises:
        QuoiError: no pair stays, or the split leaves one side without a pair.
    """
    kept = [row for row, sentence in enumerate(english) if len(sentence) < settings.fewer_than]
    if not kept:
        raise QuoiError(
            f"None of the {len(english):,} pairs has fewer than {settings.fewer_than} English tokens: "
            f"raise vocabulary.fewer_than."
        )
    sides = [[side[row] for row in kept] for side in (english, french)]
    vocabularies = [Vocabulary.from_sentences(side, settings.size) for side in sides]
    whole = [[words.encode(sentence) for sentence in side] for words, side in zip(vocabularies, sides, strict=True)]
    shares = settings.cut_english, settings.cut_french
    cuts = [int(np.percentile([len(ids) for ids in side], share)) for side, share in zip(whole, shares, strict=True)]
    ids = [[sentence[:cut] for sentence in side] for side, cut in zip(whole, cuts, strict=True)]

    strings = [["\0".join(sentence) for sentence in side] for side in sides]
    validation = validation_rows(len(kept), split.validation, split.seed)
    if split.deduplicate:
        validation = together(validation, groups(*strings))
    if validation.all() or not validation.any():
        raise QuoiError(
            f"The split puts all {len(kept):,} pairs on one side; more pairs, another split.seed or another "
            f"split.validation (now {split.validation}) are needed."
        )
    pairs = Pairs.of(*ids, np.array(kept), validation)
    counts = {
        "pairs": len(kept),
        "too_long": len(english) - len(kept),
        "training": int((~validation).sum()),
        "validation": int(validation.sum()),
        "validation_also_in_training": _seen(strings[0], strings[1], validation),
    }
    for name, words, side, all_tokens, cut in zip(
        ("en", "fr"), vocabularies, whole, (english, french), cuts, strict=True
    ):
        counts[f"vocabulary_{name}"] = len(words)
        counts[f"cut_{name}"] = cut
        counts[f"cut_off_{name}"] = sum(len(sentence) > cut for sentence in side)
        counts[f"unknown_share_{name}"] = _unknown_share(side)
        counts[f"length_{name}"] = _percentiles([len(sentence) for sentence in all_tokens])
    return *vocabularies, pairs, counts


def checks(
    pairs: Pairs, vocabularies: Mapping[str, Vocabulary], tokens: Mapping[str, Tokens], counts: Mapping[str, Any]
) -> Measures:
    """Measures of the ids; a sample of sentences is decoded again and compared.

    Args:
        tokens: by language, of every question, those without ids too.
        counts: what `numericalize` counted.
    """
    measured: dict[str, float] = {}
    right, tried, empty, cut, lengths, shown = 0, 0, 0, 0, {}, {}
    sides = {language: pairs.sentences(language) for language in vocabularies}
    for language, vocabulary in vocabularies.items():
        ids = sides[language]
        lengths[language] = np.array([len(sentence) for sentence in ids])
        measured[f"unknown_{language}"] = counts[f"unknown_share_{language}"]
        cut += counts[f"cut_off_{language}"]
        empty += sum(sentence[0] == EOS for sentence in ids)
        for place in evenly(len(ids), SAMPLE):
            words = tokens[language][pairs.row[place]]
            expected = [word if word in vocabulary else SPECIALS[UNK] for word in words]
            right += vocabulary.decode(ids[place]) == expected[: counts[f"cut_{language}"]]
            tried += 1
    for place in evenly(len(pairs), SHOWN):
        english, french = (" ".join(words.decode(sides[name][place])) for name, words in vocabularies.items())
        shown[english] = french
    english, french = lengths["en"], lengths["fr"]
    seen = counts["validation_also_in_training"]
    measured |= {
        "ids_and_back": right / tried,
        "length_ratio": float(french.sum() / english.sum()),
        "length_correlation": _correlation(english, french),
        "cut_share": cut / (2 * len(pairs)),
        "empty": empty,
        "seen_share": max(seen["english"], seen["french"]) / max(1, counts["validation"]),
    }
    return Measures(
        measured,
        {"pairs as ids have them": shown},
        {"French tokens less English ones": histogram(french - english, -20.5, 20.5, 41)},
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


def _seen(english: list[str], french: list[str], validation: np.ndarray) -> dict[str, int]:
    """How many validation pairs are also in training: as a pair, by their English alone, by their French alone."""
    both = list(zip(english, french, strict=True))
    counts = {}
    for name, keys in (("pair", both), ("english", english), ("french", french)):
        trained = {key for key, held_out in zip(keys, validation, strict=True) if not held_out}
        counts[name] = sum(key in trained for key, held_out in zip(keys, validation, strict=True) if held_out)
    return counts
