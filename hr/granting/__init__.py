"""Roles that need a second person, and those that groups of an identity provider stand for."""
