"""French word forms and spelling: what the French realiser stands on."""
