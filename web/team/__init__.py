"""A superior's people: what waits, how each stands and has stood, feedback, notes."""
