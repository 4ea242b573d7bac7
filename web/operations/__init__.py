"""How the platform runs, for administrators and the agency: without anybody's name or answer."""
