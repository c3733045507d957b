"""Zip archives with two aligned texts in them, as OPUS gives them out for Moses: `Books.en-fr.en`, `Books.en-fr.fr`."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from quoi.corpus.slices import FileSlice, reading_zip
from quoi.io.errors import QuoiError, some
from quoi.params.languages import Languages, called, name, names


def members(path: Path, languages: Languages, encoding: str | None) -> list[FileSlice]:
    """What a zip holds of pairs: two aligned texts, source first, by the ends of their names; or the only file in it.

    Raises:
        QuoiError: it is damaged or breaks off; it is an Office document; it holds neither, or several texts in one
            language.
    """
    with reading_zip(path, path) as archive:
        files = [info.filename for info in archive.infolist() if not info.is_dir()]
    files = [file for file in files if not _beside(PurePosixPath(file))]
    if "[Content_Types].xml" in files:
        raise QuoiError(f"{path} is an Office document, such as a table of Excel: save it as CSV in UTF-8.")
    if odd := next((file for file in files if not file.isprintable()), None):
        raise QuoiError(f"{path} holds a file whose name nobody can read: {odd!r}.")
    ends = [names(code) for code in languages.both.values()]
    found = [[file for file in files if called(PurePosixPath(file).suffix[1:], known)] for known in ends]
    if not all(found) and len(files) == 1:
        return [FileSlice(path, files[0], encoding=encoding)]
    if [len(each) for each in found] != [1, 1]:
        wanted = " and ".join(f"one text in {name(code)}, *.{code}," for code in languages.both.values())
        raise QuoiError(f"{path} must hold {wanted} or a single file; it holds {some(files, 5) or 'none'}.")
    return [FileSlice(path, each[0], encoding=encoding) for each in found]


def _beside(file: PurePosixPath) -> bool:
    """Whether a file tells of the others, or is what a Macintosh adds."""
    return file.stem.upper() in ("README", "LICENSE", "LICENCE") or file.parts[0] == "__MACOSX"
