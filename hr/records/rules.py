"""The codes that records are written with."""

from __future__ import annotations

PREDICATES = ("SB", "B", "BP", "K", "SK")
# Of education, the lowest first (DT11).
LEVELS = (
    *("SD", "SLTP", "SLTP_KEJURUAN", "SLTA", "D1", "D2", "SGPLB", "D3"),
    *("D4", "S1", "DOKTER", "APOTEKER", "S2", "S3"),
)
FUNCTIONAL = ("PEMULA", "TERAMPIL", "MAHIR", "PENYELIA", "PERTAMA", "MUDA", "MADYA", "UTAMA")
QUALIFICATIONS = (
    *("SERVICE_EXAM_1", "SERVICE_EXAM_2", "DIPLOMA_EXAM"),
    *("COMPETENCE_TEST", "VACANCY", "EXCEPTIONAL_DECREE"),
)
RESULTS = ("PASSED", "EXEMPT", "FAILED")
SANCTIONS = ("LIGHT", "MEDIUM", "HEAVY")
