"""The layout of models: legible whatever is drawn, always the same, and nothing else touched."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine.bpmn import layout
from engine.bpmn.picture_layout import Box, Layout, layout_of
from engine.errors import InvalidProcess
from tests.engine.bpmn.drawing import (
    boundary,
    chain,
    document,
    end,
    event,
    flow,
    gateway,
    node,
    process,
    start,
    timer,
    user,
)
from tests.engine.bpmn.layout_models import made_up
from tests.engine.bpmn.layout_rules import faults

ROOT = Path(__file__).parents[3]
MODELS = [
    *sorted((ROOT / "tests/engine/models").glob("*/process.bpmn")),
    *sorted((ROOT / "workflows").glob("*/process.bpmn")),
]
Point = tuple[float, float]


def bare(data: bytes) -> bytes:
    """Take the diagram out of a file."""
    root = etree.fromstring(data)
    for diagram in list(root.iterchildren("{*}BPMNDiagram")):
        root.remove(diagram)
    return etree.tostring(root)


def drawn(data: bytes) -> Layout:
    return layout_of(etree.fromstring(data), data)


def boxes(data: bytes) -> dict[str, Box]:
    return {shape.id: shape.box for shape in drawn(data).shapes}


def ways(data: bytes) -> dict[str, tuple[Point, ...]]:
    return {edge.id: edge.points for edge in drawn(data).edges}


def meaning(data: bytes) -> bytes:
    """Give what a file says beside its diagram, whatever blanks stand between elements."""
    root = etree.fromstring(bare(data), etree.XMLParser(remove_blank_text=True))
    root.tail = None
    return etree.tostring(root, method="c14n2", strip_text=True)


def lanes(**members: str) -> str:
    drawn = [
        node(
            "lane",
            key,
            "".join(f"<bpmn:flowNodeRef>{item}</bpmn:flowNodeRef>" for item in text.split()),
            name=key.upper(),
        )
        for key, text in members.items()
    ]
    return node("laneSet", "lanes", "".join(drawn))


# ----- the rules, over models of all kinds


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_our_models_keep_every_rule_and_say_the_same(path: Path) -> None:
    model = bare(path.read_bytes())
    done = layout(model)
    assert faults(done) == []
    assert layout(done) == done
    assert meaning(done) == meaning(model)


@settings(max_examples=16, derandomize=True, deadline=None, database=None)
@given(st.integers(0, 10_000))
def test_made_up_models_keep_every_rule(seed: int) -> None:
    model = made_up(seed, 6)
    done = layout(model)
    assert faults(done) == []
    assert layout(done) == done
    assert meaning(done) == meaning(model)


@pytest.mark.parametrize(
    ("element", "place", "found"),
    [
        ("b", 'x="{}"', "overlaps"),
        ("begin", 'x="{}"', "does not end on the border"),
        ("finish", 'y="{}"', "is not inside"),
    ],
)
def test_the_rules_find_what_was_moved(element: str, place: str, found: str) -> None:
    body = (lanes(only="begin a b finish"), start(), user("a"), user("b"), end())
    done = layout(document(process(*body, chain("begin", "a", "b", "finish"))))
    assert faults(done) == []
    box = boxes(done)
    old = box[element].x if place[0] == "x" else box[element].y
    new = box["a"].x + 20 if element == "b" else old + 500
    at = done.index(f'bpmnElement="{element}"><dc:Bounds '.encode())
    wrong, right = (place.format(f"{value:g}").encode() for value in (new, old))
    moved = done[at:].replace(right, wrong, 1)
    assert any(found in fault for fault in faults(done[:at] + moved))


# ----- taste


def test_a_sequence_is_one_straight_row_from_left_to_right() -> None:
    keys = ("begin", "a", "b", "finish")
    done = layout(document(process(start(), user("a"), user("b"), end(), chain(*keys))))
    box = boxes(done)
    assert len({box[key].centre[1] for key in keys}) == 1
    assert all(box[one].x + box[one].width < box[two].x for one, two in pairwise(keys))
    assert all(len(points) == 2 for points in ways(done).values())


def test_branches_stand_around_their_fork_and_bend_once() -> None:
    body = [start(), gateway("parallel", "fork"), gateway("parallel", "join"), end()]
    body += [user(key) for key in "abc"]
    body += [flow("fork", key) + flow(key, "join") for key in "abc"]
    body += [flow("begin", "fork"), flow("join", "finish")]
    done = layout(document(process(*body)))
    box = boxes(done)
    rows = sorted(box[key].centre[1] for key in "abc")
    assert rows[1] == box["fork"].centre[1] == box["join"].centre[1]
    assert len({box[key].x for key in "abc"}) == 1
    assert sorted(len(ways(done)[f"fork_to_{key}"]) for key in "abc") == [2, 3, 3]


def test_a_loop_leads_back_around_what_it_repeats() -> None:
    body = [start(), user("a"), user("b"), gateway("exclusive", "again"), end()]
    body += [chain("begin", "a", "b", "again", "finish"), flow("again", "a", "true")]
    done = layout(document(process(*body)))
    way, box = ways(done)["again_to_a"], boxes(done)
    assert len(way) == 4
    assert way[1][1] == way[2][1] < box["b"].y or way[1][1] > box["b"].y + box["b"].height


def test_handing_over_to_another_lane_goes_straight_down_or_up() -> None:
    body = [lanes(upper="begin a c", lower="b d finish"), start(), end()]
    body += [user(key) for key in "abcd"]
    done = layout(document(process(*body, chain("begin", "a", "b", "c", "d", "finish"))))
    box = boxes(done)
    assert box["a"].centre[0] == box["b"].centre[0] < box["c"].centre[0] == box["d"].centre[0]
    assert len(ways(done)["a_to_b"]) == len(ways(done)["c_to_d"]) == 2
    assert faults(done) == []


def test_boundary_events_share_the_border_of_their_host() -> None:
    events = "xyz"
    body = [start(), user("a"), end(), chain("begin", "a", "finish")]
    body += [boundary(key, "a", timer("P1D")) + end(f"{key}_end") for key in events]
    body += [flow(key, f"{key}_end") for key in events]
    done = layout(document(process(*body)))
    box = boxes(done)
    assert {box[key].centre[1] for key in events} == {box["a"].y + box["a"].height}
    assert box["x"].x < box["y"].x < box["z"].x
    assert faults(done) == []


def test_a_sub_process_is_drawn_open_around_its_content() -> None:
    inner = start("in") + user("within") + end("out") + chain("in", "within", "out")
    body = [start(), node("subProcess", "part", inner, name="Bagian"), end()]
    done = layout(document(process(*body, chain("begin", "part", "finish"))))
    box = boxes(done)
    assert box["part"].x < box["in"].x < box["out"].x < box["part"].x + box["part"].width
    assert b'bpmnElement="part" isExpanded="true"' in done
    assert faults(done) == []


def test_a_handler_that_nothing_leads_to_stands_below() -> None:
    inner = start("told", event("message")) + end("heard") + flow("told", "heard")
    handler = node("subProcess", "handler", inner, triggeredByEvent="true")
    body = [start(), user("a"), end(), handler, chain("begin", "a", "finish")]
    box = boxes(layout(document(process(*body))))
    assert box["handler"].y > box["a"].y + box["a"].height
    assert box["handler"].x <= box["begin"].x


def test_messages_run_straight_between_pools_where_they_can() -> None:
    pools = [node("participant", key, name=key, processRef=f"of_{key}") for key in ("one", "two")]
    told = node("messageFlow", "told", sourceRef="a", targetRef="b")
    asked = node("messageFlow", "asked", sourceRef="b", targetRef="closed", name="permintaan")
    closed = node("participant", "closed", name="BKN")
    done = layout(
        document(
            node("collaboration", "all", "".join((*pools, closed, told, asked))),
            process(start("s1"), user("a"), end("e1"), chain("s1", "a", "e1"), key="of_one"),
            process(start("s2"), user("b"), end("e2"), chain("s2", "b", "e2"), key="of_two"),
        )
    )
    assert faults(done) == []
    assert len(ways(done)["told"]) == len(ways(done)["asked"]) == 2


def test_lanes_in_lanes_are_bands_in_bands() -> None:
    inner = [
        node("lane", key, f"<bpmn:flowNodeRef>{item}</bpmn:flowNodeRef>", name=key)
        for key, item in (("upper", "a"), ("lower", "b"))
    ]
    outer = node("lane", "outer", node("childLaneSet", "inner", "".join(inner)), name="luar")
    body = [node("laneSet", "set", outer), start(), user("a"), user("b"), end()]
    done = layout(document(process(*body, chain("begin", "a", "b", "finish"))))
    box = boxes(done)
    assert box["upper"].y + box["upper"].height == box["lower"].y
    assert box["outer"].x + 30 == box["upper"].x == box["lower"].x
    assert box["outer"].height == box["upper"].height + box["lower"].height
    assert faults(done) == []


def test_notes_and_data_stand_in_the_column_of_what_they_belong_to() -> None:
    note = node("textAnnotation", "note", "<bpmn:text>Diam berarti setuju.</bpmn:text>")
    line = node("association", "line", sourceRef="a", targetRef="note")
    body = [start(), user("a"), end(), note, line, chain("begin", "a", "finish")]
    done = layout(document(process(*body)))
    box = boxes(done)
    assert box["note"].centre[0] == box["a"].centre[0]
    assert box["note"].y + box["note"].height < box["a"].y
    assert faults(done) == []


def test_all_tasks_are_as_wide_as_the_longest_name_needs() -> None:
    name = "Pertanggungjawaban keuangan triwulan berjalan"
    tasks = user("a") + node("userTask", "b", name=name)
    done = layout(document(process(start(), tasks, end(), chain("begin", "a", "b", "finish"))))
    box = boxes(done)
    assert box["a"].width == box["b"].width > 104


# ----- the file


def test_comments_ids_and_what_others_wrote_stay() -> None:
    model = document(
        "<!-- ditulis tangan -->",
        process(start(), node("userTask", "a", "<x:y xmlns:x='urn:x'><![CDATA[<&>]]></x:y>")),
        '<d:BPMNDiagram xmlns:d="http://www.omg.org/spec/BPMN/20100524/DI" id="my_diagram">'
        '<d:BPMNPlane id="my_plane" bpmnElement="test" /></d:BPMNDiagram>',
    )
    done = layout(model)
    assert b"<!-- ditulis tangan -->" in done
    assert b"<![CDATA[<&>]]>" in done
    assert done.count(b"<bpmndi:BPMNDiagram") == done.count(b'id="my_diagram"') == 1
    assert done.count(b'id="my_plane"') == 1
    assert layout(done) == done


def test_new_ids_are_not_taken_from_others() -> None:
    done = layout(document(process(start(), user("begin_di"), chain("begin", "begin_di"))))
    ids = [element.get("id") for element in etree.fromstring(done).iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_what_leads_nowhere_is_left_out() -> None:
    body = [start(), user("a"), flow("begin", "a"), flow("a", "ghost"), flow("ghost", "begin")]
    body.append(boundary("lost", "ghost", timer("P1D")))
    done = layout(document(process(*body)))
    assert set(ways(done)) == {"begin_to_a"}
    assert {"begin", "a", "lost"} == set(boxes(done))


def test_a_file_without_elements_gets_an_empty_diagram() -> None:
    assert boxes(layout(document(process()))) == {}
    assert boxes(layout(document())) == {}


@pytest.mark.parametrize("data", [b"", b"<x", b'<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>'])
def test_what_is_no_plain_xml_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidProcess):
        layout(data)
