"""What the engine relies on in a database connection."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from engine import open_database
from engine.store.database import is_retryable


def test_a_writer_that_finds_another_one_may_try_again(tmp_path: Path) -> None:
    one, other = (open_database(f"sqlite:///{tmp_path / 'case.db'}") for _ in range(2))
    with other.connect() as impatient:
        impatient.execute(text("PRAGMA busy_timeout=1"))
        impatient.rollback()
        with one.begin(), pytest.raises(OperationalError) as caught:
            impatient.execute(text("SELECT 1"))
    assert is_retryable(caught.value)


def test_two_may_read_at_the_same_time(tmp_path: Path) -> None:
    one, other = (
        open_database(f"sqlite:///{tmp_path / 'case.db'}").execution_options(alur_read=True)
        for _ in range(2)
    )
    with one.connect() as first, other.connect() as second:
        assert first.scalar(text("SELECT 1")) == second.scalar(text("SELECT 1")) == 1
