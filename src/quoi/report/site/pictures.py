"""What the page needs to search pictures by words as `quoi search` does: vectors, the space, and small pictures."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from quoi.images.convert import on_white
from quoi.io.files import read_json
from quoi.nearest.search import Searcher
from quoi.records.devise_record import MAP
from quoi.report import gallery_choices
from quoi.report.gallery_choices import Collection, drawn

SIDE = 56
"""Pixels of a small picture, with a white edge of one, so that none shows in its neighbour."""
_WORDS, _PICTURES = 400_000, 250_000
"""Numbers, of 2 bytes each, in the vectors of all words and of all pictures: what keeps the page small."""
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|(?<=[^\W\d_])['.&-](?=[^\W_]))*")
_LARGEST = 2**15 - 1
_QUALITY = 80


def told(root: Path) -> dict[str, Any] | None:
    """Everything that the page's search reads; None where no picture has a place to be found at.

    All pictures, or drawn ones where there are very many; the most frequent words, and all words of labels.

    Raises:
        QuoiError: an input is absent or damaged, or the files do not fit together.
    """
    collection = Collection(root)
    searcher = collection.searcher
    space, archive = searcher.catalogue.space, searcher.images
    if not len(searcher.index("images")):
        return None
    found = np.flatnonzero(collection.predictions.any(axis=1)).tolist()
    most = _PICTURES // collection.predictions.shape[1]
    rows = found if len(found) <= most else sorted(map(int, drawn(map(str, found))[:most]))
    words = _words(searcher)
    vectors = np.array([searcher.words.vectors[searcher.words.rows[word]] for word in words])
    examples = dict.fromkeys(answer.text for answer in gallery_choices.expressions(collection))
    return {
        "words": words,
        "vectors": packed(vectors),
        "centre": packed(space.centre[None]),
        "turn": packed(space.turn),
        "back": space.back
        and {
            "labels": packed(space.back.labels),
            "weights": packed(space.back.weights),
            "width": float(space.back.width),
            "weight": float(space.back.weight),
        },
        "pictures": packed(collection.predictions[rows]),
        "labels": [collection.labels[row] for row in rows],
        "unseen": [place for place, row in enumerate(rows) if collection.labels[row] in collection.unseen],
        "map": _map(read_json(root / MAP), collection.unseen, rows),
        "sprite": sprite(archive, rows),
        "side": SIDE,
        "of": len(archive),
        "known": len(searcher.words),
        "examples": list(examples),
        "credits": {"pictures": archive.source, "words": searcher.catalogue.labels.source["vectors"]},
    }


def packed(rows: np.ndarray) -> dict[str, Any]:
    """Numbers [n, d] for the page, a thousandth or less off: 16 bits each, and a scale of 32 bits a row, in base64."""
    scales = np.abs(rows).max(axis=1, initial=0).astype("<f4") / np.float32(_LARGEST)
    values = np.round(rows / np.where(scales > 0, scales, 1)[:, None]).astype("<i2")
    return {"width": rows.shape[1], "scales": _text(scales.tobytes()), "values": _text(values.tobytes())}


def sprite(archive: Any, rows: Sequence[int]) -> dict[str, Any]:
    """The pictures of some rows, small, in one WebP picture, `columns` side by side; in base64."""
    columns = math.ceil(math.sqrt(len(rows)))
    sheet = Image.new("RGB", (columns * SIDE, math.ceil(len(rows) / columns) * SIDE), "white")
    for place, row in enumerate(rows):
        line, column = divmod(place, columns)
        picture = ImageOps.contain(on_white(archive[row]), (SIDE - 2, SIDE - 2), Image.Resampling.LANCZOS)
        corner = column * SIDE + (SIDE - picture.width) // 2, line * SIDE + (SIDE - picture.height) // 2
        sheet.paste(picture, corner)
    file = io.BytesIO()
    sheet.save(file, "WEBP", quality=_QUALITY, method=4)
    return {"columns": columns, "webp": _text(file.getvalue())}


def _map(laid: dict[str, Any], unseen: frozenset[str], rows: Sequence[int]) -> dict[str, Any]:
    """The map of pictures and labels: [place among `rows`, column, line], and [text, column, line, width, unseen]."""
    place_of = {row: place for place, row in enumerate(rows)}
    return {
        "columns": laid["columns"],
        "lines": laid["lines"],
        "pictures": [[place_of[row], *cell] for row, cell in laid["pictures"] if row in place_of],
        "words": [[*word, name in unseen] for name, *word in laid["words"]],
    }


def _words(searcher: Searcher) -> list[str]:
    """The most frequent words, then those that labels' vectors are made of."""
    known = searcher.words
    frequent = (word for word in known.rows if _WORD.fullmatch(word))
    most = _WORDS // known.vectors.shape[1]
    chosen = dict.fromkeys(word for word, _ in zip(frequent, range(most), strict=False))
    for words in searcher.catalogue.labels.labels.table.column("words").to_pylist():
        chosen |= dict.fromkeys(word for word in words if word in known.rows)
    return list(chosen)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
