"""Nearest neighbours in word space: nouns and labels as vectors, and the indexes that find them."""
