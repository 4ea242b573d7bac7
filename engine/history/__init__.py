"""What can happen, as frozen events; their canonical text and chain.  Pure: no database here."""

from engine.history.canonical import canonical
from engine.history.chain import Broken, event_hash, value_digest, verify
from engine.history.events import Event

__all__ = ["Broken", "Event", "canonical", "event_hash", "value_digest", "verify"]
