"""What drills are built of: a site of real processes, people who use it, and an oracle."""
