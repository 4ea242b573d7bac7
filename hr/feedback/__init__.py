"""Feedback at any time, with its giver's name, and coaching notes that three may read."""
