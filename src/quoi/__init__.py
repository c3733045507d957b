"""quoi: a data-versioned reproduction of a 2018 deep-learning lesson, with spread and lineage for every number."""

__version__ = "0.1.0"
