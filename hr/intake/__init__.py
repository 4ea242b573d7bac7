"""Bringing the directory in from the files of other systems, and giving the same files back."""
