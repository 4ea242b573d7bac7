"""The page of daily activities: one tap to repeat, clear refusals, review of many at once."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from hr.activity import queries
from hr.demo.cast import CAST

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

WORK = {
    "day": "2026-07-01",
    "starts": "07:30",
    "ends": "09:00",
    "row_id": "11",
    "text": "Merekam KTP elektronik di loket dua.",
    "place": "OFFICE",
}


def month(engine, code):
    return engine.ask(queries.month, CAST[code], engine.clock().date()).entries


def test_an_activity_is_written_down_and_repeated_next_day_in_one_tap(client_as, engine, clock):
    visitor = client_as("EMP")
    page = visitor.get("/activities")
    assert page.all("//select[@id='row_id']/option")[0].text.startswith("1. Perekaman KTP")
    page = visitor.submit(page, "/activities", **WORK)
    assert "Aktivitas tercatat." in page.text
    assert "1 hari, 1 entri, 1 jam; 1 belum ditinjau." in page.text
    assert "Ulangi dengan satu ketukan" not in page.text
    clock.now += timedelta(days=1)
    visitor = client_as("EMP")
    home = visitor.get("/")
    page = visitor.get(home.link("Aktivitas"))  # the first tap
    (known,) = month(engine, "EMP")
    repeat = f"/activities/{known.id}/repeat"
    first = visitor.submit(page, repeat)  # the second
    assert "Aktivitas tercatat." in first.text
    assert "07.30–09.00" in first.text
    visitor.submit(page, repeat)  # pressed twice: once
    newest, _ = month(engine, "EMP")
    assert len(month(engine, "EMP")) == 2
    assert (newest.starts, newest.ends, newest.row_id) == (450, 540, 11)
    visitor.submit(first, repeat)  # meant again: after what is there
    assert [each.starts for each in month(engine, "EMP")] == [450, 540, 450]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"ends": "07:00"}, "Jam selesai harus sesudah jam mulai."),
        ({"ends": "25:99"}, "Jam selesai harus sesudah jam mulai."),
        ({"day": "2026-07-02"}, "Hari itu belum datang."),
        ({"day": "2026-06-01"}, "Sudah lewat dua hari kerja"),
        ({"ends": "15:30"}, "tulis nomor surat perintah lembur"),
        ({"text": "pendek"}, "Tulis 20 sampai 1.000 huruf."),
        ({"row_id": "21"}, ""),
        ({"quantity": "banyak"}, "Jumlahnya angka, nol atau lebih."),
        ({"quantity": "NaN"}, "Jumlahnya angka, nol atau lebih."),
    ],
)
def test_what_cannot_be_written_down_is_said_and_kept_in_the_form(client_as, engine, changed, says):
    page = client_as("EMP").post("/activities", WORK | changed)
    assert page.status == 422
    assert says in page.text
    assert page.all("//textarea[@id='text']")[0].text == (WORK | changed)["text"]
    assert month(engine, "EMP") == ()


def test_raters_review_many_at_once_and_what_is_returned_is_mended(client_as, engine):
    for code in ("EMP", "PEER1", "PEER2"):
        visitor = client_as(code)
        visitor.submit(visitor.get("/activities"), "/activities", **{**WORK, "row_id": ""})
    assert client_as("EMP").get("/activities/review").status == 403
    assert client_as("EMP").post("/activities/review", {"entry": "1"}).status == 403
    rater = client_as("RTR")
    page = rater.get(rater.get("/activities").link("Tinjau aktivitas bawahan"))
    ids = page.all("//input[@name='entry']/@value")
    assert len(ids) == 3
    refused = rater.post("/activities/review", {"entry": ids[0], "decision": "RETURN"})
    assert (refused.status, "paling sedikit 10 huruf" in refused.text) == (422, True)
    note = {"entry": ids[0], "decision": "RETURN", "note": "Berapa orang direkam hari ini?"}
    page = rater.post("/activities/review", note)
    assert "Peninjauan tersimpan" in page.text
    assert "1 dari 1 entri." in page.text
    assert "Tinjau 2 entri yang masih menunggu" in page.text
    late = {"entry": [ids[0], ids[1]], "decision": "APPROVE"}  # one of them was returned already
    page = rater.post("/activities/review", late)
    results = [
        one.text_content().strip()
        for one in page.all("//li[contains(@class, 'al-outcome')]//strong")
    ]
    assert results == ["Sudah ditinjau sebelumnya; tidak diubah.", "Disetujui."]
    one = rater.get("/activities/review?person=4711")  # nobody of his: everybody's
    assert len(one.all("//input[@name='entry']")) == 1
    page = rater.submit(one, "/activities/review", decision="APPROVE")
    assert "Tidak ada yang menunggu peninjauan." in page.text
    assert rater.post("/activities/review", {"decision": "APPROVE"}).status == 422
    assert month(engine, "PEER1")[0].state == "APPROVED"
    author = client_as("EMP")
    page = author.get(author.get("/activities").link("Perbaiki"))
    assert "Berapa orang direkam hari ini?" in page.text
    page = author.submit(page, f"/activities/{ids[0]}", quantity="31", measure="orang")
    assert "Aktivitas diperbaiki" in page.text
    (mended,) = month(engine, "EMP")
    assert (mended.state, mended.quantity) == ("FILED", 31)


def test_somebody_elses_entry_is_not_there(client_as, engine):
    author = client_as("EMP")
    author.submit(author.get("/activities"), "/activities", **WORK)
    (known,) = month(engine, "EMP")
    for code in ("STRANGER", "RTR", "HRC", "ADM"):
        visitor = client_as(code)
        assert visitor.get(f"/activities/{known.id}").status == 404
        assert visitor.post(f"/activities/{known.id}", WORK).status == 404
        assert visitor.post(f"/activities/{known.id}/repeat").status == 404


def test_photos_are_kept_with_an_entry_and_seen_by_its_author_and_the_rater(
    client_as, engine, subtests
):
    author, jpeg = client_as("EMP"), b"\xff\xd8\xff\xe0 a photo"

    def photo(data: bytes, name: str):
        return (BytesIO(data), name)

    for wrong, says in (
        ([photo(b"%PDF-1.7", "foto.jpg")], "Bukan foto JPG atau PNG."),
        ([photo(jpeg + bytes([n]), f"{n}.jpg") for n in range(4)], "Paling banyak tiga foto."),
    ):
        with subtests.test(says):
            page = author.post("/activities", {**WORK, "photo": wrong})
            assert (page.status, says in page.text) == (422, True)
    page = author.post("/activities", {**WORK, "ends": "07:00", "photo": photo(jpeg, "a.jpg")})
    assert "Pilih lagi fotonya" in page.text
    assert month(engine, "EMP") == ()
    key = {"request_key": "once"}
    for _ in range(2):
        page = author.post(
            "/activities", {**WORK, **key, "photo": photo(jpeg, "../DCIM/loket dua.JPG")}
        )
    (known,) = month(engine, "EMP")
    (kept,) = engine.ask(queries.photos, [known.id])[known.id]
    assert (kept.name, kept.mime, kept.size) == ("loket dua.jpg", "image/jpeg", len(jpeg))
    address = page.link("loket dua.jpg")
    assert client_as("RTR").get("/activities/review").all(f"//a[@href='{address}']")
    for code, status in (("EMP", 200), ("RTR", 200), ("STRANGER", 404), ("PEER1", 404)):
        assert client_as(code).client.get(address).status_code == status
    assert author.client.get(address).data == jpeg
    assert author.client.get(address.replace(kept.sha256, "0" * 64)).status_code == 404
    page = author.get(f"/activities/{known.id}")
    author.submit(page, f"/activities/{known.id}", photo_kept=[])
    assert engine.ask(queries.photos, [known.id]) == {}
    assert author.client.get(address).status_code == 404
