"""Hostile and broken XML is refused with a finding, before anything is read from it."""

from __future__ import annotations

import pytest

from engine.dmn import load
from engine.dmn.check import check_file
from engine.dmn.xml import SIZE_LIMIT, parse_xml
from engine.errors import InvalidProcess
from tests.engine.dmn.files import decision, file, literal


def refused(data: bytes) -> str:
    with pytest.raises(InvalidProcess) as caught:
        load(data, file="a.dmn")
    (finding,) = caught.value.findings
    assert (finding.severity, finding.file) == ("error", "a.dmn")
    return finding.rule


def with_doctype(doctype: str, text: str) -> bytes:
    return doctype.encode() + file(f"<description>{text}</description>")


@pytest.mark.parametrize(
    ("doctype", "text"),
    [
        ('<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"),
        ('<!DOCTYPE d SYSTEM "http://127.0.0.1/d.dtd">', "x"),
        ('<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>', "&b;"),
        ("<!DOCTYPE d>", "x"),
    ],
)
def test_a_doctype_is_refused_whatever_it_says(doctype: str, text: str) -> None:
    assert refused(with_doctype(doctype, text)) == "xml-doctype"


def test_entities_that_grow_are_refused_without_growing() -> None:
    laughs = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    data = with_doctype(f'<!DOCTYPE d [<!ENTITY a0 "lol">{laughs}]>', "&a9;")
    assert refused(data) in ("xml-doctype", "xml-syntax")


def test_broken_xml_names_line_and_column() -> None:
    with pytest.raises(InvalidProcess) as caught:
        parse_xml(b"<a>\n  <b>\n</a>", "a.dmn")
    (finding,) = caught.value.findings
    assert (finding.rule, finding.line) == ("xml-syntax", 3)
    assert finding.column > 0


def test_more_than_two_megabytes_are_refused_unread() -> None:
    assert refused(b" " * (SIZE_LIMIT + 1)) == "xml-too-large"


def test_text_instead_of_bytes_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError):
        parse_xml("<a/>")  # type: ignore[arg-type]


def test_deep_nesting_is_refused() -> None:
    assert refused(b"<a>" * 5000 + b"</a>" * 5000) == "xml-syntax"


def test_another_kind_of_document_is_no_decision_model() -> None:
    assert refused(b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>") == (
        "dmn-namespace"
    )


def test_the_checker_gives_the_finding_instead_of_raising() -> None:
    assert [f.rule for f in check_file(b"<a", "a.dmn")] == ["xml-syntax"]


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_every_version_of_the_standard_is_read(namespace: str) -> None:
    found = load(file(decision("d", literal("1 + 1")), dmn=namespace))
    assert found.evaluate("d", {}) == 2


def test_comments_and_processing_instructions_do_not_cut_texts() -> None:
    text = "<literalExpression><text>1 <!-- one --> + <?pi x?> 1</text></literalExpression>"
    assert load(file(decision("d", text))).evaluate("d", {}) == 2
