"""English word forms and spelling: what the English realiser stands on."""
