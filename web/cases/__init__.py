"""Cases: the list, and one case with its steps, picture and values."""
