"""What a finished case asks another process to do."""
