"""The studio's pages: drafts as folders, files in and out, editors, and who may see any of it."""

from __future__ import annotations

import gzip
import io
import json
import re
import tomllib
import zipfile

import pytest

from engine.folder import read_files, read_folder
from engine.queries import process_drafts
from tests.conftest import ROOT
from tests.web.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TWO_STEP = read_files(ROOT / "tests/engine/models/two_step")
QUARTERLY = read_files(ROOT / "workflows/quarterly_evaluation")


def zipped(files, root="folder/"):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(root + path, content)
    return packed.getvalue()


@pytest.fixture
def designer(client_as):
    return client_as("DSN")


def post(visitor: Visitor, path, **fields):
    token = visitor.get("/studio").all("//input[@name='csrf_token']/@value")[0]
    files = fields.pop("files", None)
    data = {"csrf_token": token, **fields}
    if files:
        data["files"] = [(io.BytesIO(content), name) for name, content in files.items()]
    return visitor.client.post(path, data=data, content_type="multipart/form-data")


def begin(visitor, **fields):
    answer = post(visitor, "/studio/drafts", **fields)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def put(visitor, draft, path, content, expected):
    token = visitor.get("/studio").all("//input[@name='csrf_token']/@value")[0]
    return visitor.client.put(
        f"/studio/drafts/{draft}/file?file={path}&expected={expected}",
        data=content,
        headers={"X-CSRFToken": token, "Accept": "application/json"},
    )


def test_a_folder_comes_in_as_a_zip_and_goes_out_with_the_same_bytes(designer, engine):
    draft = begin(designer, files={"quarterly.zip": zipped(QUARTERLY, "x/")}, name="Uji")
    assert engine.ask(process_drafts.files, draft) == QUARTERLY
    out = designer.client.get(f"/studio/drafts/{draft}/folder.zip")
    with zipfile.ZipFile(io.BytesIO(out.data)) as archive:
        got = {n.partition("/")[2]: archive.read(n) for n in archive.namelist()}
    assert got == QUARTERLY
    page = designer.get(f"/studio/drafts/{draft}")
    assert "final_rating.json" in page.text
    assert page.all("//*[local-name()='svg'][contains(@class, 'al-diagram')]")


def test_files_of_other_tools_get_a_place_and_keep_their_bytes(designer, engine):
    model = TWO_STEP["process.bpmn"]
    sent = {"Cuti Tahunan.bpmn20.xml": model, "Isian.form": b'{"components": []}', "foto.png": b"x"}
    draft = begin(designer, files=sent)
    files = engine.ask(process_drafts.files, draft)
    assert files == {"process.bpmn": model, "forms/isian.json": b'{"components": []}'}


def test_a_new_process_begins_without_a_fault(designer):
    for starter in ("two_step", "empty"):
        draft = begin(designer, name="Cuti Besar", starter=starter)
        found = designer.client.get(f"/studio/drafts/{draft}/findings").json["findings"]
        assert [f for f in found if f["severity"] == "error"] == []


def test_saving_gives_what_is_wrong_now_and_a_stranger_change_is_told(designer):
    draft = begin(designer, files={"f.zip": zipped(TWO_STEP)})
    shown = designer.get(f"/studio/drafts/{draft}/edit?file=process.bpmn")
    (place,) = shown.all("//script[@id='given']/@data-from")
    given = designer.client.get(place).json
    assert given["content"].encode() == TWO_STEP["process.bpmn"]
    broken = (
        TWO_STEP["process.bpmn"]
        .replace(b'value="2026', b'value="x 2026')
        .replace(b"</bpmn:process>", b'<bpmn:userTask id="lost" name="Hilang"/></bpmn:process>')
    )
    saved = put(designer, draft, "process.bpmn", broken, given["sha256"])
    assert saved.status_code == 200
    rules = {(f["rule"], f["element"]) for f in saved.json["findings"]}
    assert ("unreachable", "lost") in rules
    assert any(f["words"].startswith("Tidak ada jalan") for f in saved.json["findings"])
    late = put(designer, draft, "process.bpmn", b"<x/>", given["sha256"])
    assert late.status_code == 409
    assert late.json["sha256"] == saved.json["sha256"]
    assert "Lukman" in late.json["said"]


