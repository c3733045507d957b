"""The default pictures: which of OpenMoji's drawings are taken, and what they are called."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from quoi.images.convert import Converted, Limits, convert
from quoi.images.sources import openmoji
from quoi.params.images import ImageParams as Params


@pytest.fixture(scope="module")
def gone_through():
    """All pictures, and what was left out: names by reason."""
    left_out: dict[str, list[str]] = {}
    source = openmoji.source(Params(size=224))
    pictures = list(source.pictures(lambda reason, which: left_out.setdefault(reason, []).append(which)))
    return source, pictures, left_out


def test_each_drawing_is_either_taken_or_counted(gone_through):
    source, pictures, left_out = gone_through
    drawings = len(list(pictures[0].content.path.parent.glob("*.svg")))
    assert len(pictures) + sum(map(len, left_out.values())) == drawings
    assert 1300 < len(pictures) < 1500
    assert source.licence == "CC BY-SA 4.0" and "OpenMoji" in source.attribution


def test_every_label_is_of_one_picture_and_made_of_words(gone_through):
    _, pictures, _ = gone_through
    labels = [picture.label for picture in pictures]
    assert max(Counter(label.casefold() for label in labels).values()) == 1
    assert [label for label in labels if not re.fullmatch(r"\w[\w' -]*\w", label)] == []
    assert all(picture.name == picture.label and picture.synset is None for picture in pictures)


@pytest.mark.parametrize(
    "label",
    [
        *("red apple", "ship", "man", "woman", "person", "family", "kiss", "man dancing", "scientist", "men's room"),
        *("people holding hands", "black flag", "play button", "Mrs Claus", "piñata", "person running", "cat face"),
    ],
)
def test_what_is_taken(gone_through, label):
    assert label in {picture.label for picture in gone_through[1]}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("waving hand dark skin tone", "skin tone"),
        ("France", "flag"),
        ("Scotland", "flag"),
        ("keycap 3", "letters, digits or words"),
        ("AB button (blood type)", "letters, digits or words"),
        ("SOON arrow", "letters, digits or words"),
        ("woman scientist", "gender"),
        ("man running", "gender"),
        ("women holding hands", "gender"),
        ("woman and man holding hands", "gender"),
        ("person running facing right", "facing the other way"),
        ("family man woman girl boy", "family or couple by its members"),
        ("couple with heart woman man", "family or couple by its members"),
    ],
)
def test_what_is_left_out_and_why(gone_through, name, reason):
    _, pictures, left_out = gone_through
    assert name in left_out[reason]
    assert name not in {picture.label for picture in pictures}


def test_the_drawings_are_drawn(gone_through):
    apple = next(picture for picture in gone_through[1] if picture.label == "red apple")
    result = convert(apple.content, Limits(256, 100_000))
    assert isinstance(result, Converted) and result.data == convert(apple.content, Limits(256, 100_000)).data
