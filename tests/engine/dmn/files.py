"""Small DMN files for the tests, written as text."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from engine.dmn import Model, load

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def file(body: str, namespace: str = "urn:test", dmn: str = DMN13) -> bytes:
    """Give the bytes of a file with the given elements."""
    return (
        f'<definitions xmlns="{dmn}" id="d" name="test" namespace="{namespace}">'
        f"{body}</definitions>"
    ).encode()


def model(body: str) -> Model:
    return load(file(body))


def literal(text: str, type_: str = "") -> str:
    return f"<literalExpression{type_ref(type_)}><text>{escape(text)}</text></literalExpression>"


def decision(name: str, logic: str, *requires: str, type_: str = "") -> str:
    """Give a decision; `requires` are ids with a prefix: `in:`, `de:` or `kn:`."""
    kinds = {
        "in": ("informationRequirement", "requiredInput"),
        "de": ("informationRequirement", "requiredDecision"),
        "kn": ("knowledgeRequirement", "requiredKnowledge"),
    }
    needs = ""
    for one in requires:
        kind, _, target = one.partition(":")
        outer, inner = kinds[kind]
        href = target if "#" in target else f"#{target}"
        needs += f'<{outer}><{inner} href="{href}"/></{outer}>'
    return (
        f"<decision id={quoteattr('id_' + name)} name={quoteattr(name)}>"
        f"<variable name={quoteattr(name)}{type_ref(type_)}/>{needs}{logic}</decision>"
    )


def given(name: str, type_: str = "") -> str:
    return (
        f'<inputData id="{name}" name={quoteattr(name)}>'
        f"<variable name={quoteattr(name)}{type_ref(type_)}/></inputData>"
    )


def function(name: str, parameters: Sequence[tuple[str, str]], logic: str) -> str:
    """Give a business knowledge model; parameters are (name, type)."""
    formal = "".join(f'<formalParameter name="{n}"{type_ref(t)}/>' for n, t in parameters)
    return (
        f'<businessKnowledgeModel id="id_{name}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic></businessKnowledgeModel>"
    )


def table(
    inputs: Sequence[str],
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    policy: str = "UNIQUE",
    outputs: Sequence[str] = ("out",),
    allowed: Sequence[str] = (),
    ranking: Sequence[str] = (),
    defaults: Sequence[str] = (),
) -> str:
    """Give a decision table; inputs are `expression:type`, rules (tests, outputs) are r1, r2."""
    head, aggregation = policy, ""
    if policy.startswith("COLLECT "):
        head, _, aggregation = policy.partition(" ")
    columns = ""
    for i, one in enumerate(inputs):
        expression, _, type_ = one.partition(":")
        values = allowed[i] if i < len(allowed) else ""
        columns += (
            f'<input id="in{i}"><inputExpression{type_ref(type_)}><text>{escape(expression)}</text>'
            f"</inputExpression>{_values('inputValues', values)}</input>"
        )
    for i, one in enumerate(outputs):
        name, _, type_ = one.partition(":")
        default = (
            f"<defaultOutputEntry><text>{escape(defaults[i])}</text></defaultOutputEntry>"
            if defaults
            else ""
        )
        columns += (
            f'<output id="out{i}" name="{name}"{type_ref(type_)}>'
            f"{_values('outputValues', ranking[i] if i < len(ranking) else '')}{default}</output>"
        )
    for i, (tests, results) in enumerate(rules, 1):
        cells = "".join(f"<inputEntry><text>{escape(t)}</text></inputEntry>" for t in tests)
        cells += "".join(f"<outputEntry><text>{escape(t)}</text></outputEntry>" for t in results)
        columns += f'<rule id="r{i}">{cells}</rule>'
    said = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable id="the_table" hitPolicy="{head}"{said}>{columns}</decisionTable>'


def type_ref(name: str) -> str:
    return f' typeRef="{name}"' if name else ""


def _values(tag: str, text: str) -> str:
    return f"<{tag}><text>{escape(text)}</text></{tag}>" if text else ""
