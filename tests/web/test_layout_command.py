"""`alur layout`: draws a file anew, in place or elsewhere."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from lxml import etree

from web.cli import main

MODEL = Path(__file__).parents[1] / "engine/models/meddling/process.bpmn"


def drawn(file: Path) -> list[str | None]:
    return [shape.get("bpmnElement") for shape in etree.parse(file).iter("{*}BPMNShape")]


def test_a_file_is_drawn_in_place(tmp_path: Path) -> None:
    file = tmp_path / "process.bpmn"
    file.write_bytes(MODEL.read_bytes())
    assert CliRunner().invoke(main, ["layout", str(file)]).exit_code == 0
    assert drawn(file) == ["begun", "meddle", "done"]


def test_a_file_is_left_alone_when_the_result_goes_elsewhere(tmp_path: Path) -> None:
    file, other = tmp_path / "process.bpmn", tmp_path / "other.bpmn"
    file.write_bytes(MODEL.read_bytes())
    assert CliRunner().invoke(main, ["layout", str(file), "--output", str(other)]).exit_code == 0
    assert file.read_bytes() == MODEL.read_bytes()
    assert drawn(other) == ["begun", "meddle", "done"]


def test_what_is_no_model_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "process.bpmn"
    file.write_bytes(b"<x")
    assert CliRunner().invoke(main, ["layout", str(file)]).exit_code == 1
    assert file.read_bytes() == b"<x"
