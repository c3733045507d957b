"""YAML that is changed in place: what is not touched stays as it is written."""

from __future__ import annotations

from quoi.io import yaml

TEXT = """\
# Head.
a: null        # nothing
b:
  - 'x'        # first
  - y

c: [1, 2]      # two
d: {e: 1.0e-3}
"""


def test_nothing_changed_is_the_same_text():
    assert yaml.edited(TEXT, lambda content: None) == TEXT


def test_a_new_value_takes_the_place_of_the_old_one_and_the_comment_stays():
    def change(content):
        content["a"] = [3]
        content["c"] = None
        content["d"]["e"] = 2

    changed = yaml.edited(TEXT, change)
    for before, after in (("a: null", "a: [3] "), ("c: [1, 2]", "c: null  "), ("e: 1.0e-3", "e: 2")):
        changed = changed.replace(after, before)
    assert changed == TEXT
