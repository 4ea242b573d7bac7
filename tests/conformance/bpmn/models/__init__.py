"""The models: importing this registers all of them."""

from tests.conformance.bpmn.models import activities, events, gateways, repeating, shapes, waiting

__all__ = ["activities", "events", "gateways", "repeating", "shapes", "waiting"]
