"""What the personnel agency looks after: follow-ups, incidents, campaigns."""
