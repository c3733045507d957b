from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quoi.io.errors import QuoiError
from quoi.repo import dvc, lineage
from quoi.repo.lineage import Lineage


def entry(reads=None, writes=None, params=None):
    def listed(content):
        return [{"path": path, "hash": "md5", "md5": digest} for path, digest in (content or {}).items()]

    content = {"cmd": "run", "deps": listed(reads), "outs": listed(writes)}
    return content | ({"params": {"params.yaml": params}} if params else {})


STAGES = {
    "fetch": entry({"fetch.py": "f1"}, {"data/raw": "r1.dir"}, {"corpus.source": "atlas"}),
    "other": entry({"data/raw": "r1.dir"}, {"data/other": "o1"}),
    "split": entry({"data/raw": "r1.dir", "split.py": "s1"}, {"data/ids": "i1.dir"}, {"split.seed": 1}),
    "train": entry({"data/ids": "i1.dir", "data/raw/source.json": "j1", "train.py": "t1"}, {"models/all": "m1.dir"}),
}


def test_a_lineage_is_the_stage_and_all_before_it_and_nothing_else():
    entries = Lineage("train", lineage.upstream(STAGES, "train"))
    assert [stage.name for stage in entries.stages] == ["train", "split", "fetch"]
    assert entries.code == {"fetch.py": "f1", "split.py": "s1", "train.py": "t1"}
    assert entries.parameters == {"params.yaml": {"split.seed": 1, "corpus.source": "atlas"}}
    assert dvc.producers(entries.entries, "data/raw/source.json") == ["fetch"]
    assert Lineage.parse(entries.text()) == entries


def test_a_stage_that_wrote_something_else_than_was_read_is_not_of_the_lineage(tmp_path):
    newer = {**STAGES, "split": entry({"data/raw": "r2.dir"}, {"data/ids": "i2.dir"})}
    assert "split" not in lineage.upstream(newer, "train", tmp_path)


def test_of_two_stages_that_write_one_path_the_one_counts_that_wrote_what_was_read():
    renamed = {"old": entry({"old.py": "x"}, {"data/ids": "i0.dir"}), **STAGES}
    assert "old" not in lineage.upstream(renamed, "train")


def test_a_folder_of_several_stages_outputs_comes_from_all_of_them():
    several = {
        "en": entry({}, {"reports/en.json": "1"}),
        "fr": entry({}, {"reports/fr.json": "2"}),
        "page": entry({"reports": "3.dir"}, {"page.md": "4"}),
    }
    assert list(lineage.upstream(several, "page")) == ["page", "en", "fr"]


@given(st.text() | st.builds("schema: '2.0'\nstages: {}".format, st.text(alphabet="{}[]:, -a\n1'")))
def test_any_text_is_a_lock_or_one_sentence(text):
    try:
        stages = dvc.parse_lock(text, "dvc.lock")
    except QuoiError as error:
        assert "dvc.lock is damaged" in str(error) and "\n" not in str(error)
    else:
        assert all(dvc.Stage.of(name, entry) for name, entry in stages.items())