def test_what_an_editor_begins_with_is_sent_packed_and_names_each_variable_once(designer):
    draft = begin(designer, files={"f.zip": zipped(QUARTERLY)})
    asked = {"Accept-Encoding": "gzip"}
    place = f"/studio/drafts/{draft}/begins?file=process.bpmn"
    packed = designer.client.get(place, headers=asked)
    assert packed.headers["Content-Encoding"] == "gzip"
    given = json.loads(gzip.decompress(packed.data))
    assert given["content"].encode() == QUARTERLY["process.bpmn"]
    assert given == designer.client.get(place).json
    known = designer.client.get(f"/studio/drafts/{draft}/findings").json["variables"]
    assert len(set(known["names"])) == len(known["names"])
    seen = {known["names"][index] for index in known["at"]["final_rating"]}
    assert "previous" in seen
    assert "released" not in seen
    assert designer.client.get(f"/studio/drafts/{draft}/begins?file=no.bpmn").status_code == 404


def test_the_words_of_a_form_are_translated_beside_it_and_nobody_is_overwritten(designer, engine):
    draft = begin(designer, files={"f.zip": zipped(QUARTERLY)})
    path = "forms/self_assessment.json"
    place = f"/studio/drafts/{draft}/words?file={path}"
    page = designer.get(place)
    (expected,) = page.all("//input[@name='expected']/@value")
    name = "forms/self_assessment/remark/label"
    assert page.all(f"//*[@name='{name}']")
    assert not page.all("//*[starts-with(@name, 'forms/final_rating')]")
    to = f"/studio/drafts/{draft}/words"
    given = {"file": path, "expected": expected}
    answer = post(designer, to, **given, **{name: "What hindered"})
    assert answer.status_code == 303
    assert answer.location.startswith(to)
    messages = engine.ask(process_drafts.files, draft)["messages.toml"].decode()
    assert tomllib.loads(messages)["forms"]["self_assessment"]["remark"]["label"] == "What hindered"
    late = post(designer, to, **given, **{name: "Something else"})
    assert late.status_code == 409
    assert "Something else" in late.text  # what was typed is still there to be copied
    assert "Lukman" in late.text
    assert engine.ask(process_drafts.files, draft)["messages.toml"].decode() == messages
    assert designer.client.get(f"/studio/drafts/{draft}/words?file=no.json").status_code == 404


def test_text_is_saved_without_scripts(designer, engine):
    draft = begin(designer, files={"f.zip": zipped(TWO_STEP)})
    path = f"/studio/drafts/{draft}/edit?file=process.bpmn"
    page = designer.get(path + "&as=text")
    sha = page.all("//input[@name='expected']/@value")[0]
    text = TWO_STEP["process.bpmn"].decode() + "<!-- x -->\n"
    assert post(designer, path, expected=sha, text=text.replace("\n", "\r\n")).status_code == 303
    assert engine.ask(process_drafts.files, draft)["process.bpmn"].decode() == text
    again = post(designer, path, expected=sha, text=text + " ")
    assert again.status_code == 409
    assert "Salin isian Anda" in again.text


def test_words_are_edited_in_a_grid_and_the_rest_of_the_file_stays(designer, engine):
    draft = begin(designer, files={"f.zip": zipped(QUARTERLY)})
    page = designer.get(f"/studio/drafts/{draft}/edit?file=messages.toml")
    sha = page.all("//input[@name='expected']/@value")[0]
    assert "Penilaian" in page.text
    saved = post(
        designer,
        f"/studio/drafts/{draft}/words",
        **{"expected": sha, "elements/self_assessment": "Assess yourself"},
    )
    assert saved.status_code == 303
    after = engine.ask(process_drafts.files, draft)["messages.toml"]
    before = QUARTERLY["messages.toml"]
    assert after == before.replace(
        b'self_assessment = "Self-assessment"', b'self_assessment = "Assess yourself"', 1
    )


