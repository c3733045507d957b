"""A map of pictures and words: t-SNE of where the model puts both, pulled onto a grid so that nothing overlaps."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.patches import Rectangle
from PIL import ImageOps
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from quoi.images.convert import on_white
from quoi.report import style
from quoi.report.gallery_choices import Collection, drawn
from quoi.report.style import DPI, PALETTE

MOST_PICTURES, MOST_WORDS = 500, 36
_CELL, _PICTURE = 36, 30  # pixels
_FEWEST_COLUMNS, _SHAPE = 16, 1.45
_FREE = 1.5
"""Cells for each that is filled: what lies between is what makes regions visible."""
_LONGEST = 24  # letters of a word; longer ones are cut
_LETTERS = 2.4  # of a word in each cell
_UNSEEN = PALETTE[4]
_SEED = 0


class Word(NamedTuple):
    """A label, its text as cut, its first cell, and how many cells it takes."""

    name: str
    text: str
    column: int
    line: int
    width: int


@dataclass(frozen=True)
class Layout:
    """Pictures and words on a grid of `columns` by `lines` cells, line 0 on top.

    Attributes:
        pictures: row of each, and its cell (column, line).
    """

    columns: int
    lines: int
    pictures: list[tuple[int, list[int]]]
    words: list[Word]


def lay_out(collection: Collection) -> Layout:
    """Where everything on the map is: pictures, drawn ones where there are many, and labels that name their regions.

    The space is cut into regions by k-means of the pictures; each is named by the label nearest to its middle.
    """
    count = len(collection.labels)
    rows = sorted(map(int, drawn(map(str, range(count)))[:MOST_PICTURES]))
    names, vectors = _words(collection, rows)
    places = embed(np.concatenate([collection.predictions[rows], vectors]))
    texts = [textwrap.shorten(name, _LONGEST, placeholder="…") for name in names]
    widths = [math.ceil((len(text) + 1) / _LETTERS) for text in texts]
    columns = max(_FEWEST_COLUMNS, math.ceil(math.sqrt(_FREE * _SHAPE * (len(rows) + sum(widths)))))
    lines = math.ceil(columns / _SHAPE)
    cells, spots = arrange(places[: len(rows)], places[len(rows) :], widths, columns, lines)
    placed = zip(names, texts, widths, spots, strict=True)
    words = [Word(name, text, *spot, width) for name, text, width, spot in placed if spot]
    return Layout(columns, lines, list(zip(rows, cells.tolist(), strict=True)), words)


def draw(path: Path, laid: Layout, collection: Collection, note: str) -> None:
    """Draw the map; labels that no training saw, and their pictures, are in colour. The same data gives the same bytes.

    Args:
        note: a line below, such as a credit.

    Raises:
        QuoiError: a picture is damaged, or the file cannot be written.
    """
    columns, lines = laid.columns, laid.lines
    with style.figure(path, (columns + 1) * _CELL / DPI, (lines + 2) * _CELL / DPI, colours=200) as figure:
        figure.set_layout_engine("none")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        for row, (column, line) in laid.pictures:
            picture = ImageOps.contain(on_white(collection.searcher.images[row]), (_PICTURE, _PICTURE))
            corner = (column + 1) * _CELL - picture.width // 2, (lines + 1 - line) * _CELL - picture.height // 2
            figure.figimage(np.asarray(picture), *corner)
            if collection.labels[row] in collection.unseen:
                axes.add_patch(Rectangle((column - 0.46, line - 0.46), 0.92, 0.92, fill=False, color=_UNSEEN, lw=0.7))
        middle = {"weight": "bold", "size": 7.5, "ha": "center", "va": "center", "parse_math": False}
        for word in laid.words:
            colour = style.ink(_UNSEEN) if word.name in collection.unseen else style.INK
            axes.text(word.column + (word.width - 1) / 2, word.line, word.text, color=colour, **middle)
        axes.text(-0.5, lines + 0.4, note, color=style.NOTE, size=6.5, parse_math=False)
        axes.set(xlim=(-1, columns), ylim=(lines + 1, -1))


def embed(vectors: np.ndarray) -> np.ndarray:
    """Unit vectors [n, d] on a plane, float64 [n, 2] from 0 to 1: t-SNE (van der Maaten and Hinton 2008).

    On one thread, whose sums are always made in the same order.
    """
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


def _words(collection: Collection, rows: Sequence[int]) -> tuple[list[str], np.ndarray]:
    """Labels that name the regions of the pictures, and their vectors [m, d]."""
    shown = collection.predictions[list(rows)]
    labels, vectors = collection.places
    count = min(MOST_WORDS, len(labels), len(np.unique(shown, axis=0)))
    with threadpool_limits(1):
        middles = KMeans(count, n_init=4, random_state=_SEED).fit(shown).cluster_centers_
    chosen = dict.fromkeys(int((vectors @ middle).argmax()) for middle in middles)
    return [labels[place] for place in chosen], vectors[list(chosen)]
