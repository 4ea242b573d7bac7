"""Daily activities: writing them down on a phone, and reviewing one's people's."""
