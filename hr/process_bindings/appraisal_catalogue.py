"""What a designer may choose from for the annual appraisal, with types and a description."""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import appraising, finishing

FUNCTIONS = (
    HostFunction(
        "annual_basis",
        appraising.annual_basis,
        {},
        "context<year: number, service_months: number, rater: number, "
        "segments: list<context<rater: number, name: string, first: date, last: date, "
        "days: number>>, quarters: list<context<period: string, predicate: string, "
        "result_rating: string, behaviour_rating: string, result_score: number, "
        "behaviour_score: number>>, rows: list<context>, behaviour_score: number, "
        "lowest_value: number, attendance: context, previous: string, report_by: date and time, "
        "rating_by: date and time, team_by: date and time>",
        "Bahan penilaian setahun: hasil triwulan (ditimbang hari kerja), jumlah target dan "
        "realisasi tiap baris SKP, kehadiran, siapa menilai dari kapan sampai kapan, predikat "
        "tahun lalu, dan batas waktu. Penilai (rater) adalah yang paling lama menilai tahun itu.",
    ),
    HostFunction(
        "rater_facts",
        appraising.rater_facts,
        {"rater": "number"},
        "context<mean_difference: number, people: number, deviation: number, "
        "within_ten_minutes: number>",
        "Masukan DT20 tentang penilai menurut statistik terbaru: ujung selang yang paling dekat "
        "ke wajar. Bila terlalu sedikit orang, people 0 dan tidak ada tanda.",
    ),
    HostFunction(
        "rater_flags",
        appraising.rater_flags,
        {"rater": "number"},
        "list<string>",
        "Tanda tentang penilai menurut statistik terbaru: FX1, FX2, FX11, FX12.",
    ),
    HostFunction(
        "team_sample",
        appraising.team_sample,
        {"predicate": "string", "flags": "list<string>"},
        "string",
        "Mengapa tim ikut menilai: PREDICATE (SB, K, SK), FLAG (ada tanda), DRAWN (terundi, 20 %), "
        "atau teks kosong bila tidak.",
    ),
    HostFunction(
        "levels_apart",
        appraising.levels_apart,
        {"one": "string", "other": "string"},
        "number",
        "Selisih dua predikat dalam jenjang; 0 bila salah satunya belum ada.",
    ),
    HostFunction(
        "calibration_key",
        appraising.calibration_key,
        {},
        "string",
        "Kunci kalibrasi yang ditunggu berkas ini: perangkat daerah dan tahun.",
    ),
    HostFunction(
        "calibrated_appraisal",
        appraising.calibrated_appraisal,
        {},
        "context<result_rating: string, behaviour_rating: string, predicate: string, "
        "before: string, changed: boolean, reason: string, late: boolean>",
        "Hasil setelah kalibrasi: diubah atau tetap, dengan alasannya. late bila kalibrasi sudah "
        "selesai sebelum usulan ini masuk.",
    ),
    HostFunction(
        "potential",
        finishing.potential,
        {},
        "number",
        "Potensi pegawai 0 sampai 100: bagian kompetensi yang diminta jabatan yang sudah dimiliki; "
        "kosong bila belum diukur. Masukan DT13.",
    ),
    HostFunction(
        "result_rests",
        appraising.result_rests,
        {"result": "number"},
        "boolean",
        "Apakah ada keberatan yang belum diputuskan atas hasil ini.",
    ),
)
SERVICES = (
    ServiceTask(
        "propose_appraisal",
        appraising.propose_appraisal,
        {
            "values": "context<rater: number, rater_predicate: string, sampled_because: string, "
            "team_predicate: string, levels_apart: number, predicate: string, "
            "result_rating: string, behaviour_rating: string, result_score: number, "
            "behaviour_score: number, flags: list<string>, reason: string>"
        },
        "number",
        "Mencatat usulan predikat setahun untuk kalibrasi perangkat daerah.",
    ),
    ServiceTask(
        "close_unrated",
        appraising.close_unrated,
        {"reason_code": "string"},
        "string",
        "Menutup tahun tanpa predikat: TOO_NEW (kurang dari 3 bulan) atau LEFT_SERVICE.",
    ),
    ServiceTask(
        "lock_appraisal",
        finishing.lock_appraisal,
        {},
        "context<result: number, predicate: string, changed_by_objection: boolean>",
        "Mengunci hasil tahunan menurut hasil terakhir; dipakai kenaikan pangkat dan tunjangan.",
    ),
    ServiceTask(
        "note_talent_box",
        finishing.note_talent_box,
        {"potential": "number", "box": "number"},
        "number",
        "Mencatat kotak talenta (DT13) pada tahun itu; mulai kotak 7 menjadi masukan DT14 (T10).",
    ),
    ServiceTask(
        "prepare_siasn",
        finishing.prepare_siasn,
        {},
        "number",
        "Menyiapkan hasil final untuk berkas SIASN yang dibuat badan kepegawaian.",
    ),
)