def test_a_form_is_shown_as_its_people_would_get_it(designer):
    draft = begin(designer, files={"f.zip": zipped(QUARTERLY)})
    for language, words in (("id", "Predikat Anda"), ("en", "Your predicate")):
        page = designer.client.get(
            f"/studio/drafts/{draft}/preview?file=forms/acknowledge_result.json&language={language}"
        )
        assert page.status_code == 200
        assert words in page.text
        assert page.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_only_editor_pages_allow_style_attributes(designer):
    draft = begin(designer, files={"f.zip": zipped(QUARTERLY)})
    for path, allowed in (
        (f"/studio/drafts/{draft}/edit?file=process.bpmn", True),
        (f"/studio/drafts/{draft}/edit?file=process.bpmn&as=text", False),
        (f"/studio/drafts/{draft}", False),
    ):
        policy = designer.client.get(path).headers["Content-Security-Policy"]
        assert ("style-src-attr" in policy) is allowed
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy


def test_history_shows_who_saved_what_and_brings_it_back(designer, engine):
    draft = begin(designer, files={"f.zip": zipped(TWO_STEP)})
    assert (
        post(designer, f"/studio/drafts/{draft}/add", kind="form", name="baru").status_code == 303
    )
    page = designer.get(f"/studio/drafts/{draft}/history")
    assert "forms/baru.json" in page.text
    assert "Lukman" in page.text
    answer = post(designer, f"/studio/drafts/{draft}/restore", revision="1", seen="2")
    assert answer.status_code == 303
    assert engine.ask(process_drafts.files, draft) == TWO_STEP


FOREIGN = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="x">
 <bpmn:process id="cuti" isExecutable="true">
  <bpmn:startEvent id="s"/>
  <bpmn:userTask id="ask" name="Minta" camunda:assignee="${starter}"
   camunda:formKey="embedded:app:forms/ask.html"/>
  <bpmn:userTask id="a" name="A" camunda:candidateGroups="HRC"/>
  <bpmn:userTask id="b" name="B" camunda:candidateGroups="HRC"/>
  <bpmn:exclusiveGateway id="g" default="no"/>
  <bpmn:endEvent id="e"/>
  <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
  <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="g"/>
  <bpmn:sequenceFlow id="yes" sourceRef="g" targetRef="a">
   <bpmn:conditionExpression>${days &gt; 3 &amp;&amp; kind == "long"}</bpmn:conditionExpression>
  </bpmn:sequenceFlow>
  <bpmn:sequenceFlow id="no" sourceRef="g" targetRef="b"/>
  <bpmn:sequenceFlow id="f3" sourceRef="a" targetRef="e"/>
  <bpmn:sequenceFlow id="f4" sourceRef="b" targetRef="e"/>
 </bpmn:process>
