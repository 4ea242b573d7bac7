"""Fixed harnesses: models, baselines, and the definition of every figure (README.md)."""
