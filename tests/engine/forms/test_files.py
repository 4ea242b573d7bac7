"""File fields: how they are drawn, what they take, and how answers name a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.errors import InvalidForm, InvalidProcess
from engine.forms import check_answers, check_draft, compile_form, harmless_name, sniff
from engine.forms.files import LONGEST_NAME, TYPES

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PDF = {"name": "a.pdf", "sha256": "ab" * 32, "mime": "application/pdf", "size": 12}
PNG = {"name": "b.png", "sha256": "cd" * 32, "mime": "image/png", "size": 10 * 1024 * 1024}


def form(**changed: Any) -> Any:
    field = {"type": "filepicker", "key": "papers", "label": "Dokumen", "multiple": True} | changed
    return compile_form({"type": "default", "id": "f", "components": [field]})


def check(drawn: Any, value: object) -> Any:
    return check_answers(drawn, {"papers": value}, context={}, now=NOW)["papers"]


def codes(drawn: Any, value: object) -> list[str]:
    with pytest.raises(InvalidForm) as refused:
        check(drawn, value)
    return [problem.code for problem in refused.value.problems]


def test_an_answer_is_a_list_of_name_digest_type_and_size() -> None:
    (found,) = check(form(), [PDF, PDF])
    assert dict(found) == PDF
    assert check(form(), "") == []
    assert len(check(form(), [PDF, PNG])) == 2


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (["ab" * 32], "not_a_file"),
        ([{**PDF, "sha256": "AB" * 32}], "not_a_file"),
        ([{**PDF, "sha256": "../../etc/passwd"}], "not_a_file"),
        ([{**PDF, "mime": "text/html"}], "not_a_file"),
        ([{**PDF, "size": 10 * 1024 * 1024 + 1}], "not_a_file"),
        ([{**PDF, "size": 0}], "not_a_file"),
        ([{**PDF, "size": "many"}], "not_a_file"),
        ([{"name": "a.pdf"}], "not_a_file"),
        ([{**PDF, "sha256": f"{n:064x}"} for n in range(11)], "too_many_files"),
    ],
)
def test_anything_else_is_refused(value: object, code: str) -> None:
    assert codes(form(), value) == [code]


def test_a_field_takes_what_it_says() -> None:
    assert codes(form(accept=".pdf"), [PNG]) == ["not_a_file"]
    assert codes(form(multiple=False), [PDF, PNG]) == ["too_many_files"]
    assert codes(form(validate={"required": True}), []) == ["required"]
    assert form(accept=".jpg, .PNG").fields[0].accept == ("image/jpeg", "image/png")


def test_the_schema_says_the_same() -> None:
    drawn = form(accept=".pdf", validate={"required": True})
    validator = Draft202012Validator(drawn.schema)
    assert validator.is_valid({"papers": [PDF]})
    for wrong in ([], [PNG], [{**PDF, "sha256": "x"}], [{**PDF, "more": 1}], [PDF] * 11):
        assert not validator.is_valid({"papers": wrong})


def test_a_draft_keeps_files_and_drops_what_is_none() -> None:
    assert check_draft(form(), {"papers": [PDF, "x", {"name": "y"}]}) == {"papers": [PDF]}


@pytest.mark.parametrize(
    "components",
    [
        [{"type": "filepicker", "key": "a", "label": "A", "accept": ".exe"}],
        [
            {
                "type": "dynamiclist",
                "path": "rows",
                "id": "r",
                "components": [{"type": "filepicker", "key": "a", "label": "A"}],
            }
        ],
    ],
)
def test_a_file_field_that_cannot_work_is_refused_when_drawn(components: list[Any]) -> None:
    with pytest.raises(InvalidProcess) as refused:
        compile_form({"type": "default", "id": "f", "components": components})
    assert [finding.rule for finding in refused.value.findings] == ["form-files"]


@given(st.text(max_size=300), st.sampled_from(sorted(TYPES)))
def test_whatever_a_file_is_called_its_name_is_harmless(name: str, kind: str) -> None:
    found = harmless_name(name, kind)
    assert 0 < len(found) <= LONGEST_NAME
    assert not set(found) & set("/\\<>:\"'|?*\0\r\n\t%;&`$")
    assert found.isprintable()
    assert not found.startswith((".", " "))
    assert found.rpartition(".")[2] in TYPES[kind]
    assert harmless_name(found, kind) == found


@given(st.binary(max_size=200))
def test_no_content_makes_the_sniffer_fail(data: bytes) -> None:
    assert sniff(data) in {None, *TYPES}
    assert sniff(b"PK\x03\x04" + data) is None
