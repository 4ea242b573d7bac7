"""What a designer may choose from for objections, with types and an Indonesian description."""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import objecting

FUNCTIONS = (
    HostFunction(
        "contested_result",
        objecting.contested_result,
        {"result": "number"},
        "context<result: number, case_no: string, period: string, predicate: string, "
        "result_rating: string, behaviour_rating: string, result_score: number, "
        "behaviour_score: number, disclosed_on: date, objection_until: date, on_time: boolean, "
        "file_by: date and time, rater: number, objected_in: string, is_open: boolean>",
        "Hasil evaluasi yang dipersoalkan: menurut nomornya, atau yang terbaru milik pegawai (pada "
        "periode berkas ini). null bila belum ada hasil. objected_in: berkas keberatan yang sudah "
        "ada.",
    ),
    HostFunction(
        "objection_decider",
        objecting.objection_decider,
        {"result": "number"},
        "number",
        "Pemutus keberatan: atasan pertama ke atas yang tidak ikut menilai hasil ini.",
    ),
)
SERVICES = (
    ServiceTask(
        "freeze_result",
        objecting.freeze_result,
        {"result": "number"},
        "number",
        "Membuka keberatan; akibat hasil (rujukan, pembinaan, penghargaan) ditunda sampai putusan.",
    ),
    ServiceTask(
        "release_result",
        objecting.release_result,
        {"outcome": "string", "reason": "string"},
        "string",
        "Menutup keberatan tanpa mengubah hasil: LAPSED, REFUSED, atau UPHELD.",
    ),
    ServiceTask(
        "change_result",
        objecting.change_result,
        {
            "outcome": "string",
            "predicate": "string",
            "result_rating": "string",
            "behaviour_rating": "string",
            "reason": "string",
        },
        "context<result: number, predicate: string, before: string>",
        "Mencatat hasil baru menurut putusan (CHANGED atau RERATED); hasil lama tetap tersimpan, "
        "tindak lanjutnya yang belum berjalan dihitung ulang.",
    ),
)
