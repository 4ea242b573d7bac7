"""The studio: designers draw, try, test, compare and publish processes."""

from web.studio import (
    backtesting,
    comparing,
    deciding,
    editing,
    migrating,
    publishing,
    routes,
    stories,
    trying,
    versions,
)
from web.studio.screen import studio

__all__ = [
    "backtesting",
    "comparing",
    "deciding",
    "editing",
    "migrating",
    "publishing",
    "routes",
    "stories",
    "studio",
    "trying",
    "versions",
]
