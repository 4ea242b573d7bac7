"""The drawing: complete, with the way marked by more than colour, and nothing that can run."""

# A drawn process reads better in few lines.
# ruff: noqa: E501

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn import picture
from engine.bpmn.picture_icons import EVENTS, GATEWAYS, MARKERS
from engine.bpmn.picture_text import width_of, wrap
from engine.errors import InvalidProcess
from tests.engine.bpmn.drawing import boundary, chain, end, event, model, node, start, user

ROOT = Path(__file__).parents[3]
MODELS = [
    *sorted((ROOT / "tests/engine/models").glob("*/process.bpmn")),
    *sorted((ROOT / "workflows").glob("*/process.bpmn")),
]
PEERS = (ROOT / "tests/engine/models/anonymous_peers/process.bpmn").read_bytes()
SVG = "{http://www.w3.org/2000/svg}"


def drawn(data: bytes, **given: object) -> etree._Element:
    return etree.fromstring(picture(data, **given).encode())  # type: ignore[arg-type]


def by_id(root: etree._Element, key: str) -> etree._Element:
    return next(group for group in root.iter(f"{SVG}g") if group.get("data-element-id") == key)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_every_drawn_element_and_flow_is_in_the_picture(path: Path) -> None:
    data = path.read_bytes()
    shown = {group.get("data-element-id") for group in drawn(data).iter(f"{SVG}g")}
    plane = [
        item.get("bpmnElement")
        for item in etree.fromstring(data).iter("{*}BPMNShape", "{*}BPMNEdge")
    ]
    lanes = {item.get("id") for item in etree.fromstring(data).iter("{*}lane", "{*}participant")}
    assert set(plane) - lanes <= shown


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_no_text_is_wider_than_the_task_it_stands_in(path: Path) -> None:
    root = drawn(path.read_bytes())
    for group in root.iter(f"{SVG}g"):
        shape = group.find(f"{SVG}rect")
        if shape is not None and "al-shape" in (shape.get("class") or ""):
            for line in group.iter(f"{SVG}tspan"):
                assert width_of(line.text or "") <= float(shape.get("width") or 0)


def test_a_picture_says_what_it_is_without_being_seen() -> None:
    root = drawn(PEERS, current=["answer"])
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Umpan balik rekan tanpa nama"
    assert "Beri umpan balik" in (root.findtext(f"{SVG}desc") or "")


def test_states_are_told_by_class_and_by_a_sign() -> None:
    root = drawn(
        PEERS,
        done=["opened", "choose"],
        current=["answer"],
        failed=["aggregate"],
        flows_taken=["opened_to_choose"],
    )
    for key, state in (("choose", "done"), ("answer", "current"), ("aggregate", "failed")):
        group = by_id(root, key)
        assert f"al-{state}" in (group.get("class") or "").split()
        assert group.find(f"{SVG}path[@class='al-badge-sign']") is not None
    assert by_id(root, "summary").get("class") == "al-element"
    assert "al-taken" in (by_id(root, "opened_to_choose").get("class") or "")
    assert "al-taken" not in (by_id(root, "choose_to_answer").get("class") or "")


def test_what_failed_is_shown_as_failed_even_when_it_was_done_before() -> None:
    group = by_id(drawn(PEERS, done=["choose"], failed=["choose"]), "choose")
    assert "al-failed" in (group.get("class") or "")


def test_counts_and_titles_are_written_at_their_element() -> None:
    root = drawn(PEERS, counts={"answer": 12}, titles={"answer": "Menunggu 12 orang"})
    group = by_id(root, "answer")
    assert group.findtext(f"{SVG}title") == "Menunggu 12 orang"
    assert group.findtext(f"{SVG}g/{SVG}text") == "12"


