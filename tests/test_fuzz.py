"""Files from elsewhere that hold anything: each is read, or is one sentence; none crashes, hangs or eats memory.

Each example begins with a file as it should be, to which the worst is done; examples that are noise from the first
byte on are refused too early to find anything.

`QUOI_FUZZ=10 pytest tests/test_fuzz.py --hypothesis-seed 7` tries ten times as many, and others than usual.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from quoi.corpus.lines import text_blocks
from quoi.corpus.slices import sides
from quoi.corpus.sources import fetch
from quoi.corpus.sources.files import read_pairs
from quoi.corpus.sources.looks import look
from quoi.images.fetch import open_source
from quoi.io.errors import QuoiError
from quoi.params.corpus import Corpus
from quoi.params.images import ImageParams
from quoi.params.languages import Languages
from quoi.vectors.text_file import TextFile
from quoi.vectors.wordnet import read_synsets
from tests.vectors.wordnet_files import LICENCE, data_noun

MEMORY = 64 << 20
"""Bytes that a reader may take at once for any of these files, which have a few kilobytes."""

TIMES = int(os.environ.get("QUOI_FUZZ", 1))
many = settings(
    max_examples=150 * TIMES,
    derandomize=TIMES == 1,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
fewer = settings(many, max_examples=75 * TIMES)
more = settings(many, max_examples=300 * TIMES)


@contextmanager
def told():
    """Whatever the block does, it ends in success or one sentence."""
    try:
        yield
    except QuoiError as error:
        assert "\n" not in str(error) and len(str(error)) < 2000


@contextmanager
def sober():
    """As `told`, and it takes little memory."""
    tracemalloc.start()
    try:
        with told():
            yield
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


@pytest.fixture
def frugal():
    """The process does not grow by a gigabyte: what torch takes is not traced."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20


@st.composite
def harmed(draw: Callable, whole: bytes, spice: tuple[bytes, ...]) -> bytes:
    """A file's content after some cuts, doublings and insertions, perhaps packed, perhaps cut once more."""
    content = whole
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
        inserted = draw(st.one_of(st.sampled_from(spice), st.binary(max_size=12)))
        kept = draw(st.sampled_from((end, start + len(inserted), start)))  # a cut, another text in its place, or more
        content = content[:start] + draw(st.sampled_from((inserted, b"", content[start:end]))) + content[kept:]
    if draw(st.booleans()):
        content = gzip.compress(content, mtime=0)
        content += draw(st.sampled_from((b"", b"\0" * 9, b"tail", gzip.compress(b"x", mtime=0))))
        if draw(st.booleans()):
            place = draw(st.integers(0, len(content)))
            content = content[:place] + draw(st.binary(max_size=3)) + content[place + draw(st.integers(0, 4)) :]
    return content


# Sentence pairs