</bpmn:definitions>
"""


def test_a_model_of_another_tool_is_kept_shown_and_mended_when_asked(designer, engine):
    draft = begin(designer, files={"cuti.bpmn": FOREIGN})
    assert engine.ask(process_drafts.files, draft)["process.bpmn"] == FOREIGN
    page = designer.get(f"/studio/drafts/{draft}")
    assert {"foreign", "expressions", "layout"} == set(page.all("//input[@name='fix']/@value"))
    for kind in ("foreign", "expressions", "layout"):
        answer = post(designer, f"/studio/drafts/{draft}/fix", fix=kind, file="process.bpmn")
        assert answer.status_code == 303
    mended = engine.ask(process_drafts.files, draft)["process.bpmn"].decode()
    assert 'name="assignee" value="starter"' in mended
    assert 'name="candidateGroup" value="HRC"' in mended
    assert 'name="form" value="ask"' in mended
    assert 'days &gt; 3 and kind = "long"' in mended
    assert "camunda:" not in mended
    assert "BPMNShape" in mended
    assert (
        post(designer, f"/studio/drafts/{draft}/fix", fix="layout", file="process.bpmn").status_code
        == 409
    )


HOSTILE = {
    "names": FOREIGN.replace(b'name="Minta"', b'name="&lt;script&gt;alert(1)&lt;/script&gt;"'),
    "large": FOREIGN.replace(
        b"</bpmn:process>",
        b"".join(b'<bpmn:userTask id="t%d" name="x"/>' % n for n in range(20_000))
        + b"</bpmn:process>",
    ),
    "nan": QUARTERLY["process.bpmn"].replace(b' x="', b' x="NaN'),
    "entities": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
    "no_xml": b"\x00\xff\xfe not xml",
    "deep": b"<a>" * 5_000,
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "infinite": QUARTERLY["process.bpmn"].replace(b'width="', b'width="1e309'),
}
SCRIPTED = b'"</script><script>alert(1)</script>"'
HOSTILE_PARTS = {
    "table": ("t.dmn", b"<definitions>" * 5_000),
    "entity": ("t.dmn", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'),
    "form": ("forms/ask.json", b'{"components": ' * 3_000),
    "label": ("forms/ask.json", b'{"components": [{"type": "textfield", "key": "a", "label": %s}]}'
              % SCRIPTED),
    "numbers": ("forms/ask.json", b'{"components": [{"type": "number", "key": "a", "x": NaN}]}'),
    "words": ("messages.toml", b"a." * 4_000 + b"a = 1"),
    "notice": ("messages.toml", b"[elements]\nask = " + SCRIPTED),
    "scenario": ("scenarios/x.toml", b"[[steps]]\n" * 20_000),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_model_breaks_no_page(designer, engine, kind):
    draft = begin(designer, files={"process.bpmn": HOSTILE[kind]})
    assert engine.ask(process_drafts.files, draft)["process.bpmn"] == HOSTILE[kind]
    for path in ("", "/edit?file=process.bpmn", "/edit?file=process.bpmn&as=text", "/findings",
                 "/history", "/compare", "/submit", "/backtest"):  # fmt: skip
        answer = designer.client.get(f"/studio/drafts/{draft}{path}")
        assert answer.status_code == 200, answer.text[:300]
        assert "<script>alert" not in answer.text
        assert "root:" not in answer.text


@pytest.mark.parametrize("kind", HOSTILE_PARTS)
def test_a_hostile_table_form_or_text_breaks_no_page(designer, kind):
    name, content = HOSTILE_PARTS[kind]
    draft = begin(designer, files={"process.bpmn": FOREIGN, name: content})
    for path in ("", f"/edit?file={name}", f"/edit?file={name}&as=text", "/findings", "/compare",
                 f"/try?file={name}", "/submit", "/backtest"):  # fmt: skip
        answer = designer.client.get(f"/studio/drafts/{draft}{path}")
        assert answer.status_code == 200 or path.startswith("/try"), answer.text[:300]
        assert answer.status_code < 500, path
        assert "<script>alert" not in answer.text
        assert "root:" not in answer.text


def test_a_zip_bomb_is_refused_before_it_is_unpacked(designer):
    bombs = {
        "large.zip": zipped({"process.bpmn": b" " * 50_000_000}),
        "many.zip": zipped({f"x{n}.dmn": b"" for n in range(2_000)}),
        "broken.zip": b"PK\x03\x04" + b"\x00" * 40,
        "empty.zip": zipped({}),
        "strange.zip": zipped({"../../etc/cron.d/x": b"x", "a.exe": b"MZ"}),
    }
    for name, content in bombs.items():
        answer = post(designer, "/studio/drafts", files={name: content})
        assert answer.status_code in (409, 422), (name, answer.status_code)


def test_addresses_and_fields_of_nonsense_are_refused_with_words(designer):
    draft = begin(designer, files={"f.zip": zipped(TWO_STEP)})
    for path in ("/studio?before=x", "/studio?before=2026-01-01_7", "/studio?state=%00"):
        assert designer.client.get(path).status_code == 200
    for path in (
        "/studio/drafts/999",
        f"/studio/drafts/{draft}/edit?file=../x",
        f"/studio/drafts/{draft}/file?file=nothing",
        f"/studio/drafts/{draft}/file?file=process.bpmn&revision=99999999999999999999",
        f"/studio/drafts/{draft}/preview?file=process.bpmn",
    ):
        assert designer.client.get(path).status_code in (200, 404)
    for path, fields in (
        ("/studio/drafts", {"version": "99999"}),
        ("/studio/drafts", {"draft": "99999"}),
        (f"/studio/drafts/{draft}/add", {"kind": "form", "name": "<b>"}),
        (f"/studio/drafts/{draft}/add", {"kind": "?", "name": "x"}),
        (f"/studio/drafts/{draft}/files", {}),
        (f"/studio/drafts/{draft}/rename", {"name": " "}),
        (f"/studio/drafts/{draft}/restore", {"revision": "77", "seen": "1"}),
        (f"/studio/drafts/{draft}/words", {"expected": "x", "a//b": "c"}),
    ):
        assert 400 <= post(designer, path, **fields).status_code < 500, path


@pytest.mark.parametrize(
    ("code", "reads"), [("HRC", True), ("AUD", True), ("EMP", False), ("ADM", True)]
)
def test_who_does_not_design_changes_nothing(client_as, designer, code, reads):
    draft = begin(designer, files={"f.zip": zipped(TWO_STEP)})
    other = client_as(code)
    status = other.client.get(f"/studio/drafts/{draft}").status_code
    assert status == (200 if reads else 403)
    if reads:
        assert put(other, draft, "process.bpmn", b"<x/>", "*").status_code == 403
        assert post(other, "/studio/drafts", name="x").status_code == 403
        page = other.get(f"/studio/drafts/{draft}")
        assert not page.all("//form[contains(@action, '/studio/drafts')]")


def test_what_a_draft_changes_is_told_against_the_running_version(designer, engine):
    engine.execute(read_folder(ROOT / "tests/engine/models/two_step"))
    draft = begin(designer, files={"f.zip": zipped(TWO_STEP)})
    page = designer.get(f"/studio/drafts/{draft}/compare")
    assert "Tidak ada yang berbeda." in page.text
    sha = designer.get(f"/studio/drafts/{draft}/edit?file=process.bpmn&as=text").all(
        "//input[@name='expected']/@value"
    )[0]
    name = re.search(rb'<bpmn:userTask id="([a-z_]+)" name="([^"]+)"', TWO_STEP["process.bpmn"])
    other = TWO_STEP["process.bpmn"].replace(name[2], b"<b>Lain</b>".replace(b"<", b"&lt;"), 1)
    put(designer, draft, "process.bpmn", other, sha)
    page = designer.get(f"/studio/drafts/{draft}/compare")
    assert name[2].decode() in [each.text for each in page.all("//del")]
    assert "<b>Lain</b>" in [each.text for each in page.all("//ins")]
    assert len(page.all("//*[local-name()='svg'][contains(@class, 'al-diagram')]")) == 2
    assert page.all("//*[contains(@class, 'al-element') and contains(@class, 'al-current')]")


def test_a_table_is_tried_as_it_stands_in_the_draft(designer):
    draft = begin(designer, files={"f.zip": zipped(QUARTERLY)})
    path = f"/studio/drafts/{draft}/try?file=dt01_predicate.dmn"
    page = designer.get(path)
    names = [n for n in page.all("//select/@name") if n.startswith("in.")]
    assert len(names) == 2
    said = designer.get(path + "".join(f"&{name}=ABOVE" for name in names))
    assert "DT01-1" in said.text
    assert '"SB"' in said.text
    post(designer, f"/studio/drafts/{draft}/add", kind="table", name="own")
    own = f"/studio/drafts/{draft}/try?file=own.dmn"
    assert '"TIDAK"' in designer.get(own + "&in.value=-1").text
    wrong = designer.client.get(own + "&in.value=((")
    assert wrong.status_code == 200
    assert "tidak terbaca" in wrong.text
    assert designer.client.get(f"/studio/drafts/{draft}/try?file=process.bpmn").status_code == 404
