"""Section `nearest` of params.yaml: the graphs of nearest neighbours (HNSW, Malkov and Yashunin 2016)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from quoi.params.section import Section


class Nearest(Section):
    """How the indexes are built and searched; more of any finds more and takes longer.

    `m` links a point and layer, `ef_construction` candidates while a point is linked, `ef_search` candidates of a
    query; `k` is how many neighbours the recall is measured at.
    """

    m: Annotated[int, Field(ge=2, le=100)] = 16
    ef_construction: Annotated[int, Field(ge=8, le=2_000)] = 200
    ef_search: Annotated[int, Field(ge=1, le=10_000)] = 400
    k: Annotated[int, Field(ge=1, le=1_000)] = 10
