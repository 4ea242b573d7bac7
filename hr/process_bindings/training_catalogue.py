"""What a designer may choose from for training: verbs with types and an Indonesian description."""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import training

_OPTION = "list<context<value: string, label: string>>"
_COURSE = "course: number, title: string, learning_hours: number, cost: number"
_PLACEMENT = (
    f"context<kind: string, {_COURSE}, session: number, seat: number, starts_on: date, "
    "place: string, queue: number>"
)
FUNCTIONS = (
    HostFunction(
        "training_facts",
        training.training_facts,
        {},
        "context<predicate: string, lowest_value_mean: number, "
        "quarters_service_below_target: number, competence_gap: number, learning_hours: number, "
        "month: number, service_change: boolean, new_managerial_post: boolean, "
        "competence_finding: boolean, upheld_behaviour_complaints: number, talent_box: number, "
        "months_since_course: number>",
        "Masukan DT14 tentang pegawai: predikat terakhir, kesenjangan kompetensi, JP, temuan.",
    ),
    HostFunction(
        "suggested_course",
        training.suggested_course,
        {"competence": "string", "level": "number"},
        f"context<{_COURSE}, session: number, starts_on: date, place: string, left: number>",
        "Pelatihan terdekat di atas jenjang ini, dengan jadwal yang masih ada kursinya. null "
        "bila katalog tidak memilikinya.",
    ),
    HostFunction(
        "session_options",
        training.session_options,
        {"competence": "string", "level": "number"},
        _OPTION,
        "Jadwal pelatihan yang akan datang untuk sebuah kompetensi, sebagai pilihan.",
    ),
    HostFunction(
        "course_options",
        training.course_options,
        {"competence": "string"},
        _OPTION,
        "Pelatihan dalam katalog untuk sebuah kompetensi, sebagai pilihan.",
    ),
    HostFunction(
        "training_budget",
        training.training_budget,
        {},
        "context<year: number, amount: number, booked: number, left: number>",
        "Anggaran pelatihan tahun rujukan ini: jumlah, terpakai, sisa (rupiah).",
    ),
    HostFunction(
        "training_score",
        training.training_score,
        {"cost": "number"},
        "number",
        "Nilai prioritas rujukan: prioritas x kesenjangan x jangkauan / biaya (juta rupiah).",
    ),
)
SERVICES = (
    ServiceTask(
        "merge_needs",
        training.merge_needs,
        {"signals": "list<context>", "followup": "number"},
        "context<found: boolean, referral: number, competence: string, name: string, "
        "sources: list<string>, "
        "priority: string, mandatory: boolean, level_now: number, level_needed: number, "
        "further: list<string>>",
        "Menggabungkan sinyal DT14 per kompetensi dan membuka rujukan untuk kebutuhan yang paling "
        "mendesak; kebutuhan lain menjadi tindak lanjut tersendiri. found = false bila semuanya "
        "sudah punya rujukan.",
    ),
    ServiceTask(
        "take_seat",
        training.take_seat,
        {"course": "number", "session": "number"},
        _PLACEMENT,
        "Memberi kursi (kind SEAT) atau tempat di daftar tunggu (WAITING); NONE bila tidak ada "
        "pelatihan. Dipanggil lagi: yang sudah dimiliki.",
    ),
    ServiceTask(
        "plan_course",
        training.plan_course,
        {
            "title": "string",
            "modality": "string",
            "learning_hours": "number",
            "cost": "number",
            "starts_on": "date",
            "place": "string",
            "seats": "number",
        },
        _PLACEMENT,
        "Menambah pelatihan dan jadwal baru ke katalog, dengan kursi untuk rujukan ini. modality: "
        "INTERNAL, UNIVERSITY, COACHING atau E_LEARNING.",
    ),
    ServiceTask(
        "set_referral",
        training.set_referral,
        {},
        "context<booked: boolean, left: number>",
        "Menetapkan rujukan dan membukukan biaya serta JP; booked = false bila anggaran tidak "
        "cukup.",
    ),
    ServiceTask(
        "close_referral",
        training.close_referral,
        {"state": "string", "reason": "string"},
        "context<state: string, next: string, session: number>",
        "Menutup rujukan tanpa pelatihan (REJECTED atau POSTPONED); kursinya diberikan kepada "
        "antrean berikutnya, yang disebut dalam next.",
    ),
)
