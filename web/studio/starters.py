"""What a new process, table, form or scenario begins with."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from engine.errors import InvalidState
from engine.queries import models

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_STRANGE = re.compile(r"[^a-z0-9]+")

STARTERS: dict[str, LazyString] = {
    "two_step": _("Diisi pegawai, diputus atasan"),
    "empty": _("Hanya awal dan akhir"),
}

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" \
xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" \
id="definitions" targetNamespace="alur">
"""
_EMPTY = """  <bpmn:process id={key} name={name} isExecutable="true">
    <bpmn:startEvent id="began" name="Dimulai">
      <bpmn:outgoing>to_end</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="ended" name="Selesai"><bpmn:incoming>to_end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to_end" sourceRef="began" targetRef="ended" />
  </bpmn:process>
</bpmn:definitions>
"""
_TWO_STEP = """  <bpmn:collaboration id="collaboration">
    <bpmn:participant id="pool" name={name} processRef={key} />
  </bpmn:collaboration>
  <bpmn:process id={key} name={name} isExecutable="true">
    <bpmn:laneSet id="lanes">
      <bpmn:lane id="lane_emp" name="EMP">
        <bpmn:flowNodeRef>began</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>fill_in</bpmn:flowNodeRef>
      </bpmn:lane>
      <bpmn:lane id="lane_rtr" name="RTR">
        <bpmn:flowNodeRef>decide</bpmn:flowNodeRef>
        <bpmn:flowNodeRef>ended</bpmn:flowNodeRef>
      </bpmn:lane>
    </bpmn:laneSet>
    <bpmn:startEvent id="began" name="Dimulai">
      <bpmn:outgoing>to_fill_in</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:userTask id="fill_in" name="Isi">
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="form" value="fill_in" />
          <spiffworkflow:property name="due" value="5 hari kerja" />
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>to_fill_in</bpmn:incoming><bpmn:outgoing>to_decide</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="decide" name="Putuskan">
      <bpmn:extensionElements>
        <spiffworkflow:properties>
          <spiffworkflow:property name="form" value="decide" />
          <spiffworkflow:property name="due" value="3 hari kerja" />
        </spiffworkflow:properties>
      </bpmn:extensionElements>
      <bpmn:incoming>to_decide</bpmn:incoming><bpmn:outgoing>to_end</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="ended" name="Selesai"><bpmn:incoming>to_end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to_fill_in" sourceRef="began" targetRef="fill_in" />
    <bpmn:sequenceFlow id="to_decide" sourceRef="fill_in" targetRef="decide" />
    <bpmn:sequenceFlow id="to_end" sourceRef="decide" targetRef="ended" />
  </bpmn:process>
</bpmn:definitions>
"""
_FORM = """{{
  "type": "default",
  "schemaVersion": 19,
  "id": "{key}",
  "components": [
    {{"type": "textarea", "id": "{key}_note", "key": "note", "label": "Catatan"}}
  ]
}}
"""
_TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="{key}_definitions" \
name="{key}" namespace="alur">
  <decision id="{key}" name="{key}">
    <decisionTable id="{key}_table" hitPolicy="UNIQUE">
      <input id="{key}_input" label="Nilai">
        <inputExpression id="{key}_expression" typeRef="number"><text>value</text></inputExpression>
      </input>
      <output id="{key}_output" label="Hasil" name="outcome" typeRef="string" />
      <rule id="{key}_rule_1">
        <inputEntry id="{key}_rule_1_in"><text>&gt;= 0</text></inputEntry>
        <outputEntry id="{key}_rule_1_out"><text>"YA"</text></outputEntry>
      </rule>
      <rule id="{key}_rule_2">
        <inputEntry id="{key}_rule_2_in"><text>&lt; 0</text></inputEntry>
        <outputEntry id="{key}_rule_2_out"><text>"TIDAK"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""
_WORDS = """[process]
code = "{code}"
"""


def starter(kind: str, name: str) -> dict[str, bytes]:
    """Give the files of a new process; its key is made of its name."""
    key = _key_of(name)
    two = kind != "empty"
    body = (_TWO_STEP if two else _EMPTY).format(key=quoteattr(key), name=quoteattr(name))
    files = {
        "process.bpmn": (_HEAD + body).encode(),
        "messages.toml": _WORDS.format(code=key.upper()[:12]).encode(),
    }
    forms = ("fill_in", "decide") if two else ()
    # Drawn by the same code that `alur layout` has.
    files["process.bpmn"] = models.layout(files["process.bpmn"])
    return files | {f"forms/{form}.json": _FORM.format(key=form).encode() for form in forms}


def new_file(kind: str, name: str) -> tuple[str, bytes]:
    """Give path and content of a new file; raises InvalidState for a name it cannot have."""
    if kind in ("words", "readme"):
        return (
            ("messages.toml", _WORDS.format(code="P").encode())
            if kind == "words"
            else (
                "README.md",
                b"# \n",
            )
        )
    if not _NAME.fullmatch(name):
        raise InvalidState(
            "Expected a name of small letters, digits and underscores, beginning with a letter,"
            f" but it is {name[:60]!r}."
        )
    match kind:
        case "form":
            return f"forms/{name}.json", _FORM.format(key=name).encode()
        case "table":
            return f"{name}.dmn", _TABLE.format(key=name).encode()
        case "process":
            return f"{name}.bpmn", starter("empty", name)["process.bpmn"]
        case "scenario":
            return f"scenarios/{name}.toml", b"# docs/scenarios.md\n"
    raise InvalidState("Expected a kind of file that a process folder has, but it is another.")


def _key_of(name: str) -> str:
    key = _STRANGE.sub("_", name.lower()).strip("_")[:40]
    return key if key[:1].isalpha() else f"process_{key}".strip("_")
