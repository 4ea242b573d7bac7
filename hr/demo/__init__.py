"""Synthetic people and a synthetic city; nobody in it is real."""
