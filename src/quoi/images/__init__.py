"""Labelled pictures: where they come from, how they are made alike, and how they are read again."""
