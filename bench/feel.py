"""The `feel` figure: a condition and tables against SpiffWorkflow's engines, and the attacks."""

from __future__ import annotations

import builtins
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.spiff.parser import SpiffBpmnParser

from bench import attacks
from engine.dmn import load
from engine.feel import compile

CONDITION = "score >= 90 and attendance > 0.95"
INPUTS = {"score": Decimal("92.5"), "attendance": Decimal("0.97")}
CASE = {"score": Decimal(75), "attendance": Decimal("0.97"), "active": True}
_DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"


@dataclass(frozen=True)
class Figure:
    """CPU microseconds of one evaluation, and what share of the baseline that is."""

    name: str
    baseline: str
    baseline_us: float
    ours_us: float

    @property
    def share(self) -> float:
        """Give ours as a fraction of the baseline."""
        return self.ours_us / self.baseline_us


def figures() -> Iterator[Figure | attacks.Attack]:
    """Measure conditions and tables, each pair in turns, then every attack."""
    expression = compile(CONDITION, ("score", "attendance"))
    stock = PythonScriptEngine().environment
    ready = _python_eval(CONDITION)
    yield _pair(
        "condition",
        "SpiffWorkflow's evaluate",
        lambda: stock.evaluate(CONDITION, INPUTS),
        lambda: expression.evaluate(INPUTS),
    )
    yield _pair(
        "condition",
        "Python's eval of a code object",
        lambda: ready(INPUTS),
        lambda: expression.evaluate(INPUTS),
    )
    yield _pair(
        "4 rules x 3 inputs, explained",
        "SpiffWorkflow's DMN engine, not explained",
        _stock_table(),
        _explained(_table(_FOUR, python=False)),
    )
    yield _pair(
        "1,000 rules, explained",
        "10 rules, explained (ours)",
        _explained(_table(_bands(10), python=False)),
        _explained(_table(_bands(1_000), python=False)),
    )
    yield from attacks.figures()


def _python_eval(text: str) -> Callable[[dict[str, Any]], Any]:
    code = builtins.compile(text, "condition", "eval")
    return lambda context: eval(code, {"__builtins__": {}}, context)  # noqa: S307  our own constant


def _pair(name: str, baseline: str, theirs: Callable[[], Any], ours: Callable[[], Any]) -> Figure:
    runs: tuple[list[float], list[float]] = ([], [])
    for _ in range(15):
        for taken, act in zip(runs, (theirs, ours), strict=True):
            taken.append(_microseconds(act))
    quartiles = [statistics.quantiles(taken, n=4)[0] for taken in runs]
    return Figure(name, baseline, *quartiles)


def _microseconds(act: Callable[[], Any], times: int = 300) -> float:
    begun = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - begun) / times * 1e6


# ---- tables

_FOUR = (
    (("&gt;= 90", "&gt; 0.95", "true"), '"SB"'),
    (("[70..90)", "&gt; 0.90", "true"), '"B"'),
    (("&lt; 70", "-", "true"), '"BP"'),
    (("-", "-", "false"), '"K"'),
)
_PYTHON = {"[70..90)": "70 &lt;= ? &lt; 90", "-": "", "true": "True", "false": "False"}


def _bands(count: int) -> tuple[tuple[tuple[str, str, str], str], ...]:
    width = 100 / count
    return tuple(
        ((f"[{i * width:.4f}..{(i + 1) * width:.4f})", "-", "-"), f'"{i}"') for i in range(count)
    )


def _table(rules: Any, *, python: bool) -> bytes:
    inputs = "".join(
        f'<input id="i_{name}" label="{name}"><inputExpression id="e_{name}"><text>{name}</text>'
        "</inputExpression></input>"
        for name in CASE
    )
    words = _PYTHON if python else {}
    rows = "".join(
        f'<rule id="r{i}">'
        + "".join(
            f'<inputEntry id="c{i}_{j}"><text>{words.get(c, c)}</text></inputEntry>'
            for j, c in enumerate(cells)
        )
        + f'<outputEntry id="o{i}"><text>{value}</text></outputEntry></rule>'
        for i, (cells, value) in enumerate(rules)
    )
    return (
        f'<definitions xmlns="{_DMN}" id="bench" name="bench" namespace="https://alur.example/b">'
        '<decision id="d" name="d"><decisionTable id="t" hitPolicy="UNIQUE">'
        f'{inputs}<output id="o" name="grade" typeRef="string"/>{rows}</decisionTable>'
        "</decision></definitions>"
    ).encode()


def _explained(table: bytes) -> Callable[[], Any]:
    model = load(table)
    if model.explain("d", CASE).value is None:
        raise ValueError("Expected the bench's table to decide, but it did not.")
    return lambda: model.explain("d", CASE)


def _stock_table() -> Callable[[], Any]:
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(
        f'<definitions xmlns="{_BPMN}" xmlns:s="{_SPIFF}" id="b" targetNamespace="x">'
        '<process id="p" isExecutable="true"><startEvent id="a"/><businessRuleTask id="rule">'
        "<extensionElements><s:calledDecisionId>d</s:calledDecisionId></extensionElements>"
        '</businessRuleTask><endEvent id="z"/><sequenceFlow id="f" sourceRef="a" targetRef="rule"/>'
        '<sequenceFlow id="g" sourceRef="rule" targetRef="z"/></process></definitions>'.encode()
    )
    parser.add_dmn_str(_table(_FOUR, python=True))
    spec = parser.get_spec("p")
    workflow = BpmnWorkflow(spec, {}, PythonScriptEngine())
    workflow.task_tree.data.update(CASE)
    engine = spec.task_specs["rule"].dmnEngine
    if engine.result(workflow.task_tree) != {"grade": "B"}:
        raise ValueError("Expected stock SpiffWorkflow to decide B, but it did not.")
    return lambda: engine.result(workflow.task_tree)


if __name__ == "__main__":
    for figure in figures():
        print(figure, f"{figure.share:.3f} of it" if isinstance(figure, Figure) else "")
