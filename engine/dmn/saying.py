"""What each decision of a model says, a table cell by cell: for comparing two versions."""

from __future__ import annotations

from itertools import zip_longest

from lxml import etree

from engine.dmn.xml import local_name, namespace, parse_xml

Said = tuple[str, str, dict[str, str]]
"""Name, kind, and what is said by property or cell."""

_DRAWING = "https://www.omg.org/spec/DMN/20191111/DMNDI/"


def said_by_decisions(content: bytes) -> dict[str, Said]:
    """Give what everything with an id says; raises InvalidProcess where the bytes are no XML."""
    root = parse_xml(content)
    found = {}
    for element in root.iterchildren(etree.Element):
        if namespace(element) == _DRAWING or not element.get("id"):
            continue
        table = next(iter(element.iterchildren("{*}decisionTable")), None)
        facts = _table(table) if table is not None else _everything(element)
        found[element.get("id") or ""] = (element.get("name") or "", local_name(element), facts)
    return found


def _everything(element: etree._Element) -> dict[str, str]:
    """Give what stands in a decision that is no table, ids left out."""
    lines = []
    for each in element.iter(etree.Element):
        said = [f"{n}={v}" for n, v in sorted(_attributes(each).items()) if n != "id"]
        lines.append(" ".join([local_name(each), *said, (each.text or "").strip()]).strip())
    return {f"line {number}": line for number, line in enumerate(lines, 1)}


def _table(table: etree._Element) -> dict[str, str]:
    """Give a table cell by cell; a rule is known by its id, and called by its number."""
    inputs = list(table.iterchildren("{*}input"))
    outputs = list(table.iterchildren("{*}output"))
    columns = [each.get("label") or _words(each) for each in inputs]
    columns += [each.get("label") or each.get("name") or "" for each in outputs]
    facts: dict[str, str] = {
        "hit policy": f"{table.get('hitPolicy', 'UNIQUE')} {table.get('aggregation', '')}".strip()
    }
    for number, column in enumerate(columns, 1):
        facts[f"column {number}"] = column
    for number, rule in enumerate(table.iterchildren("{*}rule"), 1):
        cells = [*rule.iterchildren("{*}inputEntry"), *rule.iterchildren("{*}outputEntry")]
        called = rule.get("id") or str(number)
        for column, cell in zip_longest(columns, cells):
            if cell is not None:
                facts[f"rule {called} · {column or '?'}"] = _words(cell)
    return facts


def _words(element: etree._Element) -> str:
    return " ".join(text.text or "" for text in element.iter("{*}text")).strip()


def _attributes(element: etree._Element) -> dict[str, str]:
    return {etree.QName(str(n)).localname: str(v) for n, v in element.attrib.items()}
