"""Launching one process for many people."""