def test_names_are_text_and_never_markup() -> None:
    hostile = PEERS.replace(
        b'name="Tetapkan penilai"', b'name="&lt;script&gt;alert(1)&lt;/script&gt;&quot;"'
    )
    text = picture(hostile, titles={"answer": "<img onerror=x>"})
    root = etree.fromstring(text.encode())
    names = {etree.QName(element).localname for element in root.iter()}
    assert names <= {
        "svg",
        "g",
        "title",
        "desc",
        "rect",
        "circle",
        "polygon",
        "path",
        "text",
        "tspan",
    }
    assert "<script" not in text
    assert "<img" not in text


def test_a_picture_obeys_a_strict_policy() -> None:
    for element in drawn(PEERS).iter():
        for name in element.attrib:
            assert name != "style"
            assert not str(name).startswith("on")
            assert "href" not in str(name)


@pytest.mark.parametrize("value", ["NaN", "inf", "-1e300", "x", ""])
def test_a_place_that_is_no_number_leaves_the_shape_out(value: str) -> None:
    broken = PEERS.replace(b'x="300" y="130"', f'x="{value}" y="130"'.encode())
    shown = {group.get("data-element-id") for group in drawn(broken).iter(f"{SVG}g")}
    assert "choose" not in shown
    assert "answer" in shown


def test_a_file_without_layout_is_drawn_with_one_made_for_it() -> None:
    files = model(start(), user("u"), end(), chain("begin", "u", "finish"))
    shown = {group.get("data-element-id") for group in drawn(files["process.bpmn"]).iter(f"{SVG}g")}
    assert shown == {"begin", "u", "finish", "begin_to_u", "u_to_finish"}


def test_what_stands_beside_the_flow_bears_its_signs() -> None:
    inner = (
        node("startEvent", "b2", event("signal", "s1"), isInterrupting="false")
        + end("e2")
        + chain("b2", "e2")
    )
    files = model(
        start(), user("u"), node("adHocSubProcess", "choose", user("v")), node("complexGateway", "meet"), end(),
        chain("begin", "u", "choose", "meet", "finish"), node("subProcess", "aside", inner, triggeredByEvent="true"),
        boundary("u_undo", "u", event("compensate")), node("userTask", "undo_u", isForCompensation="true"),
        node("association", "link", sourceRef="u_undo", targetRef="undo_u"),
    )  # fmt: skip
    root = drawn(files["process.bpmn"])

    def dashed(key: str) -> bool:
        return any(part.get("stroke-dasharray") for part in by_id(root, key))

    def signs(key: str) -> set[str]:
        paths = by_id(root, key).iter(f"{SVG}path")
        return {path.get("d") or "" for path in paths if path.get("class") == "al-icon"}

    assert [key for key in ("aside", "b2", "link", "u", "begin") if dashed(key)] == [
        "aside",
        "b2",
        "link",
    ]
    assert MARKERS["compensation"].path in signs("undo_u") - signs("u")
    assert MARKERS["adHoc"].path in signs("choose")
    assert signs("meet") == {GATEWAYS["complexGateway"].path}
    assert signs("u_undo") == {EVENTS["compensate"].path}


def test_a_file_with_nothing_to_draw_gives_an_empty_picture() -> None:
    assert list(drawn(model()["process.bpmn"]).iter(f"{SVG}g")) == []


def test_what_is_no_xml_is_refused() -> None:
    with pytest.raises(InvalidProcess):
        picture(b"<!DOCTYPE x><x/>")


def test_text_breaks_at_blanks_and_ends_in_an_ellipsis() -> None:
    assert wrap("Catat rujukan pelatihan", 100, 3) == ["Catat rujukan", "pelatihan"]
    assert wrap("Catat rujukan pelatihan dan pembinaan", 100, 2)[-1].endswith("…")
    assert all(width_of(line) <= 60 for line in wrap("Pertanggungjawabannya", 60, 5))
    assert wrap("Self-assessment", 86, 3) == ["Self-", "assessment"]
    assert wrap("Self-assessment", 200, 3) == ["Self-assessment"]
    assert wrap("", 100, 2) == []
