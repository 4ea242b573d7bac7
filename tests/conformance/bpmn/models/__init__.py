"""The models: importing this registers all of them."""

from tests.conformance.bpmn.models import (
    activities,
    conditions,
    events,
    gateways,
    repeating,
    scopes,
    shapes,
    waiting,
    winding,
    woven,
)

__all__ = [
    "activities",
    "conditions",
    "events",
    "gateways",
    "repeating",
    "scopes",
    "shapes",
    "waiting",
    "winding",
    "woven",
]
