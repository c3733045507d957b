"""A map of pictures and words: t-SNE of where the model puts both, pulled onto a grid so that nothing overlaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from quoi.report.contact_sheet import dejavu, fitted, save, wrapped
from quoi.report.gallery_choices import Collection, drawn
from quoi.report.style import INK, NOTE, PALETTE, ink

MOST_PICTURES, MOST_WORDS = 500, 36
_CELL, _PICTURE, _MARGIN, _LETTERS = 36, 30, 20, 16
_FEWEST_COLUMNS, _SHAPE = 16, 1.45
_FREE = 1.5
"""Cells for each that is filled: what lies between is what makes regions visible."""
_LONGEST = 8
"""Cells of a word; longer ones are cut."""
_UNSEEN = PALETTE[4]
_COLOURS = 200
_SEED = 0


def draw(path: Path, collection: Collection, note: str) -> tuple[int, int]:
    """Draw the map; the same data gives the same bytes.

    Pictures are drawn ones where there are many. The words are labels: the space is cut into regions by k-means of
    the pictures, and each is named by the label nearest to its middle. Labels that no training saw, and their
    pictures, are in colour.

    Args:
        note: a line below, such as a credit.

    Returns:
        How many pictures and how many words are on it.

    Raises:
        QuoiError: a picture is damaged, or the file cannot be written.
    """
    from PIL import Image, ImageDraw

    rows = _pictures(collection)
    names, vectors = _words(collection, rows)
    places = embed(np.concatenate([collection.predictions[rows], vectors]))
    letters = dejavu(_LETTERS, bold=True)
    texts = [wrapped(name, letters, _LONGEST * _CELL - 8, 1)[0] for name in names]
    widths = [math.ceil((letters.getlength(text) + 8) / _CELL) for text in texts]
    columns = max(_FEWEST_COLUMNS, math.ceil(math.sqrt(_FREE * _SHAPE * (len(rows) + sum(widths)))))
    lines = math.ceil(columns / _SHAPE)
    cells, spots = arrange(places[: len(rows)], places[len(rows) :], widths, columns, lines)
    size = columns * _CELL + 2 * _MARGIN, lines * _CELL + 2 * _MARGIN + 24
    drawn_map = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(drawn_map)
    for row, (column, line) in zip(rows, cells.tolist(), strict=True):
        picture = fitted(collection.searcher.images[row], _PICTURE)
        left, top = _MARGIN + column * _CELL, _MARGIN + line * _CELL
        drawn_map.paste(picture, (left + (_CELL - picture.width) // 2, top + (_CELL - picture.height) // 2))
        if collection.labels[row] in collection.unseen:
            pen.rectangle((left + 1, top + 1, left + _CELL - 2, top + _CELL - 2), outline=_UNSEEN)
    for name, text, width, spot in zip(names, texts, widths, spots, strict=True):
        if spot is not None:
            middle = _MARGIN + (spot[0] + width / 2) * _CELL, _MARGIN + (spot[1] + 0.5) * _CELL
            colour = ink(_UNSEEN) if name in collection.unseen else INK
            pen.text(middle, text, fill=colour, font=letters, anchor="mm")
    pen.text((_MARGIN, size[1] - 14), note, fill=NOTE, font=dejavu(12), anchor="ls")
    save(path, drawn_map, _COLOURS)
    return len(rows), len(names) - spots.count(None)


def embed(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors [n, d] on a plane, float64 [n, 2] from 0 to 1: t-SNE (van der Maaten and Hinton 2008).

    On one thread, whose sums are always made in the same order.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = max(1.0, min(30.0, (len(vectors) - 1) / 3))
    with threadpool_limits(1):
        plane = TSNE(perplexity=perplexity, init="pca", random_state=_SEED, n_jobs=1).fit_transform(vectors)
    plane = plane.astype(np.float64)
    plane -= plane.mean(0)
    _, axes = np.linalg.eigh(plane.T @ plane)
    plane = plane @ axes[:, ::-1]  # the longer way across
    plane -= plane.min(0)
    plane /= np.where(plane.max(0) > 0, plane.max(0), 1)
    # Half way to even coordinates, so that outlying regions do not leave much of the plane empty.
    even = plane.argsort(0, kind="stable").argsort(0) / max(1, len(plane) - 1)
    return (plane + even) / 2


def arrange(
    pictures: np.ndarray, words: np.ndarray, widths: Sequence[int], columns: int, rows: int
) -> tuple[np.ndarray, list[tuple[int, int] | None]]:
    """Places on a plane as cells of a grid, each used once: as near as may be, in the sum of squares.

    Args:
        pictures: [n, 2], 0 to 1; words: [m, 2], which come first, in their order.
        widths: cells side by side that each word takes.

    Returns:
        (column, row) of each picture, int [n, 2], and of each word's first cell; None where there is no room for it.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    free = np.ones((columns, rows), dtype=bool)
    scale = np.array([columns - 1, rows - 1])
    spots: list[tuple[int, int] | None] = []
    for place, width in zip(words * scale, widths, strict=True):
        # Where a run of free cells starts.
        starts = np.logical_and.reduce([free[shift : columns - width + 1 + shift] for shift in range(width)])
        options = np.argwhere(starts)
        if not len(options):
            spots.append(None)
            continue
        middles = options + np.array([(width - 1) / 2, 0])
        column, row = options[((middles - place) ** 2).sum(1).argmin()].tolist()
        free[column : column + width, row] = False
        spots.append((column, row))
    options = np.argwhere(free)
    _, taken = linear_sum_assignment(cdist(pictures * scale, options, "sqeuclidean"))
    return options[taken], spots


def _pictures(collection: Collection) -> list[int]:
    """Rows of the pictures shown: as they come where they are few; else drawn ones, of as many labels as may be."""
    count = len(collection.labels)
    if count <= MOST_PICTURES:
        return list(range(count))
    turn: dict[str, int] = {}
    order = []
    for row in map(int, drawn(map(str, range(count)))):
        label = collection.labels[row]
        turn[label] = turn.get(label, 0) + 1
        order.append((turn[label], len(order), row))
    return sorted(row for _, _, row in sorted(order)[:MOST_PICTURES])


def _words(collection: Collection, rows: Sequence[int]) -> tuple[list[str], np.ndarray]:
    """Labels that name the regions of the pictures, and their vectors [m, d]."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    shown = collection.predictions[list(rows)]
    labels, vectors = collection.places
    count = min(MOST_WORDS, len(labels), len(np.unique(shown, axis=0)))
    with threadpool_limits(1):
        middles = KMeans(count, n_init=4, random_state=_SEED).fit(shown).cluster_centers_
    chosen = dict.fromkeys(int((vectors @ middle).argmax()) for middle in middles)
    return [labels[place] for place in chosen], vectors[list(chosen)]
