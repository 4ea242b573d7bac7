"""The hardened reading of XML bytes; `source.py` and `engine.bpmn` say what elements mean."""

from __future__ import annotations

from lxml import etree

from engine.errors import Finding, InvalidProcess

SIZE_LIMIT = 2_000_000


def parse_xml(data: bytes, file: str = "") -> etree._Element:
    """Give the root element of a document, or raise InvalidProcess with one finding.

    Takes bytes only, at most SIZE_LIMIT of them; a DOCTYPE, and with it every entity, is refused;
    nothing outside `data` is ever read.
    """
    if not isinstance(data, bytes):
        raise TypeError("Expected XML as bytes, since the document itself names its encoding.")
    if len(data) > SIZE_LIMIT:
        raise _invalid(file, "xml-too-large", f"Expected at most {SIZE_LIMIT} bytes of XML.")
    # A parser is not shared between threads, and making one costs microseconds.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        line, column = problem.position
        raise _invalid(
            file, "xml-syntax", f"Expected well-formed XML, but {problem.msg}.", line, column
        ) from None
    info = root.getroottree().docinfo
    if getattr(info, "doctype", "") or info.internalDTD is not None:
        raise _invalid(file, "xml-doctype", "Expected XML without a DOCTYPE.")
    return root


def local_name(element: etree._Element) -> str:
    """Give the tag without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: etree._Element) -> str:
    """Give the namespace of the tag, or an empty text."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def _invalid(file: str, rule: str, message: str, line: int = 0, column: int = 0) -> InvalidProcess:
    return InvalidProcess(
        [Finding(severity="error", rule=rule, message=message, file=file, line=line, column=column)]
    )
