"""The inbox: what waits for a person, most urgent first, and what the person has done."""
