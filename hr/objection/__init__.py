"""Objections to a disclosed result: its effects rest until somebody who did not rate decides."""
