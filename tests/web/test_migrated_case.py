"""A case that went to another version of its process reads and works as any other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import Deploy, MigrateInstance
from engine.folder import read_files
from engine.model import MigrationState

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TWO_STEP = Path(__file__).parents[1] / "engine" / "models" / "two_step"
RENAME = {"request": "submission", "review": "assessment"}


def newer():
    """The reference model with other ids for its two tasks, and another name and title for one."""
    files = read_files(TWO_STEP)
    drawn = files["process.bpmn"].decode()
    for old, new in RENAME.items():
        drawn = re.sub(rf'\b(id|sourceRef|targetRef|bpmnElement)="{old}"', rf'\1="{new}"', drawn)
        drawn = drawn.replace(f">{old}</bpmn:flowNodeRef>", f">{new}</bpmn:flowNodeRef>")
    drawn = drawn.replace('name="notSameAs" value="request"', 'name="notSameAs" value="submission"')
    drawn = drawn.replace('value="Permohonan: {', 'value="Telaah: {')
    return {
        **files,
        "process.bpmn": drawn.replace("Periksa permohonan", "Telaah permohonan").encode(),
    }


def test_people_go_on_with_their_case_where_they_were(engine, start_two_step, client_as):
    started = start_two_step()
    employee, superior = client_as("EMP"), client_as("RTR")
    path = employee.get("/").link("Permohonan: ajukan").split("?")[0]
    fields = {"subject": "Cuti tahunan", "days": "3", "reason": "Menengok orang tua."}
    employee.submit(employee.get(path), path, do="complete", **fields)
    path = superior.get("/").link("Permohonan: Cuti tahunan").split("?")[0]
    superior.submit(superior.get(path), path, do="save_draft", note="Masih saya pikirkan")

    deployed = engine.execute(Deploy(files=newer(), reason="uji"))
    command = MigrateInstance(
        instance_id=started.instance_id,
        to_definition_id=deployed.definition_id,
        rename=RENAME,
        reason="Nama langkah diperbaiki",
        request_key="k",
    )
    result = engine.execute(command)
    assert result.state == MigrationState.MIGRATED, result.said

    assert superior.get("/").link("Telaah: Cuti tahunan").split("?")[0] == path
    page = superior.get(path)
    assert "Masih saya pikirkan" in page.text
    assert "Cuti tahunan" in page.text
    assert "Menengok orang tua." in page.text
    case = f"/cases/{started.instance_id}"
    for code in ("EMP", "RTR", "HRC", "AUD"):
        page = client_as(code).get(case)
        steps = [" ".join(step.text_content().split()) for step in page.all("//ol//li")]
        assert steps[0].startswith("Ajukan permohonan Sari Wulandari Selesai"), code
        assert steps[1].startswith("Telaah permohonan Bambang Nugroho Sedang berjalan"), code
        for name, mark in {"submission": "al-done", "assessment": "al-current"}.items():
            found = f"//*[@data-element-id='{name}' and contains(@class, '{mark}')]"
            assert page.all(found), (code, name)
    auditor = client_as("AUD")
    page = auditor.submit(auditor.get(case), f"{case}/dossier", reason="Pengaduan 12")
    assert "Perkara pindah ke versi proses yang lain" in page.text
    assert "Nama langkah diperbaiki" in page.text
    assert "Ajukan permohonan" in page.text
    page = superior.submit(superior.get(path), path, do="complete", approved="true")
    assert "Diterima" in page.text
    assert "Selesai" in client_as("EMP").get(case).text
