"""Is a text in the encoding in which it will be read? Its first lines tell."""

from __future__ import annotations

import codecs
from dataclasses import replace

from quoi.corpus.lines import BAD, bad, looks_latin
from quoi.corpus.slices import KEY, FileSlice
from quoi.corpus.sources.tsv import head
from quoi.io.errors import QuoiError

MOST = 0.05
"""Share of lines that are not UTF-8 above which they are not called damaged."""
ENOUGH = 10
"""Lines from which a text is judged not to be UTF-8 where they do not look like French in Latin-1."""
SURE = 3
"""Lines with letters that are not ASCII and are valid UTF-8, from which a text is in that: others rarely look so."""


def check(text: FileSlice) -> None:
    """Refuse a text of which else many lines would be left out as damaged, or be read as other letters.

    Raises:
        QuoiError: the file cannot be read; it is not in UTF-8, and no encoding is named; or one is, and it is in UTF-8.
    """
    if text.encoding is None:
        _is_utf8(text, head(text))
    elif not codecs.lookup(text.encoding).name.startswith("utf"):
        accented = [line for line in head(replace(text, encoding=None)) if not line.isascii()]
        if len(accented) >= SURE and not any(map(bad, accented)):
            raise QuoiError(f"{text} is valid UTF-8, and {KEY} says {text.encoding}: leave it null.")


def _is_utf8(text: FileSlice, lines: list[bytes]) -> None:
    strange = {number: line for number, line in enumerate(lines, 1) if not line.isascii() or b"\0" in line}
    wrong = {number: line for number, line in strange.items() if bad(line) in ("invalid_utf8", "nul")}
    latin = [number for number, line in wrong.items() if bad(line) == "invalid_utf8" and looks_latin(line)]
    sure = len(wrong) >= ENOUGH or len(latin) > len(wrong) / 2
    if sure and len(wrong) > max(len(strange) / 2, MOST * len(lines)):
        number = min(latin or wrong)
        look = ", and looks like Latin-1 or Windows-1252" if len(latin) > len(wrong) / 2 else ""
        raise QuoiError(
            f"{text}, line {number:,} {BAD[bad(wrong[number])]}{look}; of the first {len(lines):,} lines, "
            f"{len(wrong):,} are like that: `{KEY}: windows-1252` names that encoding, and windows-1251, iso-8859-2, "
            f"gb18030, shift_jis, utf-16-le and others are known too."
        )
