"""What a designer may choose from: every verb with its types and an Indonesian description.

A new verb is one function in `reading` or `writing`, and one entry here.
"""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import reading, segments, writing

_OPTION = "list<context<value: string, label: string>>"
_SUMMARY = (
    "context<count: number, suppressed: boolean, means: context, mean: number, lowest: number>"
)
FUNCTIONS = (
    HostFunction(
        "subject", reading.subject, {}, "number", "Pegawai yang menjadi pokok berkas ini (EMP)."
    ),
    HostFunction(
        "rater",
        reading.rater,
        {},
        "number",
        "Pejabat penilai (RTR) saat ini: pemegang jabatan penilai, jika kosong Plt/Plh-nya, "
        "jika tidak ada naik satu tingkat. null di puncak struktur.",
    ),
    HostFunction(
        "rater_superior", reading.rater_superior, {}, "number", "Atasan pejabat penilai (SU2)."
    ),
    HostFunction(
        "person_name", reading.person_name, {"person": "number"}, "string", "Nama seorang pegawai."
    ),
    HostFunction(
        "position_kind",
        reading.position_kind,
        {},
        "string",
        "Jenis kedudukan untuk bobot penilai (DT04): LEADER, STAFF_PUBLIC atau STAFF_INTERNAL.",
    ),
    HostFunction(
        "public_facing",
        reading.public_facing,
        {},
        "boolean",
        "Apakah unit pegawai melayani masyarakat pada periode ini.",
    ),
    HostFunction(
        "peers_asked",
        reading.peers_asked,
        {},
        "boolean",
        "Apakah perangkat daerah pegawai meminta umpan balik rekan pada triwulan ini.",
    ),
    HostFunction(
        "peer_options",
        reading.peer_options,
        {},
        _OPTION,
        "Pilihan rekan kerja yang boleh diusulkan: unit atau atasan yang sama, tidak cuti, tanpa "
        "konflik kepentingan, kurang dari 8 formulir triwulan ini.",
    ),
    HostFunction(
        "person_options",
        reading.person_options,
        {"persons": "list<number>"},
        _OPTION,
        "Daftar pegawai sebagai pilihan pada formulir, menurut nama.",
    ),
    HostFunction(
        "result_rows",
        reading.result_rows,
        {},
        "list<context<row: number, plan: string, indicator: string, unit: string, "
        "dimension: string, direction: string, target: number, actual: number, weight: number, "
        "ratio: number, on_time: boolean>>",
        "Baris hasil kerja SKP periode ini dengan target, realisasi dan rasio (paling tinggi "
        "1,20), ditambah baris kehadiran. Masukan DT02.",
    ),
    HostFunction(
        "attendance",
        reading.attendance,
        {},
        "context<working_days: number, present_days: number, late_days: number, "
        "absent_days: number, leave_days: number, ratio: number>",
        "Kehadiran triwulan dalam hari kerja. null bila belum tercatat.",
    ),
    HostFunction(
        "discipline_active",
        reading.discipline_active,
        {},
        "string",
        "Hukuman disiplin terberat yang sedang dijalani: NONE, LIGHT, MEDIUM atau HEAVY.",
    ),
    HostFunction(
        "previous_predicate",
        reading.previous_predicate,
        {},
        "string",
        "Predikat terakhir sebelum periode ini: SB, B, BP, K, SK, atau null.",
    ),
    HostFunction(
        "summarise_ratings",
        reading.summarise_ratings,
        {"answers": "list<context>", "keys": "list<string>"},
        _SUMMARY,
        "Ringkasan jawaban anonim: banyaknya, rata-rata per nilai, rata-rata seluruhnya, "
        "terendah. Kurang dari 3 jawaban disembunyikan (suppressed).",
    ),
    HostFunction(
        "own_ratings",
        reading.own_ratings,
        {"answers": "context", "keys": "list<string>"},
        _SUMMARY,
        "Ringkasan penilaian satu orang; tidak pernah disembunyikan.",
    ),
    HostFunction(
        "quarter_raters",
        segments.quarter_raters,
        {},
        "context<parts: list<context<rater: number, name: string, first: date, last: date, "
        "days: number>>, earlier: list<context<rater: number, name: string, days: number>>>",
        "Siapa pejabat penilai pada hari-hari triwulan ini, dan siapa yang sudah bukan penilai "
        "(earlier, masih bekerja, yang terlama lebih dahulu). Tanpa mutasi, earlier kosong.",
    ),
    HostFunction(
        "ratings_by_days",
        segments.ratings_by_days,
        {
            "own": "context",
            "quarter": "context",
            "asked": "list<context>",
            "answers": "list<context>",
            "keys": "list<string>",
        },
        "context<count: number, suppressed: boolean, means: context, mean: number, "
        "lowest: number, raters: list<context<name: string, days: number, mean: number>>>",
        "Penilaian atasan ditimbang menurut hari bersama penilai sebelumnya yang menjawab. raters "
        "kosong bila hanya satu orang yang menilai.",
    ),
    HostFunction(
        "working_day",
        reading.working_day,
        {"days": "number"},
        "date and time",
        "Akhir (16.00 WIB) hari kerja ke-n dari sekarang.",
    ),
)
SERVICES = (
    ServiceTask(
        "choose_raters",
        writing.choose_raters,
        {"proposed": "list<number>", "struck": "list<number>", "random": "number"},
        "context<peers: list<number>, subordinates: list<number>, seed: string, "
        "pool: list<number>, refused: list<context<person: number, reason: string>>>",
        "Menetapkan penilai: paling banyak 3 usulan ditambah undian (random) dengan benih yang "
        "dicatat; yang dicoret atau berhalangan diganti undian; bawahan semua bila paling "
        "banyak 8, selebihnya diundi 8.",
    ),
    ServiceTask(
        "unit_facts",
        writing.unit_facts,
        {},
        "context<unit: string, public_facing: boolean, skm_index: number, skm_responses: number, "
        "complaints: number, complaints_upheld: number, service_areas: list<context>, "
        "gap: boolean>",
        "Data unit pada periode ini: SKM, pengaduan, indikator layanan. Gagal bila belum dicatat.",
    ),
    ServiceTask(
        "disclose_result",
        writing.disclose_result,
        {
            "predicate": "string",
            "result_rating": "string",
            "behaviour_rating": "string",
            "result_score": "number",
            "behaviour_score": "number",
            "note": "string",
            "ratings": "list<number>",
        },
        "context<result: number, disclosed_on: date, objection_until: date>",
        "Membuka hasil kepada pegawai dan mencatatnya; sekali untuk setiap berkas. "
        "Keberatan dapat diajukan sampai objection_until (14 hari). ratings: nilai atasan satu per "
        "satu, untuk statistik kewajaran.",
    ),
    ServiceTask(
        "open_followup",
        writing.open_followup,
        {"kind": "string", "detail": "string"},
        "number",
        "Membuka tindak lanjut: COACHING, REFERRAL, SERVICE_GAP, NOMINATION atau "
        "FAIRNESS_REVIEW; sekali per jenis dan berkas (SERVICE_GAP sekali per unit dan periode).",
    ),
    ServiceTask(
        "notify",
        writing.notify,
        {"to": "list<number>", "notice": "string", "values": "context"},
        "number",
        "Memberi tahu pegawai; notice adalah kunci di [notices] pada messages.toml.",
    ),
)
