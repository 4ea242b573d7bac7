"""What a designer may choose from for careers: each verb with its types and a description."""

from __future__ import annotations

from functools import partial

from engine.ports import Files, ServiceTask
from hr.process_bindings import promoting


def services(files: Files | None, city: str) -> tuple[ServiceTask, ...]:
    """List the verbs of promotions; decrees are kept in `files` and name the city."""
    return (
        ServiceTask(
            "open_promotion",
            promoting.open_promotion,
            {},
            "context<employment: string, on_unpaid_leave: boolean, active_discipline: string, "
            "open_objection: boolean, predicate_last_year: string, predicate_year_before: string, "
            "promotion_type: string, current_rank: string, education: string, "
            "months_in_rank: number, months_in_post: number, service_exam: string, "
            "band_position: string, functional_level: string, credit: number, "
            "level_rise: boolean, competence_test_and_vacancy: boolean, "
            "diploma_exam_passed: boolean, exceptional_decree: boolean, "
            "documents_complete: boolean, missing: list<string>, tmt: date>",
            "Mengumpulkan fakta pegawai pada bulan kenaikan pangkat berkas ini (periode "
            "2026-09): masukan DT10 dan DT18. Satu berkas per pegawai dan bulan.",
        ),
        ServiceTask(
            "close_promotion",
            promoting.close_promotion,
            {"outcome": "string", "code": "string", "reason": "string"},
            "context<outcome: string, code: string, eligible_on: date>",
            "Menutup usulan tanpa kenaikan pangkat dan memberi tahu pegawai: NOT_ELIGIBLE dengan "
            "kode DT10, REFUSED (TMS) dengan alasan, atau CLOSED (dokumen tidak masuk).",
        ),
        ServiceTask(
            "issue_decree",
            partial(promoting.issue_decree, files, city),
            {
                "rank_new": "string",
                "approval_number": "string",
                "approval_date": "date",
                "signature": "string",
            },
            "context<number: string, date: date, code: string, signed_by: number, "
            "files: list<context>>",
            "Menyusun keputusan (PDF/A) yang ditandatangani pada langkah signature, dengan nomor "
            "dan kode pemeriksaan; sekali untuk setiap berkas.",
        ),
        ServiceTask(
            "apply_promotion",
            promoting.apply_promotion,
            {},
            "context<rank_old: string, rank_new: string, tmt: date>",
            "Menutup riwayat pangkat lama, membuka yang baru pada TMT, dan memberi tahu pegawai "
            "pangkat lama dan barunya; sekali untuk setiap berkas.",
        ),
    )
