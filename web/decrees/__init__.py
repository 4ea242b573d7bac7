"""The public page that checks a decree by its number and its code."""
