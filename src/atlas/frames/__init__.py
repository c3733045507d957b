"""The question frames, by their question words."""

from ..frame import FRAMES
from . import what, when, which, who, why  # they add their frames, in this order

__all__ = ["FRAMES", "what", "when", "which", "who", "why"]
