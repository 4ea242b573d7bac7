"""What a case page says its steps wrote: words and choices for people, the record for experts."""

from __future__ import annotations

import re
import tomllib

import pytest

from engine import Actor, CompleteTask, NewCase, StartInstance
from engine.folder import read_folder
from engine.queries import cases, standing
from hr.demo.cast import CAST
from hr.permissions.queries import scope_of
from tests.conftest import WORKFLOWS
from tests.web.test_costs import at_self_assessment
from web import scenarios
from web.bootstrap import throwaway_ports

# Codes as DT10, DT14 and the commands write them; not `III/b`, `PNS`, or the letters of a number.
CODE = re.compile(r"\b(E\d\d|T\d\d?|[A-Z]{3,}_[A-Z_]+|REGULAR|FUNCTIONAL|CLOSED|SEAT|NONE|BP)\b")
EVALUATION = WORKFLOWS / "quarterly_evaluation"


@pytest.fixture
def case(engine):
    """The address of an evaluation of EMP whose raters are chosen."""
    at_self_assessment(engine)
    scope = engine.ask(scope_of, CAST["EMP"], engine.clock())
    return f"/cases/{engine.ask(cases.cases, scope).rows[0].id}"


def entries(page):
    """Give what stands in the folds: name and value."""
    rows = page.all("//details//dl[contains(@class, 'al-answers-wide')]/div")
    return {
        row.findtext("dt").strip(): " ".join(row.find("dd").text_content().split()) for row in rows
    }


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_computed_values_are_called_by_words_and_the_rest_is_left_to_experts(case, client_as):
    page = client_as("HRC").get(case)
    told = entries(page)
    assert "Hari kerja" in told["Kehadiran dalam triwulan"]
    assert told["Hukuman disiplin yang berjalan"] == "Tidak ada"
    assert not [name for name in told if "_" in name]
    technical = page.all("//details[.//code[text()='value_keys']]")
    assert len(technical) == 1
    assert technical[0].get("open") is None
    assert not page.all("//details[@open]")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_chosen_people_are_named_not_numbered(case, client_as):
    chosen = entries(client_as("HRC").get(case))["Rekan yang Anda usulkan"]
    assert "Agus" in chosen
    assert not any(letter.isdigit() for letter in chosen)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_technical_details_are_for_those_who_look_after_cases(case, client_as):
    page = client_as("EMP").get(case)
    assert page.status == 200
    assert "value_keys" not in page.response.text
    assert client_as("STRANGER").get(case).status == 403


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_english_page_says_steps_pictures_and_values_in_english(case, client_as):
    visitor = client_as("HRC")
    visitor.post("/language", {"language": "en", "next": "/"})
    page = visitor.get(case)
    told = entries(page)
    assert "Working days" in told["Attendance in the quarter"]
    drawn = " ".join(page.all("//*[name()='svg']//text()"))
    assert "Prepare the case" in drawn
    assert "Employee" in drawn
    assert "Siapkan berkas" not in drawn


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_english_title_names_whom_the_task_is_about(engine, client_as):
    key = engine.execute(read_folder(EVALUATION)).key
    case = NewCase(subject_id=CAST["EMP"], period="2026Q2")
    case_id = engine.execute(StartInstance(key=key, case=case)).instance_id
    task = engine.ask(standing.open_tasks, case_id)[0]
    answers = CompleteTask(task_id=task.id, answers={"peers": ["4", "5", "6"]}, request_key="1")
    engine.execute(answers, by=Actor(person_id=CAST["EMP"]))
    superior = client_as("RTR")
    assert superior.get("/").link("Periksa usulan rekan penilai: Sari Wulandari")
    superior.post("/language", {"language": "en", "next": "/"})
    path = superior.get("/").link("Check the proposed raters: Sari Wulandari")
    assert superior.get(path).heading == "Check the proposed raters: Sari Wulandari"


@pytest.mark.parametrize("part", ["variables", "codes"])
def test_every_word_for_values_stands_in_both_languages(part):
    found = tomllib.loads((EVALUATION / "messages.toml").read_text())[part]
    assert {name for name, words in found.items() if set(words) != {"id", "en"}} == set()


STORIES = [
    "rank_promotion/naik_pangkat",
    "rank_promotion/dokumen_tidak_masuk",
    "rank_promotion/tidak_e05",
    "training_referral/kursi",
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_no_value_of_a_process_is_left_as_a_code(story, language, engine, client_as):
    process, name = story.split("/")
    told = scenarios.read(WORKFLOWS / process / "scenarios" / f"{name}.toml")
    # The cast is there already.
    assert scenarios.play(told, engine.database, throwaway_ports(), lambda *_: None) == []
    agency = client_as("HRC")
    agency.client.set_cookie("alur_language", language)
    found = entries(agency.get("/cases/1"))
    assert len(found) > 5
    assert [name for name in found if "_" in name] == []
    assert {k: v for k, v in found.items() if CODE.search(v)} == {}
