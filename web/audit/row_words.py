"""Master data in words: what kind of row was changed, and which part of it."""

from __future__ import annotations

from web.language import gettext

PERSONS = frozenset({"person_id", "rater_id", "other_id", "substitute_id", "owner_id", "proxy_id"})
"""Parts that name a person by number."""


def noun_words(noun: str) -> str:
    """Say what kind of row it is; one without words reads as it is stored."""
    return {
        "absence": gettext("Ketidakhadiran"),
        "acting_official": gettext("Pelaksana (Plt/Plh)"),
        "activity": gettext("Catatan harian"),
        "annual_predicate": gettext("Predikat tahunan"),
        "attendance_mark": gettext("Tanda kehadiran"),
        "attendance_month": gettext("Kehadiran sebulan"),
        "award": gettext("Penghargaan"),
        "campaign_cadence": gettext("Irama peluncuran"),
        "career_break": gettext("Jeda karier"),
        "competence": gettext("Kompetensi"),
        "competence_level": gettext("Tingkat kompetensi"),
        "competence_standard": gettext("Standar kompetensi"),
        "correction_request": gettext("Permintaan perbaikan data"),
        "course": gettext("Pelatihan"),
        "course_session": gettext("Jadwal pelatihan"),
        "education": gettext("Pendidikan"),
        "fairness_run": gettext("Pemeriksaan kewajaran"),
        "feedback": gettext("Umpan balik"),
        "followup": gettext("Tindak lanjut"),
        "functional_credit": gettext("Angka kredit"),
        "goals": gettext("Pohon kinerja"),
        "holiday": gettext("Hari libur"),
        "holding": gettext("Jabatan"),
        "learning_credit": gettext("Jam pelajaran"),
        "leave": gettext("Cuti"),
        "legal_hold": gettext("Penahanan penghapusan"),
        "office_rule": gettext("Aturan perangkat daerah"),
        "person": gettext("Pegawai"),
        "plan_result": gettext("Hasil rencana kinerja"),
        "proxy_entry": gettext("Pengisian oleh petugas"),
        "qualification": gettext("Kualifikasi"),
        "rater_conflict": gettext("Benturan kepentingan penilai"),
        "sanction": gettext("Hukuman disiplin"),
        "service_area": gettext("Capaian layanan"),
        "siasn_file": gettext("Berkas SIASN"),
        "training_budget": gettext("Anggaran pelatihan"),
        "training_signal": gettext("Tanda kebutuhan pelatihan"),
        "unit": gettext("Unit kerja"),
        "unit_facts": gettext("Data unit kerja"),
    }.get(noun, noun)


def code_words(code: str) -> str:
    """Say a code that a row of master data holds; any other text reads as it is."""
    return {
        "BEHAVIOUR_COMPLAINT": gettext("Pengaduan tentang perilaku"),
        "COMPETENCE_FINDING": gettext("Temuan tentang kompetensi"),
        "LOW_VALUE": gettext("Nilai rendah"),
        "SERVICE_CHANGE": gettext("Perubahan layanan"),
        "TALENT_BOX": gettext("Kotak talenta"),
    }.get(code, code)


def part_words(name: str) -> str:
    """Say which part of a row it is; one without words reads as it is stored."""
    return {
        "amount": gettext("Jumlah"),
        "case_no": gettext("Nomor perkara"),
        "code": gettext("Kode"),
        "competence": gettext("Kompetensi"),
        "day": gettext("Tanggal"),
        "ends_on": gettext("Tanggal selesai"),
        "kind": gettext("Jenis"),
        "level": gettext("Tingkat"),
        "name": gettext("Nama"),
        "note": gettext("Catatan"),
        "noted_on": gettext("Dicatat pada"),
        "office": gettext("Perangkat daerah"),
        "peer_quarters": gettext("Triwulan bertanya kepada rekan"),
        "period": gettext("Periode"),
        "person_id": gettext("Pegawai"),
        "rater_id": gettext("Penilai"),
        "reason": gettext("Alasan"),
        "source": gettext("Sumber"),
        "starts_on": gettext("Tanggal mulai"),
        "state": gettext("Keadaan"),
        "substitute_id": gettext("Pengganti"),
        "title": gettext("Judul"),
        "unit": gettext("Unit kerja"),
        "unit_id": gettext("Unit kerja"),
        "valid_from": gettext("Berlaku sejak"),
        "valid_to": gettext("Berlaku sampai"),
        "value": gettext("Nilai"),
        "year": gettext("Tahun"),
    }.get(name, name)
