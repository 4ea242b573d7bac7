"""The records of a person by kind: brought in from files, shown with what they contradict."""