SIDES = Languages(source="en", target="fr")
TABLE = "Who is it?\tQui est-ce ?\nWhere are we?\tOù sommes-nous ?\nWhy\u2028not?\tPourquoi pas ?\n".encode()
IN_TEXT = (b"\t", b"\n", b"\r\n", b"\xff", b"\0", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1f\x8b", b"\t\t\n", b"\x85")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    look([])  # what tells languages is read once, and takes 100 MB while it is
    return tmp_path_factory.mktemp("fuzz")


@many
@given(harmed(TABLE, IN_TEXT))
def test_a_table_of_pairs(place, content):
    (place / "mine.tsv").write_bytes(content)
    with sober():
        lines = fetch(
            Corpus.model_validate({"source": "files", "files": {"pairs": str(place / "mine.tsv")}}), SIDES, place
        )
        for side in sides(place):
            assert sum(len(block.lines) for block in text_blocks(side)) == lines
    with sober():
        assert all(map(all, read_pairs(place / "mine.tsv", SIDES)[0]))


@many
@given(harmed(TABLE, IN_TEXT), harmed(TABLE, IN_TEXT))
def test_two_aligned_files(place, source, target):
    given = {}
    for name, content in (("source", source), ("target", target)):
        (place / name).write_bytes(content)
        given[name] = str(place / name)
    with sober():
        lines = fetch(Corpus.model_validate({"source": "files", "files": given}), SIDES, place)
        for side in sides(place):
            assert sum(len(block.lines) for block in text_blocks(side)) == lines


FR_EN = Languages(source="fr", target="en")
CSV = 'id,fr,en\n1,"Qui est-ce, ""alors"" ?",Who?\n2,"Où\nsommes-nous ?",Where are we?\n3,Quoi ?,What?\n'.encode()
IN_CSV = (b'"', b",", b";", b'""', b'"\n', b"\r", *IN_TEXT)
TMX = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE tmx SYSTEM "a"><tmx version="1.4"><body>
<tu><tuv xml:lang="fr"><seg>Qui <ph>x</ph>est-ce ?</seg></tuv><tuv xml:lang="en-GB"><seg>Who?</seg></tuv></tu>
<tu><tuv lang="en"><seg>W\u2028hy?</seg></tuv><tuv lang="fr"><seg>Où &amp; <hi>quand</hi></seg></tuv></tu></body></tmx>
""".encode()
IN_TMX = (
    b"<seg>", b"</seg>", b"<tu>", b"</tuv>", b"<!--", b"<![CDATA[", b"]]>", b"&x;", b"&#0;", b"&#xd800;", b"<ph>",
    b"<!ENTITY x 'y'>", b"utf-16", b"latin-1", b"idna", b"nonsense", b"\xff\xfe", b"<?x", *IN_TEXT,
)  # fmt: skip


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for language, row in (("fr", "Qui est-ce ?\n"), ("en", "Who is it?\n")):
            archive.writestr(f"x.en-fr.{language}", row * 9)
    return file.getvalue()


IN_ZIP = (b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"\xff\xff\xff\xff", b"\0\0", b"\n", b".fr", b"/")


@many
@given(harmed(CSV, IN_CSV) | harmed(TMX, IN_TMX) | harmed(zipped(), IN_ZIP))
@example(TMX.replace(b"utf-8", b"idna"))
@example(b"<tmx>" + b"<tu>" * 100_000)
def test_a_file_of_pairs(place, content):
    (place / "mine").write_bytes(content)
    for on_bad_line in ("skip", "fail"):
        given = {"source": "files", "files": {"pairs": str(place / "mine")}, "on_bad_line": on_bad_line}
        with sober():
            lines = fetch(Corpus.model_validate(given), FR_EN, place)
            for side in sides(place):
                assert sum(len(block.lines) for block in text_blocks(side)) == lines
    with sober():
        assert all(map(all, read_pairs(place / "mine", FR_EN)[0]))


# Word vectors in text

VEC = "4 3\n</s> 0.1 -0.2 3e-1\nle 1 2 3\nl\u00a0eau 4 5 6\n, 7 8 9.5\n".encode()
GLOVE = b"the 0.1 -0.2 3e-1\n. . . 4 5 6\nof 1 2 3\n"
IN_VECTORS = (
    b" ", b"\n", b"  ", b"nan", b"inf", b"1e999", b"-", b"\xff", b"\0", b"9999999999999999 9", b"1 999999999\n",
    b"999999999999999999 999999999\n", b"0 0\n", b"0x1p3", b"1_0", "\u0663".encode(), b"\r\n", b"\xba\x16\x4f\x2f",
)  # fmt: skip


@many
@given(st.booleans().flatmap(lambda header: st.tuples(st.just(header), harmed(VEC if header else GLOVE, IN_VECTORS))))
@example((True, b"1 999999999\na 1\n"))
@example((True, b"999999999999999999 1\na 1\n"))
@example((False, b"a " + b"1 " * 100_000))
def test_word_vectors_in_text(place, given):
    header, content = given
    (place / "vectors.vec").write_bytes(content)
    words = ["le", "the", "l\u00a0eau", ",", "absent"]
    for on_bad_row in ("fail", "skip"):
        with sober():
            file = TextFile(place / "vectors.vec", header, on_bad_row)
            answer = file.lookup(words)
            assert answer.vectors.shape == (len(words), file.dimensions) and np.isfinite(answer.vectors).all()
            assert not answer.vectors[~answer.found].any()
            file.moments()
    with sober():
        for found, vectors in TextFile(place / "vectors.vec", header).frequent(3):
            assert len(found) == len(vectors) and np.isfinite(vectors).all()


# Safetensors

SHAPES = st.lists(st.sampled_from((0, 1, 2, 3, 4, 2**31, 2**40, 2**62, 2**63, -1, 1.5, "2")), max_size=4)
DTYPES = st.sampled_from(
    ("F32", "F64", "F16", "BF16", "I64", "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "C64", "U16", "F4", "?", 7, None)
)


@st.composite
def safetensors(draw: Callable, tensors: dict[str, tuple[str, list[int]]]) -> bytes:
    """A file in the format's form: length of the header, header in JSON, bytes; with lies in it."""
    header: dict[str, Any] = {}
    position = 0
    sizes = {"F32": 4, "F64": 8, "F16": 2, "BF16": 2, "I64": 8, "C64": 8, "U16": 2}
    liars = draw(st.lists(st.sampled_from(sorted(tensors)), max_size=2))
    for name, (dtype, shape) in tensors.items():
        lie = draw(st.sampled_from(("dtype", "shape", "offsets", "absent", "both"))) if name in liars else ""
        if lie == "absent":
            continue
        dtype = draw(DTYPES) if lie in ("dtype", "both") else dtype
        shape = draw(SHAPES) if lie in ("shape", "both") else shape
        # A lie about shape or type that agrees with the number of bytes is found later than one that does not.
        known = all(isinstance(each, int) and 0 <= each < 100 for each in shape)
        length = int(np.prod(shape)) * sizes.get(dtype, 1) if known else draw(st.integers(0, 64))
        offsets = [position, position + length]
        if lie == "offsets":
            offsets = draw(st.lists(st.integers(-1, 200), max_size=3))
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": offsets}
        position += length
    if draw(st.booleans()):
        empty = {"dtype": "F32", "shape": [0], "data_offsets": [position, position]}
        further = draw(st.sampled_from(({}, {"a": "b"}, {"a": 1}, [], empty)))
        header[draw(st.sampled_from(("__metadata__", "more", "")))] = further
    text = json.dumps(header).encode()
    length = draw(st.sampled_from((len(text), len(text), len(text), 0, 2**40, 2**64 - 1, len(text) - 1)))
    body = draw(st.sampled_from((b"\x01", b"\0", b"\xff"))) * max(0, position + draw(st.sampled_from((0, 0, 0, 1, -1))))
    return struct.pack("<Q", length) + text + body


# WordNet's nouns

NOUNS, _ = data_noun([(["hen"], [1]), (["cock", "rooster"], [2, 0]), (["chick"], [0])], LICENCE * 2)
IN_NOUNS = (
    b" ",
    b"\n",
    b"|",
    b"@",
    b"_",
    b" n ",
    b"ff",
    b"00",
    b"999",
    b"00000000",
    b"\xff",
    b"\0",
    b"\r\n",
    b"-1",
    b"  ",
)


@more
@given(harmed(NOUNS, IN_NOUNS))
def test_nouns(content):
    with sober():
        synsets = read_synsets(content, "data.noun")
        assert synsets and all(synset.lemmas and all(synset.lemmas) for synset in synsets)


# A table of pictures

PICTURES = (
    'path,label,synset,split\ncat/a.png,cat,n02121620,train\n"b,c.png",crème brûlée,,val\n../d.png,dog,,\n'.encode()
)
IN_PICTURES = (
    b",", b'"', b'""', b"\n", b"\r", b"\r\n", b"\0", b"\xff", b"\xef\xbb\xbf", b"path", b"label", b"n0212162", b"test",
    b"../" * 2000, b"x" * 200_000, b"," * 5000, b"/dev/zero", b"~", b"\xed\xb2\x80", "\u2028".encode(),
)  # fmt: skip
CONTROL = {chr(number) for number in (*range(32), *range(127, 160))}


@more
@given(harmed(PICTURES, IN_PICTURES))
def test_a_table_of_pictures(place, content):
    (place / "pictures.csv").write_bytes(content)
    opened = open_source(ImageParams(source="folder", path=str(place / "pictures.csv")))
    with sober():
        for picture in opened.pictures(lambda reason, which: None):
            assert not CONTROL.intersection(picture.label) and isinstance(picture.content, Path)


# A model's folder

HOSTILE = st.sampled_from(
    (
        None, True, 0, -1, 1.5, 7, 10**6, 10**9, 2**31, 2**63, 2**64, 10**30, 1e308, "", "9", "fr", "en", "../../x", [],
        [1], {},
    )
)  # fmt: skip
IN_JSON = (
    b"{", b"}", b"[" * 5000, b'"', b",", b":", b"1" * 5000, b"NaN", b"1e999", b"\\ud800", b"\xff", b"null", b"\0",
)  # fmt: skip


@pytest.fixture(scope="module")
def model(place) -> Path:
    """A folder with a small model, its files as they ought to be."""
    from quoi.corpus.vocabulary import Vocabulary
    from quoi.translation import saved
    from tests.translation.conftest import SIZE, SOURCE_WORDS, TARGET_WORDS, make_model

    made = make_model(1, bidirectional=True, attention=True)
    source = Vocabulary.from_sentences([[f"m{n}" for n in range(SOURCE_WORDS - 4)]], 99)
    target = Vocabulary.from_sentences([[f"w{n}" for n in range(TARGET_WORDS - 4)]], 99)
    says = saved.Description("mine", "fr", "en", made.settings.model_dump(), [1, 2], 1, SIZE, SIZE, 9, 9, False)
    saved.save(place / "model", says, source, target)
    saved.save_weights(place / "model/seed-1.safetensors", made)
    use(place / "model")  # what is imported and made once shall not count
    return place / "model"


def use(folder: Path) -> None:
    """Load a model's folder, and translate with it."""
    from quoi.translation.translator import Translator

    translator = Translator.load(folder)
    (translated,) = translator.translate(["m1 m2 x"], beam=1)
    assert len(translated.source_tokens) == 4


@contextmanager
def instead(path: Path, content: bytes):
    """Another content for the time of the block."""
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        yield
    finally:
        path.write_bytes(before)


@fewer
@given(data=st.data())
def test_what_a_model_says_of_itself(model, data, frugal):
    says = json.loads((model / "model.json").read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        inner = says["settings"]
        section = inner if data.draw(st.booleans()) and isinstance(inner, dict) and inner else says
        section[data.draw(st.sampled_from((*section, "more")))] = data.draw(HOSTILE)
    with instead(model / "model.json", json.dumps(says).encode()), told():
        use(model)


@fewer
@given(data=st.data())
def test_a_models_files_with_damage(model, data, frugal):
    name = data.draw(st.sampled_from(("model.json", "source.txt", "target.txt", "seed-1.safetensors")))
    spice = IN_JSON if name != "seed-1.safetensors" else (b"F64", b"I32", b"[0]", b"[2,", b"-")
    content = data.draw(harmed((model / name).read_bytes(), spice))
    with instead(model / name, content), told():
        use(model)


@fewer
@given(data=st.data())
def test_weights_that_lie_about_themselves(model, data, frugal):
    from safetensors.numpy import load_file

    tensors = {name: ("F32", list(each.shape)) for name, each in load_file(model / "seed-1.safetensors").items()}
    with instead(model / "seed-1.safetensors", data.draw(safetensors(tensors))), told():
        use(model)


@pytest.mark.parametrize(
    "change",
    [
        {"settings": {"hidden": 20_000}},
        {"settings": {"layers": 10_000_000}},
        {"settings": {"hidden": 10**30}},
        {"source_dimensions": 50_000_000},
        {"max_target": 10**9},
        {"seeds": "1"},
        {"source_language": "qq"},
        {"best_seed": "../../x", "seeds": ["../../x"]},
    ],
    ids=str,
)
def test_a_models_lies_that_would_cost_most(model, change, frugal):
    says = json.loads((model / "model.json").read_text())
    says["settings"] |= change.get("settings", {})
    says |= {key: value for key, value in change.items() if key != "settings"}
    with instead(model / "model.json", json.dumps(says).encode()), pytest.raises(QuoiError):
        use(model)
