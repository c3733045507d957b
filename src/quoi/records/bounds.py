"""Where each measure of a stage is sound, and what an unsound one tells: all checks there are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "look", "broken"]
STATES: tuple[State, ...] = ("ok", "look", "broken")


def written(value: float | None) -> str:
    """A number to three digits."""
    if value is None or not math.isfinite(value):
        return "not finite"
    return f"{value:,.0f}" if value == round(value) and abs(value) >= 1 else f"{value:.3g}"


@dataclass(frozen=True)
class Bound:
    """Where a measure is sound, and where it means that what follows is worth nothing.

    Attributes:
        name: of the measure, for people, with its unit where it has one.
        why: what an unsound value tells.
        low, high: a sound value lies between the two, both included.
        broken_low, broken_high: a value outside of these is broken.
        mend: what to do about a broken value; where this is said, a value that is not finite is broken too.
    """

    name: str
    why: str
    low: float = -math.inf
    high: float = math.inf
    broken_low: float = -math.inf
    broken_high: float = math.inf
    mend: str = ""

    def judge(self, value: float | None) -> State:
        """The state of a value; None is not finite."""
        if value is None or not math.isfinite(value):
            return "broken" if self.mend else "look"
        if not self.broken_low <= value <= self.broken_high:
            return "broken"
        return "ok" if self.low <= value <= self.high else "look"

    @property
    def sound(self) -> str:
        """The sound values in words."""
        if self.low > -math.inf and self.high < math.inf:
            return f"{written(self.low)} to {written(self.high)}"
        if self.high < math.inf:
            return "0" if self.high == 0 else f"at most {written(self.high)}"
        return f"at least {written(self.low)}"


_VECTORS = (
    "trained ones may be mended by more text, by vectors.epochs: null or by another vectors.learning_rate; "
    "vectors.source: random does without, and published ones (fasttext-vec, fasttext-bin, glove) need no training"
)

_LABELS = "a folder of images.path is taken for a label, or for a split where all are named train, val or the like"

_PICTURES = "perhaps backbone or pictures are others than you meant"

_RATE = "a smaller devise.learning_rate is the first thing to try"

BOUNDS: dict[str, Bound] = {
    # filter_questions
    "kept_share": Bound(
        "share of the line pairs kept", "next to no line is a question: is it the corpus that was meant?", 0.0005, 1.0
    ),
    "damaged_share": Bound("share of the line pairs that are damaged", "an encoding that was misread?", high=0.01),
    # tokenize
    "tokens_source": Bound("tokens a source sentence", "the text is not split into words", 3, 60),
    "tokens_target": Bound("tokens a target sentence", "the text is not split into words", 3, 60),
    "once_source": Bound("share of the source words that occur once", "few words are seen often enough", high=0.7),
    "once_target": Bound("share of the target words that occur once", "few words are seen often enough", high=0.7),
    "longest": Bound("tokens of the longest sentence", "lines that are no sentences", high=400),
    "there_and_back": Bound(
        "share of the sentences that tokens give back, spaces and capitals aside", "tokens lose something", low=0.9
    ),
    # numericalize
    "unknown_source": Bound("share of the source words that are unknown", "the vocabulary is too small", high=0.05),
    "unknown_target": Bound("share of the target words that are unknown", "the vocabulary is too small", high=0.05),
    "ids_and_back": Bound(
        "share of the sentences that ids give back, unknown and cut words aside",
        "ids lose words",
        low=1.0,
        broken_low=1.0,
    ),
    "length_ratio": Bound("source tokens for each target one", "the two sides may not be translations", 0.4, 2.5),
    "length_correlation": Bound(
        "correlation of the two sides' lengths", "the lines of the two sides may not belong together", low=0.4
    ),
    "cut_share": Bound("share of the sentences that are cut", "much of the text is never seen", high=0.1),
    "empty": Bound("sentences without a word", "nothing to learn from", high=0),
    "seen_share": Bound(
        "share of the validation questions with a side that training has too", "scores measure memory", high=0.05
    ),
    # embed
    "found_share": Bound(
        "share of the words that have a vector",
        "the vectors are not of these words: another language, or capitals?",
        low=0.7,
        broken_low=0.02,
        mend="perhaps it is another file or language than you meant",
    ),
    "mean_cosine": Bound(
        "mean cosine of two words", "words are hard to tell apart", -0.2, 0.4, broken_high=0.7, mend=_VECTORS
    ),
    "top_directions": Bound(
        "share of the variance in 5 % of the directions",
        "others are hardly used",
        high=0.35,
        broken_high=0.8,
        mend=_VECTORS,
    ),
    "spread": Bound(
        "standard deviation of the numbers",
        "words that lack a vector get one with 1",
        0.5,
        2,
        0.01,
        100,
        mend="vectors.unit_spread: true scales them",
    ),
    "norm_variation": Bound("variation of the vectors' lengths, sd / mean", "some words drown the others", high=0.6),
    "norm_frequency": Bound(
        "rank correlation of words' frequency and length of vector", "length tells frequency, not meaning", -0.8, 0.8
    ),
    "same_neighbour": Bound(
        "share of the words with one and the same nearest word", "one word is nearest to too many", high=0.05
    ),
    # train
    "initial_loss": Bound(
        "loss before the first step, as a share of ln(vocabulary size), that of even guessing",
        "the first outputs are far from even: too large initial weights?",
        0.8,
        4,
        mend="look at the word vectors first: `quoi checks embed@source`",
    ),
    "final_loss": Bound(
        "validation loss of real tokens, as a share of ln(vocabulary size), that of even guessing",
        "no better than guessing evenly",
        high=0.9,
        broken_high=1.2,
        mend="a smaller translation.learning_rate, or translation.clip, is the first thing to try",
    ),
    "clipped": Bound(
        "share of the steps whose gradient was clipped", "often a sign of too high a rate, or too low a clip", high=0.5
    ),
    "gap": Bound(
        "validation loss less training loss, nats", "learned by heart (large), or not at all (below 0)", -0.1, 1.0
    ),
    "exposure": Bound(
        "free-running loss less forced loss, nats",
        "from its own words the model goes on much worse than from the true ones (large), or better (below 0)",
        -0.1,
        0.6,
    ),
    **{
        f"language_model_{side}": Bound(
            f"validation loss of the {side}'s language model / that of words' frequencies alone",
            "it has learned little more than how often words are",
            high=0.8,
        )
        for side in ("source", "target")
    },
    "attention_entropy": Bound(
        "entropy of attention / that of even weights",
        "attention is nearly uniform",
        high=0.8,
        broken_high=0.98,
        mend="more epochs or a higher rate may start it; the variant's `attention: false` leaves it out",
    ),
    "attention_diagonal": Bound(
        "attention near the diagonal / that of even weights", "attention does not follow the sentence", low=1.3
    ),
    "attention_end": Bound("share of attention on the end marker", "attention rests where there is no word", high=0.5),
    "unknown_words": Bound(
        "share of the translated words that are unknown", "the model hides behind one word", high=0.1
    ),
    "doubled_words": Bound("share of the translations with a word twice in a row", "words are repeated", high=0.1),
    "doubled_marks": Bound(
        "share of the translations with several question marks", "they run on past the question mark", high=0.05
    ),
    "distinct": Bound(
        "different translations / different references",
        "many sentences get one translation",
        low=0.8,
        broken_low=0.02,
        mend="more epochs, or other word vectors, are the first thing to try",
    ),
    "most_common": Bound(
        "share of the sentences with the most frequent translation", "many inputs get the same translation", high=0.05
    ),
    "translation_length": Bound("length of translations / of references", "it says too little or too much", 0.8, 1.25),
    # fetch_images
    # Of fewer DeViSE can hold none back (quoi.devise.split.FEWEST).
    "labels": Bound("number of labels", "too few to hold some back", low=50, broken_low=10, mend=_LABELS),
    "labels_no_words": Bound(
        "share of the labels without a letter", "no word vector fits a number", high=0.0, broken_high=0.5, mend=_LABELS
    ),
    "pictures_unread": Bound("share of the pictures that could not be read", "is the folder damaged?", high=0.02),
    # label_vectors
    "labels_found": Bound("share of the labels with a word vector", "labels that nothing can find", low=0.9),
    "nouns_found": Bound("share of the nouns with a word vector", "nouns that nothing can find", low=0.5),
    # image_features
    "dead_features": Bound("share of the features that never change", "a part of the network is off", high=0.05),
    "duplicate_features": Bound("share of the pictures with another's features", "pictures are there twice", high=0.02),
    "feature_cosine": Bound(
        "mean cosine of two pictures' features",
        "all look alike to the network",
        high=0.9,
        broken_high=0.999,
        mend=_PICTURES,
    ),
    "feature_variance": Bound(
        "share of the variance in 5 directions",
        "features tell few things apart",
        high=0.6,
        broken_high=0.999,
        mend=_PICTURES,
    ),
    # train_devise
    "hub_share": Bound(
        "share of the top answers that the most frequent 1 % of labels take", "a few labels dominate", high=0.2
    ),
    "never_found": Bound(
        "share of the unseen labels that are never a top answer", "labels that are out of reach", high=0.8
    ),
    "answer_spread": Bound(
        "sd of a picture's cosines to the labels", "all labels are equally near", low=0.05, broken_low=0.001, mend=_RATE
    ),
    "collapse": Bound(
        "mean cosine of two predictions", "all are near their mean", high=0.4, broken_high=0.99, mend=_RATE
    ),
    # build_indexes
    **{
        f"recall_{kind}": Bound(f"recall of the index of {kind}", "it misses what is there", low=0.99, broken_low=0.5)
        for kind in ("images", "classes", "nouns")
    },
    **{
        f"unreachable_{kind}": Bound(
            f"{kind} that a search with their own vector misses", "the graph has islands", high=0
        )
        for kind in ("images", "classes", "nouns")
    },
}
"""Every check there is, by key, stage by stage."""
