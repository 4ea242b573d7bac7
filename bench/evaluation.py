"""The drawing and the forms of the `steps` figure: in FEEL for us, in Python for the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
TASKS = ("own", "superior", "peer", "promote", "confirm", "train")
_DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


@dataclass(frozen=True)
class Dialect:
    """How one engine wants expressions written."""

    timer: str
    reminder: str
    score: str
    best: str
    worst: str
    cells: tuple[str, str, str, str]


FEEL = Dialect(
    timer="{0}",
    reminder="{ reminded: true }",
    score=(
        "{ superior_score: superior.plan * 0.7 + superior.behaviour * 0.3,"
        " peer_score: if count(feedback) > 0 then mean(feedback.score) else superior_score,"
        " score: decimal(superior_score * 0.8 + peer_score * 0.2, 2) }"
    ),
    best='predicate = "SB"',
    worst='predicate = "K"',
    cells=(">= 90", "[70..90)", "[50..70)", "< 50"),
)
PYTHON = Dialect(
    timer='"{0}"',
    reminder="reminded = True",
    score=(
        "superior_score = superior['plan'] * 0.7 + superior['behaviour'] * 0.3\n"
        "total = 0\n"
        "for item in feedback:\n"
        "    total += item['score']\n"
        "peer_score = total / len(feedback) if len(feedback) > 0 else superior_score\n"
        "score = round(superior_score * 0.8 + peer_score * 0.2, 2)"
    ),
    best="predicate == 'SB'",
    worst="predicate == 'K'",
    cells=(">= 90", "70 <= ? < 90", "50 <= ? < 70", "< 50"),
)


def bpmn(dialect: Dialect) -> bytes:
    """Write the drawing in a dialect."""
    flows: list[tuple[str, str, str]] = []

    def flow(source: str, target: str, condition: str = "") -> None:
        flows.append((source, target, condition))

    def task(key: str, inside: str = "") -> str:
        result = "answer" if key == "peer" else key
        return (
            f'<userTask id="{key}" name="{key}"><extensionElements><s:properties>'
            f'<s:property name="form" value="{key}"/><s:property name="result" value="{result}"/>'
            f"</s:properties></extensionElements>{inside}</userTask>"
        )

    def boundary(key: str, host: str, days: int, *, interrupting: bool) -> str:
        text = _escape(dialect.timer.format(f"P{days}D"))
        return (
            f'<boundaryEvent id="{key}" attachedToRef="{host}"'
            f' cancelActivity="{str(interrupting).lower()}"><timerEventDefinition id="{key}_when">'
            f"<timeDuration>{text}</timeDuration></timerEventDefinition></boundaryEvent>"
        )

    many = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>peers</loopDataInputRef>"
        "<loopDataOutputRef>feedback</loopDataOutputRef>"
        '<inputDataItem id="peer_item" name="peer_item"/>'
        '<outputDataItem id="answer" name="answer"/></multiInstanceLoopCharacteristics>'
    )
    nodes = [
        '<startEvent id="begin"/>',
        task("own"),
        boundary("own_late", "own", 14, interrupting=False),
        f'<scriptTask id="remind"><script>{_escape(dialect.reminder)}</script></scriptTask>',
        '<endEvent id="reminded"/>',
        '<parallelGateway id="fork"/>',
        task("superior"),
        boundary("superior_late", "superior", 10, interrupting=False),
        '<endEvent id="noted"/>',
        task("peer", many),
        boundary("peer_over", "peer", 21, interrupting=True),
        '<exclusiveGateway id="merge"/>',
        '<parallelGateway id="join"/>',
        f'<scriptTask id="reckon"><script>{_escape(dialect.score)}</script></scriptTask>',
        '<businessRuleTask id="rate"><extensionElements>'
        "<s:calledDecisionId>predicate</s:calledDecisionId></extensionElements></businessRuleTask>",
        '<exclusiveGateway id="which" default="which_confirm"/>',
        task("promote"),
        boundary("promote_late", "promote", 30, interrupting=False),
        '<endEvent id="promoted_late"/>',
        task("confirm"),
        task("train"),
        '<endEvent id="done"/>',
    ]
    for source, target in (
        ("begin", "own"), ("own_late", "remind"), ("remind", "reminded"), ("own", "fork"),
        ("fork", "superior"), ("fork", "peer"), ("superior_late", "noted"), ("peer_over", "merge"),
        ("peer", "merge"), ("superior", "join"), ("merge", "join"), ("join", "reckon"),
        ("reckon", "rate"), ("rate", "which"), ("which", "confirm"),
        ("promote_late", "promoted_late"),
        ("promote", "done"), ("confirm", "done"), ("train", "done"),
    ):  # fmt: skip
        flow(source, target)
    flow("which", "promote", dialect.best)
    flow("which", "train", dialect.worst)
    drawn = "".join(_flow(*one) for one in flows)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{_BPMN}" xmlns:s="{_SPIFF}"'
        ' id="definitions_evaluation" targetNamespace="https://alur.example/bench">'
        '<process id="evaluation" name="Annual evaluation" isExecutable="true">'
        f"{''.join(nodes)}{drawn}</process></definitions>"
    ).encode()


def _flow(source: str, target: str, condition: str) -> str:
    inside = f"<conditionExpression>{_escape(condition)}</conditionExpression>" if condition else ""
    return (
        f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inside}</sequenceFlow>"
    )


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def dmn(dialect: Dialect) -> bytes:
    """Write the decision table in a dialect."""
    rules = "".join(
        f'<rule id="r{i}"><inputEntry id="c{i}"><text>{_escape(cell)}</text></inputEntry>'
        f'<outputEntry id="o{i}"><text>"{value}"</text></outputEntry></rule>'
        for i, (cell, value) in enumerate(zip(dialect.cells, ("SB", "B", "BP", "K"), strict=True))
    )
    return (
        f'<definitions xmlns="{_DMN}" id="bench" name="bench" namespace="https://alur.example/bench">'
        '<decision id="predicate" name="predicate"><decisionTable id="t" hitPolicy="UNIQUE">'
        '<input id="i" label="score"><inputExpression id="ie" typeRef="number"><text>score</text>'
        '</inputExpression></input><output id="o" name="predicate" typeRef="string"/>'
        f"{rules}</decisionTable></decision></definitions>"
    ).encode()


def start_variables(peers: int = 3) -> dict[str, Any]:
    """Give what a case begins with."""
    return {
        "number": "198501012010011901",
        "name": "Budi Santoso",
        "unit": "Dinas Pendidikan",
        "peers": [f"1990{i:04d}" for i in range(peers)],
    }


def answers(element: str, size: int, seed: int = 7) -> dict[str, Any]:
    """Give a form's answers of about `size` bytes of JSON (peers an eighth of it)."""
    random = Random(f"{element}{seed}")
    score = random.randint(40, 100)
    if element == "own":
        return {"items": _items(random, size)}
    if element == "superior":
        return {
            "plan": score,
            "behaviour": random.randint(40, 100),
            "items": _items(random, size // 2),
        }
    if element == "peer":
        return {"score": score, "note": "Kerja sama baik", "items": _items(random, size // 8)}
    return {"official": "Kepala BKPSDM", "agreed": True, "note": "ok"}


def _items(random: Random, size: int) -> list[dict[str, Any]]:
    return [
        {
            "code": f"SKP-{i:03d}",
            "text": f"Menyusun laporan kegiatan triwulan ke-{random.randint(1, 50)} untuk bidang",
            "target": random.randint(1, 50),
            "actual": random.randint(1, 50),
            "score": random.randint(40, 100),
            "note": "sesuai target",
        }
        for i in range(max(1, size // 150))
    ]


def exact(value: Any) -> Any:
    """Turn a form's integers into decimals, as our edges do; outside of what is measured."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    return [exact(item) for item in value] if isinstance(value, list) else value
