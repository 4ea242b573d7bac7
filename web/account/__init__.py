"""Screens about the person's own access: log in, log out, language."""
