"""Addresses that nobody was given: every list answers them with words, on both databases."""

from __future__ import annotations

LISTS = (
    "/",
    "/done",
    "/cases",
    "/agency/followups",
    "/agency/incidents",
    "/agency/campaigns",
    "/start/two_step",
)
QUERIES = (
    "after=x",
    "after=%00",
    "after=%C2%B2",
    "after=W10",
    "after=WzldAA",
    "after=WyJhIiwxXQ",
    "after=" + "A" * 5000,
    "after=" + "9" * 99,
    "after=%F0%9F%98%80",
    # [99999999999999999999999] and ["2026-07-01T00:00:00", 1] as a page's key would be written
    "after=Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
    "after=WyIyMDI2LTA3LTAxVDAwOjAwOjAwIiwgMV0",
    "after=WyIyMDI2LTA3LTAxVDAwOjAwOjAwKzAwOjAwIiwgOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
    "tab=%3Cscript%3E&state=DROP",
    "tab=mine&tab=groups",
    "q=" + "%27" * 500,
    "q=%00%25_%5C",
    "process=..%2F..&period=%00",
)


def test_a_made_up_address_is_answered_with_words(client_as, start_two_step):
    start_two_step()
    agency = client_as("HRC")
    wordless = []
    for path in LISTS:
        for query in QUERIES:
            page = agency.get(f"{path}?{query}")
            if page.status not in (200, 404) or not page.heading:
                wordless.append((path, query[:60], page.status))
    assert wordless == []
