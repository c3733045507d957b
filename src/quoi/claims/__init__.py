"""Statements of the lesson as comparisons of trainings: what they say, how they are decided, where they run."""
