"""What a changed decision table would have said to the decisions of a past period."""
