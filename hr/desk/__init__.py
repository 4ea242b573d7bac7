"""What a person keeps at the inbox: filters by name, the address of a calendar."""
