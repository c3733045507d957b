"""The user's own files: refused where the pipeline would remove them, and looked at for changes."""

from __future__ import annotations

import json
import os
import shutil
import typing
from pathlib import Path
from typing import Any

import pytest

from quoi import params
from quoi.io.errors import QuoiError
from quoi.jobs import named
from quoi.params.outside import own_paths
from quoi.params.section import ParamsSection
from quoi.repo import dvc
from tests.workspace import ROOT, Workspace

PAIRS = "Who is it?\tQui est-ce ?\n"


def settings(**given: Any) -> params.Params:
    """Parameters with values by dotted keys, `.` written `__`."""
    sections: dict[str, Any] = {"profile": "t", "variants": {"baseline": {}, "all": {}}}
    for key, value in given.items():
        section = sections
        *above, last = key.split("__")
        for part in above:
            section = section.setdefault(part, {})
        section[last] = value
    return params.Params.model_validate(sections)


@pytest.fixture(scope="module")
def stages() -> dvc.Pipeline:
    """The pipeline, read once."""
    return dvc.read(ROOT)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the pipeline and no data, as the current one."""
    root = tmp_path / "root"
    root.mkdir()
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / ".dvc", root / ".dvc", ignore=shutil.ignore_patterns("cache", "tmp", "*.local"))
    (root / ".dvc/config").write_text("[core]\n    no_scm = true\n    analytics = false\n")
    monkeypatch.chdir(root)
    monkeypatch.setenv("DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    return root


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """All files were written long ago."""
    monkeypatch.setattr(named, "_now", lambda: 1 << 62)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read, as they are."""
    names: list[str] = []
    digest = named.sha256
    monkeypatch.setattr(named, "sha256", lambda path: names.append(path.name) or digest(path))
    return names


def noted(stage: str) -> dict[str, Any]:
    return json.loads((named.NOTES / f"{stage}.json").read_text(encoding="utf-8"))


# Refused


def test_every_path_among_the_keys_is_known_as_one():
    def keys(section: type[ParamsSection], prefix: str = "") -> set[str]:
        names = set()
        for name, field in section.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, ParamsSection):
                names |= keys(field.annotation, f"{prefix}{name}.")
            elif name == "path" or (prefix == "corpus.files." and str in typing.get_args(field.annotation)):
                names.add(f"{prefix}{name}")
        return names

    expected = keys(params.Params)
    assert {"corpus.files.pairs", "images.path", "images.cifar100.path", "vectors.published.path"} < expected
    assert own_paths(settings(**{key.replace(".", "__"): "x" for key in expected})).keys() == expected


@pytest.mark.parametrize(
    ("key", "path", "out"),
    [
        ("corpus.files.pairs", "data/raw/mine.tsv", "data/raw"),
        ("corpus.files.source", "./data/../data/raw/deep/er/mine.en", "data/raw"),
        ("corpus.files.target", "models/all", "models/all"),
        ("corpus.tatoeba.path", "data/images/fra-eng.zip", "data/images"),
        ("corpus.giga_fren.path", "reports/translation/README.md", "reports/translation/README.md"),
        ("vectors.published.path", "data/vectors/target.safetensors", "data/vectors/target.safetensors"),
        ("vectors.published.path", "models/all/wiki.fr.vec", "models/all"),
        ("labels.wordnet.path", "data", "data/"),
        ("labels.vectors.path", "indexes/glove.txt", "indexes"),
        ("images.path", ".", "data/"),
        ("images.path", "..", "data/"),
        ("images.path", "reports/devise/gallery/mine", "reports/devise/gallery"),
        ("images.imagenette.path", "linked/mine.tgz", "data/raw"),
        ("images.cifar100.path", "link.tgz", "data/features"),
        ("images.path", "data/raw/pictures", "data/raw"),
    ],
)
def test_a_path_that_lies_in_an_output_or_holds_one_is_refused(root, stages, monkeypatch, key, path, out):
    monkeypatch.setattr(dvc, "read", lambda root: stages)
    (root / "data/raw").mkdir(parents=True)
    (root / "linked").symlink_to("data/raw")
    (root / "link.tgz").symlink_to("data/features/mine.tgz")  # what it leads to
    (root / "data/raw/pictures").symlink_to(root.parent)  # the link itself
    with pytest.raises(QuoiError) as raised:
        named.refuse_outputs(settings(**{key.replace(".", "__"): path}))
    message = str(raised.value)
    assert message.startswith(f"params.yaml: {key} is {path!r}, which ") and out in message and "\n" not in message


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("corpus.files.pairs", "mine.tsv"),
        ("corpus.files.pairs", "data/mine.tsv"),
        ("corpus.files.pairs", "data/rawer/mine.tsv"),
        ("vectors.published.path", "models/fasttext/wiki.en.vec"),
        ("vectors.published.path", "data/vectors/wiki.en.vec"),
        ("images.path", "../photographs"),
        ("images.path", "/photographs"),
    ],
)
def test_any_other_path_is_not(root, stages, monkeypatch, key, path):
    monkeypatch.setattr(dvc, "read", lambda root: stages)
    named.refuse_outputs(settings(**{key.replace(".", "__"): path}))


