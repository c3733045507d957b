"""Pictures in word space: a network learns to name what it sees by a point among word vectors (DeViSE)."""
