"""Monthly reports (P03): what somebody's month achieved, and what the public may see of it."""