def test_a_path_from_home_is_refused_where_home_is_an_output(root, stages, monkeypatch):
    monkeypatch.setattr(dvc, "read", lambda root: stages)
    monkeypatch.setenv("HOME", str(root / "data"))
    with pytest.raises(QuoiError, match=r"corpus\.tatoeba\.path is .*raw/a\.zip"):
        named.refuse_outputs(settings(corpus__tatoeba__path="~/raw/a.zip"))


def test_a_file_that_was_given_to_dvc_is_not_an_output_of_the_pipeline(root):
    (root / "mine.tsv.dvc").write_text("outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  path: mine.tsv\n")
    assert "mine.tsv" in [path for _, path, _ in dvc.read().outputs()]
    named.refuse_outputs(settings(corpus__files__pairs="mine.tsv"))


# Looked at


def test_where_nothing_is_named_the_notes_are_empty(root, read):
    assert named.note(settings()) == []
    assert sorted(path.stem for path in named.NOTES.iterdir()) == sorted(named.READERS)
    assert all(noted(stage) == {} for stage in named.READERS) and read == []


def test_only_what_is_read_is_looked_at(root, read):
    (root / "mine.tsv").write_text(PAIRS)
    named.note(settings(corpus__files__pairs="mine.tsv"))
    assert read == [] and noted("fetch_corpus") == {}


def test_a_file_is_known_by_its_content(root, later, read):
    given = settings(corpus__source="files", corpus__files__pairs="mine.tsv")
    file = root / "mine.tsv"
    file.write_text(PAIRS)
    named.note(given)
    first = noted("fetch_corpus")["corpus.files.pairs"]
    assert first["bytes"] == len(PAIRS) and first["files"] == 1 and named.changed(given, "fetch_corpus") == []

    # Another content of the same size, with the same time.
    times = file.stat().st_atime_ns, file.stat().st_mtime_ns
    file.write_text(PAIRS.replace("it", "he"))
    os.utime(file, ns=times)
    assert named.changed(given, "fetch_corpus") == ["mine.tsv"]
    named.note(given)
    assert noted("fetch_corpus")["corpus.files.pairs"]["sha256"] != first["sha256"]
    file.write_text(PAIRS)
    named.note(given)
    assert noted("fetch_corpus")["corpus.files.pairs"] == first


def test_a_large_file_that_was_not_written_to_is_not_read_again(root, later, read):
    given = settings(corpus__source="tatoeba", corpus__tatoeba__path="fra-eng.zip")
    (root / "fra-eng.zip").write_bytes(b"zip")
    named.note(given)
    note = noted("fetch_corpus")
    shutil.rmtree(named.NOTES)
    named.note(given)
    assert read == ["fra-eng.zip"] and noted("fetch_corpus") == note
    (named.MEMORY / "fetch_corpus.corpus.tatoeba.path.json").write_text("[")
    named.note(given)
    assert read == 2 * ["fra-eng.zip"] and noted("fetch_corpus") == note


def test_a_file_that_was_written_just_now_is_read_again(root, read, monkeypatch):
    """It may have been written to after it was read, in the same moment of the clock that stamps files."""
    (root / "mine.tsv").write_text(PAIRS)
    monkeypatch.setattr(named, "_now", lambda: (root / "mine.tsv").stat().st_ctime_ns)
    for _ in range(2):
        named.note(settings(corpus__source="files", corpus__files__pairs="mine.tsv"))
    assert read == ["mine.tsv", "mine.tsv"]


def test_a_folder_is_known_by_the_names_and_contents_of_its_files(root, later, read):
    given = settings(images__source="folder", images__path="../mine")
    folder = root.parent / "mine"
    for name in ("cat/1.jpg", "cat/2.jpg", "dog/1.jpg", ".hidden/x", "cat/.DS_Store"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "dog/back").symlink_to(folder)
    (folder / "dog/broken").symlink_to("nowhere")
    os.mkdir(os.fsencode(folder) + b"/\xe9t\xe9")
    Path(os.fsdecode(os.fsencode(folder) + b"/\xe9t\xe9/1.jpg")).write_text("summer")

    def digest() -> str:
        named.note(given)
        return noted("fetch_images")["images.path"]["sha256"]

    first = digest()
    assert sorted(read) == ["1.jpg", "1.jpg", "1.jpg", "2.jpg"] and noted("fetch_images")["images.path"]["files"] == 4
    (folder / "cat/.DS_Store").write_text("other")
    assert digest() == first and len(read) == 4
    (folder / "cat/2.jpg").write_text("another")
    second = digest()
    assert second != first and read[4:] == ["2.jpg"]
    (folder / "cat/2.jpg").rename(folder / "dog/2.jpg")
    third = digest()
    assert third not in (first, second)
    (folder / "dog/2.jpg").unlink()
    assert digest() not in (first, second, third)


