"""What is kept about people, for how long, who looked at it, and how it is erased."""
