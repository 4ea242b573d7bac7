"""Campaigns: whom one would reach, how far it is, who is late, what the agency does about it."""
