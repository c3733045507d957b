"""The sequence-to-sequence model, its training, its search and its scores."""
