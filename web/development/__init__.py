"""Courses, sessions and their seats."""
