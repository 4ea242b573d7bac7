"""Receipts: mine alone, true on paper and as a file, and checked by anybody without content."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pikepdf
import pytest

from engine import MakeCheckpoint
from tests.web.visitor import Visitor
from web import alur_verify
from web.notary import KeyNotary

NOTARY = KeyNotary.in_memory()
ANSWERS = {"subject": "Cuti besar", "days": "4", "reason": "Menengok orang tua."}


@pytest.fixture
def submitted(engine, client_as, start_two_step):
    """An employee has submitted; gives the browser and the task's number."""
    engine.ports = replace(engine.ports, notary=NOTARY)
    start_two_step()
    emp = client_as("EMP")
    path = emp.get("/").link("Permohonan: ajukan").split("?")[0]
    assert emp.submit(emp.get(path), path, do="complete", **ANSWERS).status == 200
    return emp, int(path.rpartition("/")[2])


def file_of(browser: Visitor, task_id: int) -> dict:
    answer = browser.get(f"/receipts/{task_id}.json")
    assert answer.status == 200
    return json.loads(answer.response.data)


def upload(browser: Visitor, content: bytes):
    return browser.post("/verify", {"receipt": (io.BytesIO(content), "receipt.json")})


def test_a_receipt_is_his_who_submitted(submitted, client_as, visitor) -> None:
    emp, task_id = submitted
    page = emp.get(emp.get(f"/tasks/{task_id}/sent").link("Tanda terima"))
    assert page.status == 200
    assert "Nomor tanda terima" in page.text
    for kind in ("", ".json", ".pdf"):
        for other in ("RTR", "HRC", "AUD", "ADM"):
            assert client_as(other).get(f"/receipts/{task_id}{kind}").status == 404
        assert visitor.get(f"/receipts/{task_id}{kind}", follow=False).status == 302


def test_a_task_that_is_not_done_has_no_receipt(submitted, client_as, engine) -> None:
    rtr = client_as("RTR")
    assert rtr.get(f"/receipts/{submitted[1] + 1}").status == 404
    assert rtr.get("/receipts/999999").status == 404


def test_the_proof_holds_own_answers_and_is_checked_without_us(submitted, engine) -> None:
    emp, task_id = submitted
    early = file_of(emp, task_id)
    with pytest.raises(ValueError, match="no checkpoint covers it yet"):
        alur_verify.check_receipt(early, NOTARY.public_key)
    engine.execute(MakeCheckpoint())
    receipt = file_of(emp, task_id)
    assert alur_verify.check_receipt(receipt, NOTARY.public_key)[0] == NOTARY.origin
    assert "Cuti besar" in json.dumps(receipt)


def test_a_proof_that_was_changed_or_replayed_does_not_hold(submitted, engine) -> None:
    emp, task_id = submitted
    engine.execute(MakeCheckpoint())
    receipt = file_of(emp, task_id)
    forged = [
        {**receipt, "values": [["answers", receipt["values"][0][1], '{"days":40}']]},
        {**receipt, "body": receipt["body"] + " "},
        {**receipt, "event": [*receipt["event"][:5], 4711, *receipt["event"][6:]]},
        {**receipt, "event": [2, receipt["event"][1] + 1, *receipt["event"][2:]]},
        {**receipt, "position": receipt["position"] + 1},
        {**receipt, "in_tree": receipt["in_tree"][:-1]},
        {**receipt, "in_batch": [*receipt["in_batch"], "00" * 32]},
        {**receipt, "note": receipt["note"].replace("\n", "x\n", 1)},
        {**receipt, "previous": "00" * 32},
    ]
    for one in forged:
        with pytest.raises((ValueError, IndexError)):
            alur_verify.check_receipt(one, NOTARY.public_key)
        assert upload(emp, json.dumps(one).encode()).status == 422
    with pytest.raises(ValueError, match="not signed by this key"):
        alur_verify.check_receipt(receipt, KeyNotary.in_memory(NOTARY.origin).public_key)


def test_anybody_checks_a_number_and_code_and_sees_no_content(submitted, engine, visitor) -> None:
    emp, task_id = submitted
    receipt = file_of(emp, task_id)
    number, code = f"{receipt['event'][1]}-{receipt['event'][2]}", receipt["hash"][:16]
    found = visitor.get(f"/verify?number={number}&code={code}")
    assert "Cocok" in found.text
    assert "Titik periksa berikutnya" in found.text
    engine.execute(MakeCheckpoint())
    found = visitor.get(f"/verify?number={number}&code={code.upper()}")
    assert "masuk titik periksa pada" in found.text
    for secret in ("Cuti besar", "P04", "Penilaian", "TASK_COMPLETED"):
        assert secret not in found.text
    for number_, code_ in (
        (number, code[:15]), (number, "0" * 16), (f"{number}9", code), ("", code), ("x-1", code),
        ("9" * 40, code),
        ("1-" + "9" * 15, code), ("9" * 15 + "-1", code), (number, "%"), ("1-1-1", code),
    ):  # fmt: skip
        assert (
            "Tidak cocok"
            in visitor.get("/verify", query_string={"number": number_, "code": code_}).text
        )


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"alur":"receipt 1"}']
)
def test_a_file_that_is_no_proof_is_refused_in_words(submitted, visitor, content) -> None:
    answer = upload(visitor, content)
    assert answer.status == 422
    assert "bukan berkas bukti" in answer.text


def test_an_honest_file_holds_for_a_stranger_too(submitted, engine, visitor) -> None:
    emp, task_id = submitted
    engine.execute(MakeCheckpoint())
    content = emp.get(f"/receipts/{task_id}.json").response.data
    answer = upload(visitor, content)
    assert (answer.status, "Bukti ini sah" in answer.text) == (200, True)


def test_the_paper_is_pdf_a_and_leads_to_the_page_that_checks_it(submitted, engine) -> None:
    emp, task_id = submitted
    pdf = emp.get(f"/receipts/{task_id}.pdf").response.data
    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")


def test_strangers_get_the_script_and_the_newest_checkpoint(submitted, engine, visitor) -> None:
    assert visitor.get("/verify/checkpoint").status == 404
    engine.execute(MakeCheckpoint())
    note = visitor.get("/verify/checkpoint").response.text
    assert NOTARY.open_note(note).size > 0
    assert b"def check_receipt" in visitor.get("/verify/alur_verify.py").response.data
