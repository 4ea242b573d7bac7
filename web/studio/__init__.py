"""The studio: designers draw, try, test, compare and publish processes."""

from web.studio import comparing, deciding, editing, publishing, routes
from web.studio.screen import studio

__all__ = ["comparing", "deciding", "editing", "publishing", "routes", "studio"]