def test_the_pictures_of_a_table_belong_to_it(root, later):
    given = settings(images__source="folder", images__path="mine.csv")
    (root / "one.jpg").write_text("one")
    (root / "mine.csv").write_text("path,label\none.jpg,cat\nnone.jpg,dog\n")
    named.note(given)
    first = noted("fetch_images")["images.path"]
    (root / "one.jpg").write_text("two")
    named.note(given)
    assert first["files"] == 2 and noted("fetch_images")["images.path"]["sha256"] != first["sha256"]
    (root / "mine.csv").write_text("neither,nor\n")  # which fetch_images says
    named.note(given)
    assert noted("fetch_images")["images.path"]["files"] == 1


def test_what_is_not_here_keeps_what_was_noted_of_it(root):
    """A teammate has what was made of a file, and not the file."""
    given = settings(corpus__source="files", corpus__files__pairs="mine.tsv")
    with pytest.raises(QuoiError, match=r"corpus\.files\.pairs is 'mine\.tsv', and there is no such file"):
        named.note(given)
    (root / "mine.tsv").write_text(PAIRS)
    named.note(given)
    first = noted("fetch_corpus")
    (root / "mine.tsv").unlink()
    (sentence,) = named.note(given)
    assert "mine.tsv is not here" in sentence and noted("fetch_corpus") == first
    assert named.changed(given, "fetch_corpus") == []
    with pytest.raises(QuoiError, match=r"other\.tsv"):
        named.note(settings(corpus__source="files", corpus__files__pairs="other.tsv"))
    assert noted("fetch_corpus") == first


def test_what_cannot_be_read_is_one_sentence(root, monkeypatch):
    os.mkfifo(root / "pipe")
    with pytest.raises(QuoiError, match=r"pipe, which corpus\.files\.pairs names, is neither a file nor a folder"):
        named.note(settings(corpus__source="files", corpus__files__pairs="pipe"))

    def refused(path: Path) -> None:
        raise PermissionError

    (root / "mine.tsv").write_text(PAIRS)
    monkeypatch.setattr(named, "sha256", refused)
    with pytest.raises(QuoiError, match=r"mine\.tsv, which .* names, may not be read"):
        named.note(settings(corpus__source="files", corpus__files__pairs="mine.tsv"))


# In the pipeline


@pytest.mark.pipeline
def test_dvc_sees_an_edit_and_a_file_in_an_output_stays(tmp_path):
    workspace = Workspace.fresh(tmp_path / "workspace")
    file = workspace.folder / "mine.tsv"
    file.write_text(3 * PAIRS, encoding="utf-8")
    workspace.change("corpus.source", "files")
    workspace.change("corpus.files.pairs", "mine.tsv")
    workspace.change("corpus.files.columns", [2, 1])
    assert workspace.repro("fetch_corpus") == ["fetch_corpus"] and workspace.repro("fetch_corpus") == []
    before = workspace.outs("fetch_corpus")
    file.write_text(3 * PAIRS.replace("it", "he"), encoding="utf-8")
    assert workspace.repro("fetch_corpus") == ["fetch_corpus"] and workspace.outs("fetch_corpus") != before
    file.unlink()
    assert workspace.repro("fetch_corpus") == []

    for path in ("data/raw/mine.tsv", "data/raw/../raw/mine.tsv"):
        file = workspace.folder / path
        file.write_text(PAIRS, encoding="utf-8")
        workspace.change("corpus.files.pairs", path)
        kept = workspace.snapshot("data")
        done = workspace.run("dvc", "repro", "fetch_corpus", status=None)
        assert done.returncode != 0 and "Traceback" not in done.stderr
        assert "which lies in data/raw: DVC empties that before fetch_corpus makes it" in done.stderr
        assert workspace.snapshot("data") == kept and file.read_text(encoding="utf-8") == PAIRS


def test_a_folder_in_place_of_a_file_of_pairs_is_refused_before_anything_is_touched(root):
    (root / "src").mkdir()
    with pytest.raises(QuoiError, match=r"corpus\.files\.pairs is 'src', which is a folder"):
        named.note(settings(corpus__source="files", corpus__files__pairs="src"))


def test_the_note_of_a_stage_that_is_no_more_is_removed(root):
    named.note(settings())
    notes = sorted(path.name for path in named.NOTES.iterdir())
    (named.NOTES / "embed@en.json").write_text("{}", encoding="utf-8")
    named.note(settings())
    assert sorted(path.name for path in named.NOTES.iterdir()) == notes
