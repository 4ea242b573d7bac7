"""Starting cases, one by one and in chunks of a campaign; deploying what they run on."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import Deploy, Engine, NewCase, StartInstance, StartMany
from engine.errors import InvalidProcess, NotAllowed, NotFound
from engine.folder import read_files, read_folder
from engine.history import unpack
from engine.queries import definitions
from engine.queries.history import check_chains
from tests.engine.stories import MODELS, begin, deploy, events, mine, person, rows

FOLDER = MODELS / "two_step"


def test_deploying_the_same_files_twice_makes_one_version(host_engine: Engine) -> None:
    first = host_engine.execute(read_folder(FOLDER))
    second = host_engine.execute(read_folder(FOLDER))
    assert (first.version, first.unchanged) == (1, False)
    assert (second.version, second.unchanged) == (1, True)


def test_the_uploaded_bytes_come_back_unchanged(host_engine: Engine) -> None:
    files = read_files(FOLDER)
    latin = files["process.bpmn"].decode().replace('encoding="UTF-8"', 'encoding="ISO-8859-1"')
    files["process.bpmn"] = latin.replace("Permohonan dua langkah", "Permohonan où").encode(
        "latin-1"
    )
    deployed = host_engine.execute(Deploy(files=files))
    back = host_engine.ask(definitions.file, deployed.definition_id, "process.bpmn")
    assert back == files["process.bpmn"]
    assert host_engine.ask(definitions.latest)[0].name == "Permohonan où"


def test_a_running_case_stays_on_its_version(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    begin(host_engine, "two_step")
    files = read_files(FOLDER)
    files["process.bpmn"] = files["process.bpmn"].replace(b"Permohonan: ajukan", b"Baru: ajukan")
    assert host_engine.execute(Deploy(files=files)).version == 2
    begin(host_engine, "two_step")
    assert {row.title for row in mine(host_engine, 1)} == {"Permohonan: ajukan", "Baru: ajukan"}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("process.bpmn", b""),
        ("process.bpmn", b"<x/>"),
        ("process.bpmn", b"\xff\xfe\x00"),
        ("process.bpmn", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        ("process.bpmn", b"<definitions>" + b"<a>" * 100_000),
        ("process.bpmn", b" " * 2_000_001),
        ("forms/request.json", b"{"),
        ("forms/request.json", b'{"components":[{"type":"iframe","key":"x"}]}'),
        ("forms/request.json", b'{"components":[{"type":"textfield","key":"Bad Key"}]}'),
        ("messages.toml", b"= ="),
        ("messages.toml", b"\xff"),
    ],
)
def test_a_broken_or_hostile_folder_is_refused_with_words(
    host_engine: Engine, path: str, content: bytes
) -> None:
    files = {**read_files(FOLDER), path: content}
    with pytest.raises(InvalidProcess) as caught:
        host_engine.execute(Deploy(files=files))
    assert [f for f in caught.value.findings if f.severity == "error" and f.message]
    assert rows(host_engine, "SELECT * FROM definition") == []


def test_only_the_agency_deploys_and_starts(host_engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        host_engine.execute(read_folder(FOLDER), by=person(1))
    deploy(host_engine, "two_step")
    with pytest.raises(NotAllowed):
        host_engine.execute(StartInstance(key="two_step", case=NewCase(subject_id=1)), by=person(9))
    assert rows(host_engine, "SELECT * FROM instance") == []


def test_an_unknown_process_is_not_found(host_engine: Engine) -> None:
    with pytest.raises(NotFound):
        begin(host_engine, "no_such")


def test_a_folder_without_a_process_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_folder(tmp_path)


def chunk(*subjects: int) -> tuple[NewCase, ...]:
    return tuple(NewCase(subject_id=subject, period="2026Q2") for subject in subjects)


def test_a_chunk_starts_a_case_for_everyone_once(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    many = StartMany(key="two_step", campaign="c1", cases=chunk(1, 4, 5))
    first = host_engine.execute(many)
    assert [s.case_no for s in first] == [f"T02-2026Q2-00000{n}" for n in (1, 2, 3)]
    again = host_engine.execute(StartMany(key="two_step", campaign="c1", cases=chunk(4, 5, 6)))
    assert [s.case_no for s in again] == ["T02-2026Q2-000004"]
    (told, *_) = rows(
        host_engine, "SELECT body FROM history WHERE kind = 'CHUNK_STARTED' ORDER BY seq"
    )
    assert '"count":3' in unpack(told.body)
    assert host_engine.ask(check_chains) == ()


def test_a_chunk_that_fails_leaves_nothing_and_no_gap(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    broken = (*chunk(1), NewCase(subject_id=4, variables={"x": object()}))
    with pytest.raises(Exception, match="Expected"):
        host_engine.execute(StartMany(key="two_step", campaign="c1", cases=broken))
    assert rows(host_engine, "SELECT * FROM instance") == []
    (started,) = host_engine.execute(StartMany(key="two_step", campaign="c1", cases=chunk(1)))
    assert started.case_no == "T02-2026Q2-000001"


def test_a_case_begins_its_own_history(host_engine: Engine) -> None:
    deploy(host_engine, "two_step")
    started = begin(host_engine, "two_step")
    assert events(host_engine, started.instance_id)[:1] == ["INSTANCE_STARTED"]
