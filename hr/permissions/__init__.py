"""Who may do what, and what a person may see."""
