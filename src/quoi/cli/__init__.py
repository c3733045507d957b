"""The `quoi` command."""
