"""Attendance, leave, discipline and careers: the records that evaluations and promotions read."""
