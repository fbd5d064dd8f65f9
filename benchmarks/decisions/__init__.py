"""How good the decisions are: one part of the proof a file, each with ``run(seeds)``."""
