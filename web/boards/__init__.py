"""Boards of offices and of the city: sums, with the table behind each; nobody below five."""
