"""Accounts, passwords, sessions and throttling: how a person gets in."""
