"""What a training stage does, from its inputs to its record."""
