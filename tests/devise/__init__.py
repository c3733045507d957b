"""Pictures in word space."""
