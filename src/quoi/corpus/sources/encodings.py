"""Is a text in the encoding in which it will be read? Its first lines tell."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import replace

from quoi.corpus.lines import BAD, bad, looks_latin
from quoi.corpus.slices import KEY, FileSlice
from quoi.corpus.sources.tsv import head
from quoi.io.errors import QuoiError
from quoi.params.languages import name

MOST = 0.01
"""Share of lines that are not UTF-8 above which a text is not in it; fewer are damaged, and left out."""
SURE = 3
"""Lines with letters that are not ASCII, from which a text is in UTF-8, or is not: by chance they rarely are, or all
are not."""

_CODE_PAGES = {
    "windows-1250": "bs cs dsb hr hsb hu pl ro sk sl sq",
    "windows-1251": "be bg kk ky mk ru sr tt uk",
    "windows-1253": "el grc",
    "windows-1254": "az tr",
    "windows-1255": "he yi",
    "windows-1256": "ar fa ur",
    "windows-1257": "et lt lv",
    "windows-1258": "vi",
    "cp874": "th",
    "gb18030": "zh",
    "shift_jis": "ja",
    "euc-kr": "ko",
}
USUAL = {code: encoding for encoding, codes in _CODE_PAGES.items() for code in codes.split()}
"""What texts in a language often are in where they are not in UTF-8; in all others that is windows-1252."""


def check(text: FileSlice, languages: Iterable[str]) -> None:
    """Refuse a text of which else many lines would be left out as damaged, or be read as other letters.

    Args:
        languages: the codes of those that it is in.

    Raises:
        QuoiError: the file cannot be read; it is not in UTF-8, and no encoding is named; or one is, and it is in UTF-8
            or plainly in another.
    """
    if text.encoding is None:
        _is_utf8(text, head(text), languages)
    elif not codecs.lookup(text.encoding).name.startswith("utf"):
        read = [line for line in head(text) if not line.isascii()]
        if len(read) >= SURE and 2 * sum(bad(line) == "invalid_utf8" for line in read) > len(read):
            raise QuoiError(f"{text} is not in {text.encoding}: most lines that are not ASCII mean nothing in it.")
        accented = [line for line in head(replace(text, encoding=None)) if not line.isascii()]
        if len(accented) >= SURE and not any(map(bad, accented)):
            raise QuoiError(
                f"{text} is valid UTF-8, and {KEY} says {text.encoding}: leave it null, and convert what is in that by "
                f"`iconv -f {text.encoding.upper()} -t UTF-8`."
            )


def _is_utf8(text: FileSlice, lines: list[bytes], languages: Iterable[str]) -> None:
    strange = {number: line for number, line in enumerate(lines, 1) if not line.isascii() or b"\0" in line}
    wrong = {number: line for number, line in strange.items() if bad(line) in ("invalid_utf8", "nul")}
    latin = [number for number, line in wrong.items() if bad(line) == "invalid_utf8" and looks_latin(line)]
    sure = len(wrong) >= SURE or latin
    if sure and len(wrong) > max(len(strange) / 2, MOST * len(lines)):
        number = min(wrong)
        usual = next((code for code in languages if code in USUAL), None)
        often = f"{USUAL[usual]}` names what {name(usual)}" if usual else "windows-1252` names what such text"
        if any(bad(line) == "nul" for line in wrong.values()):
            often = "utf-16-le` or `utf-16-be` names what text with NULs"
        look = ", and looks like Latin-1 or Windows-1252" if len(latin) > len(wrong) / 2 else ""
        raise QuoiError(
            f"{text}, line {number:,} {BAD[bad(wrong[number])]}{look}; of the first {len(lines):,} lines, "
            f"{len(wrong):,} are like that: `{KEY}: {often} is often in, any other encoding may be named there, and "
            f"with utf-8 such lines are left out."
        )
