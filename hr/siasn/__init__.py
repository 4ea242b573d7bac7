"""Final annual results on their way to the national civil-service system (SIASN)."""
