"""Attendance, leave and discipline: the records that evaluations read."""
