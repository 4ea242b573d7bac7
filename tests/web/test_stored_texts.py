"""Whatever people, files and designers wrote comes out of the database as text, on every page."""

# ruff: noqa: F811 -- fixtures of another file

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import String, Text, text

from engine import Base
from tests.web.sweep import world  # noqa: F401
from tests.web.sweep_pages import pages
from tests.web.test_routes import paths

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EVIL = "<script>stored(1)</script><img src=x onerror=stored(1)>\"'{{1337*7331}}"
# Where people, files that are brought in, and designers write words.
WORDS = {
    "accountability", "answer", "case_title", "consequences", "decree", "email", "expectation",
    "formula", "host", "impact", "indicator", "institution", "justification", "last_error",
    "late_reason", "measure", "message", "name", "note", "place", "plan", "reason",
    "decision_reason", "report", "resources", "search_text", "source", "text", "title", "vision",
    "group_name", "subject", "number", "overtime_order", "approval_no", "said",
}  # fmt: skip
# Nobody changes these: the database refuses it, or a name there is a key.
GUARDED = {"history", "definition", "counter", "schedule", "message_start", "subscription"}


def written(database: Any) -> int:
    """Put the text behind what stands in every column that people write; give how many rows."""
    changed = 0
    with database.begin() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                words = isinstance(column.type, (String, Text)) and column.name in WORDS
                if words and table.name not in GUARDED:
                    place = f'"{column.name}"'
                    evil = text(f'UPDATE "{table.name}" SET {place} = {place} || :evil')
                    changed += connection.execute(evil, {"evil": EVIL}).rowcount
    return changed


@pytest.mark.parametrize("code", ["HRC", "EMP"])
def test_no_page_runs_what_somebody_wrote(app, client_as, database, world, code):
    who = client_as(code)
    assert written(database) > 200
    everywhere = {path for path, _ in pages(app, world)}
    everywhere |= {path for rule, path in paths(app) if "GET" in rule.methods}
    shown = 0
    for path in sorted(everywhere):
        answer = who.client.get(path)
        kind = answer.headers.get("Content-Type", "")
        assert answer.status_code < 500 or path == "/readyz", path
        if kind.startswith("text/html"):
            assert "<script>stored" not in answer.text, path
            assert "<img src=x" not in answer.text, path
            assert "9801547" not in answer.text, path
            shown += "&lt;script&gt;stored" in answer.text
    assert shown > 15, "Expected the text on many pages, but it is nearly nowhere to be seen."
