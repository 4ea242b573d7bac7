"""A model of eight tasks at once, each of another person of the cast, which then join."""

from __future__ import annotations

import json
from pathlib import Path

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
EIGHT = ("EMP", "RTR", "SU2", "PEER1", "PEER2", "PEER3", "PEER4", "PEER5")


def write_model(folder: Path) -> Path:
    """Write the process's folder under another one, and give it."""
    from hr.demo.cast import CAST

    made = folder / "eight_at_once"
    (made / "forms").mkdir(parents=True)
    (made / "process.bpmn").write_text(_drawing([CAST[code] for code in EIGHT]))
    note = {"type": "textfield", "id": "f_note", "key": "note", "label": "Catatan"}
    form = {"type": "default", "schemaVersion": 19, "id": "note", "components": [note]}
    (made / "forms/note.json").write_text(json.dumps(form))
    return made


def _drawing(people: list[int]) -> str:
    def flow(source: str, target: str) -> str:
        return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'

    def task(number: int, person: int) -> str:
        said = {"form": "note", "result": f"r{number}", "assignee": f"={person}"}
        properties = "".join(f'<s:property name="{n}" value="{v}"/>' for n, v in said.items())
        return (
            f'<userTask id="t{number}" name="Langkah {number}"><extensionElements><s:properties>'
            f"{properties}</s:properties></extensionElements></userTask>"
        )

    names = [f"t{number}" for number in range(len(people))]
    ends = [flow("fork", name) + flow(name, "join") for name in names]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{_BPMN}" xmlns:s="{_SPIFF}"'
        ' id="definitions_eight_at_once" targetNamespace="https://alur.example/bench">'
        '<process id="eight_at_once" name="Delapan sekaligus" isExecutable="true">'
        '<startEvent id="begin"/><parallelGateway id="fork"/><parallelGateway id="join"/>'
        f'<endEvent id="done"/>{"".join(map(task, range(len(people)), people))}'
        f"{flow('begin', 'fork')}{''.join(ends)}{flow('join', 'done')}</process></definitions>"
    )
