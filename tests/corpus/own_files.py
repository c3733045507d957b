"""A corpus of one's own, read as the first stage reads it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quoi.corpus.slices import RAW
from quoi.corpus.sources import fetch
from quoi.params.corpus import Corpus, Files
from quoi.params.languages import Languages

FR_EN = Languages(source="fr", target="en")


class Fetched:
    """What became of some files.

    Attributes:
        pairs: (source, target); said: the sentences that were said; note: source.json.
    """

    def __init__(self, folder: Path, languages: Languages = FR_EN, on_bad_line: str = "skip", **given: Any) -> None:
        self.said: list[str] = []
        files = Files(**{key: str(value) if isinstance(value, Path) else value for key, value in given.items()})
        corpus = Corpus(source="files", files=files, on_bad_line=on_bad_line)
        self.lines = fetch(corpus, languages, folder / "raw", self.said.append)
        texts = [gzip.decompress((folder / "raw" / name).read_bytes()).decode().split("\n")[:-1] for name in RAW]
        self.pairs = list(zip(*texts, strict=True))
        self.note: Mapping[str, Any] = json.loads((folder / "raw/source.json").read_text(encoding="utf-8"))
