"""The two ways every model is run: in memory, and saved and restored after each step."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["memory", "restored"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)
