"""Word vectors, cut down to the vocabulary that uses them."""
