"""The processes as everybody may read them."""

from __future__ import annotations

import pytest

from engine.folder import read_folder
from tests.web.conftest import TWO_STEP

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_everybody_who_is_signed_in_may_read_the_rules(client_as, engine):
    engine.execute(read_folder(TWO_STEP))
    visitor = client_as("STRANGER")
    page = visitor.get(visitor.get("/processes").link("Permohonan dua langkah"))
    assert page.heading == "Permohonan dua langkah"
    assert "process.bpmn" in page.text
    assert page.all("//div[contains(@class, 'al-picture')]//*[name()='svg']")


def test_in_english_the_process_has_its_english_name(client_as, engine):
    engine.execute(read_folder(TWO_STEP))
    visitor = client_as("EMP")
    visitor.post("/language", {"language": "en"})
    assert "Two-step request" in visitor.get("/processes").text


def test_without_a_session_one_is_asked_to_log_in(visitor):
    assert visitor.get("/processes").response.request.path == "/login"


def test_a_version_that_is_not_there_is_not_found(client_as, engine, subtests):
    visitor = client_as("EMP")
    for path in ["nothing/1", "two_step/99", "two_step/0", "two_step/x", "two_step"]:
        with subtests.test(path=str(path)[:60]):
            engine.execute(read_folder(TWO_STEP))
            assert visitor.get(f"/processes/{path}").status == 404
