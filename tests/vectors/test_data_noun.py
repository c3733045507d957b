"""WordNet's data.noun: read to the letter, and refused with the line where it is damaged."""

from __future__ import annotations

import hashlib
import io
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quoi.io.errors import QuoiError
from quoi.vectors.data_noun import Synset, read
from tests.vectors.wordnet_files import LICENCE, data_noun, line

# As WordNet 3.0 has it, but for the offsets: the pointers lead to the one other line.
DOG = (
    b"00000000 05 n 03 dog 0 domestic_dog 0 Canis_familiaris 0 003 @ 00000148 n 0000 #m 00000148 n 0000 "
    b"+ 01000000 a 0103 | a member of the genus Canis  \n"
)
ENTITY = b"00000148 03 n 01 entity 0 000 | that which is perceived or known  \n"


def error(content: bytes) -> str:
    with pytest.raises(QuoiError) as raised:
        read(io.BytesIO(content), "data.noun")
    assert "\n" not in str(raised.value) and str(raised.value).endswith(".")
    return str(raised.value)


def test_synsets_by_hand() -> None:
    synsets, digest = read(io.BytesIO(DOG + ENTITY), "data.noun")
    assert synsets == [
        Synset("n00000000", ("dog", "domestic dog", "Canis familiaris")),
        Synset("n00000148", ("entity",)),
    ]
    assert digest == hashlib.sha256(DOG + ENTITY).hexdigest()


def test_the_lines_of_licence_are_passed_over() -> None:
    content, ids = data_noun([(["hen"], [])], LICENCE * 29)
    assert read(io.BytesIO(content), "data.noun")[0] == [Synset(ids[0], ("hen",))]


word = st.from_regex(r"[A-Za-z0-9.'/-]{1,12}( [A-Za-z0-9.'-]{1,9}){0,2}", fullmatch=True)


@settings(max_examples=50)
@given(st.lists(st.lists(word, min_size=1, max_size=9), min_size=1, max_size=6), st.data())
def test_what_is_written_is_read(lemmas: list[list[str]], data: st.DataObject) -> None:
    pointers = st.lists(st.integers(0, len(lemmas) - 1), max_size=3)
    content, ids = data_noun([(each, data.draw(pointers)) for each in lemmas])
    synsets, _ = read(io.BytesIO(content), "data.noun")
    assert synsets == [Synset(id, tuple(each)) for id, each in zip(ids, lemmas, strict=True)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "data.noun holds no synset: it is empty."),
        (LICENCE, "data.noun holds no synset: it is not data.noun of WordNet."),
        (b"\x1f\x8b\x08", r"data.noun, line 1 is no noun synset: it begins with '\x1f\x8b\x08'."),
        (DOG.replace(b" n 03", b" v 03"), "data.noun, line 1 is no noun synset: it begins with '00000000 05 v 03"),
        (DOG.replace(b"03 dog", b"3 dog"), "data.noun, line 1 is no noun synset"),
        (DOG.replace(b"03 dog", b"00 003 dog"), "data.noun, line 1: the synset has no words."),
        (DOG.replace(b" 03 ", b" ff "), "data.noun, line 1: word 4 of 255 in the synset is damaged."),
        (DOG.replace(b"domestic_dog 0", b"domestic_dog"), "data.noun, line 1: word 2 of 3 in the synset is damaged."),
        (DOG.replace(b"_", b"\xc3"), "data.noun, line 1: word 2 of 3 in the synset is damaged."),
        (DOG.replace(b"dog 0", b"d\0g 0"), "data.noun, line 1: word 1 of 3 in the synset is damaged."),
        (DOG.replace(b"003 @", b"3 @"), "data.noun, line 1: the number of pointers is damaged."),
        (DOG.replace(b"003 @", b"999 @"), "data.noun, line 1: pointer 4 of 999 is damaged."),
        (DOG.replace(b"a 0103", b"a 010"), "data.noun, line 1: pointer 3 of 3 is damaged."),
        (DOG.replace(b"| ", b""), "data.noun, line 1: the synset's explanation, after a `|`, is absent or breaks off."),
        (DOG + ENTITY[:-9], "data.noun, line 2: the synset's explanation, after a `|`, is absent or breaks off."),
        (DOG, "data.noun, line 1 points to the synset at byte 148, and there is none: the file breaks off or was"),
        (ENTITY, "data.noun, line 1 says that it begins at byte 148 and begins at 0: the file was changed, or its"),
        (DOG + DOG, "data.noun, line 2 says that it begins at byte 0 and begins at 148: the file was changed, or its"),
        (
            (LICENCE + line(len(LICENCE), ["hen"]) * 2).replace(b"\n", b"\r\n"),
            f"data.noun, line 2 says that it begins at byte {len(LICENCE)} and begins at {len(LICENCE) + 1}: the file",
        ),
        (b" " * (1 << 17), "data.noun, line 1 is longer than any line of WordNet's, or the file is."),
    ],
)
def test_what_is_wrong(content: bytes, sentence: str) -> None:
    assert error(content).startswith(sentence)


def test_every_truncation_is_refused() -> None:
    # Every synset but the first points to the one behind it, as in WordNet each is pointed to by others.
    content, _ = data_noun([(["hen"], [1]), (["cock", "rooster"], [2]), (["chick"], [0])])
    for size in range(len(content)):
        error(content[:size])


def test_random_damage_is_refused_or_read() -> None:
    content, _ = data_noun([([f"word {number}", "x"], [number // 2]) for number in range(30)])
    draw = random.Random(1)
    refused = 0
    for _ in range(600):
        damaged = bytearray(content)
        for _ in range(draw.randint(1, 3)):
            place = draw.randrange(len(damaged))
            damaged[place : place + draw.randint(0, 2)] = draw.randbytes(draw.randint(0, 2))
        try:
            synsets, _ = read(io.BytesIO(bytes(damaged)), "data.noun")
        except QuoiError as raised:
            refused += "\n" not in str(raised)
        else:
            assert len(synsets) <= 30 and all(synset.lemmas and all(synset.lemmas) for synset in synsets)
    assert refused > 300


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*b"0123456789 n@|_\n\r\0ab\xff"]), max_size=200))
def test_any_bytes_are_refused_or_read(content: list[int]) -> None:
    try:
        read(io.BytesIO(bytes(content)), "data.noun")
    except QuoiError as raised:
        assert str(raised).isprintable()


def test_a_line_without_an_end_does_not_come_into_memory() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:
            buffer[:] = b" " * len(buffer)
            return len(buffer)

    tracemalloc.start()
    try:
        with pytest.raises(QuoiError, match="longer than any line"):
            read(io.BufferedReader(Endless()), "data.noun")
        assert tracemalloc.get_traced_memory()[1] < 1 << 21
    finally:
        tracemalloc.stop()
