"""Holidays and working days."""
