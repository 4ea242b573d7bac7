"""The city as a structure: its units and posts, and what is wrong with the whole of it."""
