"""What an evaluation keeps: the state on its way, and what is left of it.  Bytes, never times."""

from __future__ import annotations

import pytest

from bench.bytes import Figure, figures


def test_an_evaluation_stays_small_on_its_way_and_leaves_little(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ALUR_TEST_POSTGRESQL_URL", raising=False)
    total, *parts = figures(cases=6)
    assert isinstance(total, Figure)
    assert total.largest_header <= 5_000
    assert total.bytes_per_case <= 45_000, parts
    assert total.bytes_per_event <= 500, parts
