"""What a designer may choose from for daily activities, with types and a description."""

from __future__ import annotations

from engine.ports import HostFunction, ServiceTask
from hr.process_bindings import acting

_TOTALS = (
    "minutes: number, entries: number, days_filed: number, days_non_conforming: number, "
    "unreviewed: number"
)
FUNCTIONS = (
    HostFunction(
        "activity_totals",
        acting.activity_totals,
        {},
        f"context<{_TOTALS}, copied: number>",
        "Jumlah aktivitas pegawai pada bulan berkas ini sampai sekarang; copied adalah banyaknya "
        "entri yang teksnya sama pada lima hari atau lebih.",
    ),
    HostFunction(
        "unreviewed_share",
        acting.unreviewed_share,
        {},
        "number",
        "Bagian entri bawahan (0 sampai 1) yang tidak ditinjau pegawai ini pada bulan yang sudah "
        "ditutup. Masukan DT08 untuk atasan.",
    ),
)
SERVICES = (
    ServiceTask(
        "open_activity_month",
        acting.open_activity_month,
        {},
        "context<first_day: date, last_day: date, closes_at: date and time, working_days: number>",
        "Membuka bulan aktivitas pegawai; ditutup dua hari kerja sesudah akhir bulan.",
    ),
    ServiceTask(
        "close_activity_month",
        acting.close_activity_month,
        {},
        f"context<{_TOTALS}>",
        "Menutup bulan: yang belum ditinjau diterima dan dihitung terhadap atasan; menjumlahkan.",
    ),
)
