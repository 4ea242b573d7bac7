"""Statistics on how people are rated: they ask for an explanation, and never decide anything."""
