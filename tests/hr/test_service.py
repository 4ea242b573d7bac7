"""Facts of units: the sentence about those that are missing."""

from __future__ import annotations

from hr.service.rules import missing_facts, missing_sentence


def test_the_sentence_about_missing_facts_is_read_as_it_was_written():
    assert missing_facts(missing_sentence("/01/02/", "2026Q2")) == ("/01/02/", "2026Q2")
    assert missing_facts("Expected something else.") is None
