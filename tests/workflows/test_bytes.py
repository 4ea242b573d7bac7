"""What an evaluation keeps: the state on its way, and what is left of it.  Bytes, never times."""

from __future__ import annotations

import pytest

from bench.bytes import Figure, figures
from tests.conftest import POSTGRESQL_URL

# The goal is 45,000; what is met is held, with room for a few more events.
MOST = {"sqlite": 41_500, "postgresql": 44_500}


@pytest.mark.parametrize("kind", MOST)
def test_an_evaluation_stays_small_on_its_way_and_leaves_little(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "postgresql":
        request.getfixturevalue("postgresql_server")  # skips where there is none
        monkeypatch.setenv("ALUR_TEST_POSTGRESQL_URL", POSTGRESQL_URL)  # whoever said so or not
    total, *parts = figures(kinds=[kind])
    assert isinstance(total, Figure)
    assert total.largest_header <= 5_000
    assert total.bytes_per_case <= MOST[kind], parts
    assert total.bytes_per_event <= 450, parts
