"""Short notices to a person, shown on the screens."""
