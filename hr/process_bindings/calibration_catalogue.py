"""What a designer may choose from for the calibration, with types and a description."""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import calibrating

_COUNTS = "context<SB: number, B: number, BP: number, K: number, SK: number>"
_LINE = (
    "context<line: number, who: string, case_no: string, before: string, predicate: string, "
    "result_rating: string, behaviour_rating: string, flags: list<string>, "
    "justification: string, reason: string>"
)
_CHANGE = (
    "context<line: number, result_rating: string, behaviour_rating: string, reason: string, "
    "by: string>"
)
FUNCTIONS = (
    HostFunction(
        "predicate_counts",
        calibrating.predicate_counts,
        {},
        _COUNTS,
        "Banyaknya tiap predikat tahunan perangkat daerah saat ini. Masukan DT05.",
    ),
    HostFunction(
        "calibration_options",
        calibrating.calibration_options,
        {"everybody": "boolean"},
        "list<context<value: string, label: string>>",
        "Penilaian yang dapat dibahas: yang bertanda, atau semua bila sebaran melanggar.",
    ),
    HostFunction(
        "flagged_appraisals",
        calibrating.flagged_appraisals,
        {},
        "list<string>",
        "Nomor penilaian yang bertanda, pilihan awal agenda: yang bertanda terbanyak dahulu,"
        " sebanyak yang dibahas satu sidang.",
    ),
    HostFunction(
        "flagged_count",
        calibrating.flagged_count,
        {},
        "number",
        "Banyaknya penilaian yang bertanda di perangkat daerah ini.",
    ),
    HostFunction(
        "agenda_lines",
        calibrating.agenda_lines,
        {},
        f"list<{_LINE}>",
        "Agenda kalibrasi menurut keadaan sekarang, dengan tanda dan penjelasan penilai.",
    ),
    HostFunction(
        "calibration_motions",
        calibrating.calibration_motions,
        {"session": "list<context>"},
        f"list<{_LINE}>",
        "Usul pimpinan sidang untuk setiap baris agenda, menurut urutan formulir.",
    ),
    HostFunction(
        "calibration_figures",
        calibrating.calibration_figures,
        {},
        "context<people: number, shown: boolean, looked_at: number, counts: context, "
        "by_rater: number, by_session: number, raised: number, lowered: number, kept: number>",
        "Angka kalibrasi tanpa nama; kosong bila kurang dari lima orang.",
    ),
)
SERVICES = (
    ServiceTask(
        "open_calibration",
        calibrating.open_calibration,
        {},
        f"context<office: string, people: number, counts: {_COUNTS}, chair: number, "
        "setter: number, beyond: number, officer: number, second_officer: number>",
        "Membuka kalibrasi perangkat daerah untuk tahun berkas ini, sekali; menyebut siapa "
        "memimpin, siapa menetapkan predikat organisasi, dan petugas BKPP yang tidak dinilai di "
        "sini.",
    ),
    ServiceTask(
        "put_on_agenda",
        calibrating.put_on_agenda,
        {"chosen": "list<number>", "chair": "number"},
        f"context<groups: list<context<rater: number, lines: list<{_LINE}>>>, "
        "voters: list<number>>",
        "Menetapkan agenda; dikelompokkan menurut penilai. Pemilih adalah pimpinan dan tim, tanpa "
        "siapa pun yang berkas atau penilaiannya dibahas.",
    ),
    ServiceTask(
        "note_justifications",
        calibrating.note_justifications,
        {"groups": "list<context>", "answers": "list<context>"},
        f"list<{_CHANGE}>",
        "Mencatat penjelasan penilai; hasilnya perubahan yang dibuat penilai sendiri.",
    ),
    ServiceTask(
        "count_votes",
        calibrating.count_votes,
        {"moved": f"list<{_LINE}>", "answers": "list<context>"},
        f"context<voters: number, quorum: boolean, carried: list<{_CHANGE}>>",
        "Menghitung suara setiap baris: berlaku bila paling sedikit tiga orang memilih dan yang "
        "setuju lebih banyak; seri berarti tetap.",
    ),
    ServiceTask(
        "apply_change",
        calibrating.apply_change,
        {"change": _CHANGE, "predicate": "string", "second_approval": "boolean"},
        "string",
        "Mengubah penilaian menurut keputusan; usulan semula tetap tersimpan.",
    ),
    ServiceTask(
        "close_calibration",
        calibrating.close_calibration,
        {"org_predicate": "string", "breaches": "list<string>", "report": "string"},
        "number",
        "Menutup kalibrasi; hasilnya banyaknya penilaian yang dilanjutkan.",
    ),
)
