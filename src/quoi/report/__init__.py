"""Tables and pictures made from metrics files alone: nothing here trains or loads a model."""
