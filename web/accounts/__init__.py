"""Who gets in and with which role: accounts, proposals, sessions, calendar, settings."""
