"""Words of the pages about people: kinds of records, faults of files, findings, changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hr.columns import FOREVER
from hr.dossier.findings import Finding
from hr.dossier.queries import said
from hr.sheets import Fault
from web import language
from web.language import gettext


def kind_words(kind: str) -> str:
    """Name a kind of records."""
    return {
        "annual_predicate": gettext("Predikat tahunan"),
        "education": gettext("Pendidikan"),
        "qualification": gettext("Ujian dan uji kompetensi"),
        "functional_credit": gettext("Angka kredit"),
        "career_break": gettext("Cuti di luar tanggungan negara"),
        "sanction": gettext("Hukuman disiplin"),
        "leave": gettext("Cuti dan perjalanan dinas"),
        "attendance_month": gettext("Kehadiran per bulan"),
        "attendance_mark": gettext("Keterlambatan dan ketidakhadiran"),
        "award": gettext("Penghargaan"),
        "learning_credit": gettext("Jam pelajaran (JP)"),
        "competence_level": gettext("Tingkat kompetensi"),
        "holding": gettext("Jabatan"),
        "person_rank": gettext("Pangkat"),
        "competence": gettext("Daftar kompetensi"),
        "competence_standard": gettext("Standar kompetensi jabatan"),
        "course": gettext("Katalog pelatihan"),
        "course_session": gettext("Jadwal pelatihan"),
        "training_budget": gettext("Anggaran pelatihan"),
        "unit_facts": gettext("SKM dan pengaduan per unit"),
        "service_area": gettext("Indikator layanan per unit"),
        "team_member": gettext("Anggota tim penilai kinerja"),
        "goals": gettext("Visi, misi, tujuan dan IKU"),
    }.get(kind, kind)


def about_words(name: str) -> str:
    """Name what may be put right about a person."""
    return {
        "name": gettext("Nama"),
        "email": gettext("Surel"),
        "phone": gettext("Telepon"),
        "education": gettext("Pendidikan (kode)"),
        "other": gettext("Catatan lain"),
    }.get(name, name)


def correction_problem(path: str) -> str:
    """Say what keeps a correction from being made."""
    return {
        "reason": gettext("Isi alasannya."),
        "name": gettext("Nama harus terisi, paling banyak 160 huruf."),
        "email": gettext("Tulis surel seperti nama@kota.go.id, atau kosongkan."),
        "phone": gettext("Nomor telepon paling banyak 30 tanda."),
        "education": gettext("Tulis kode pendidikan seperti SLTA, D3, S1 atau S2."),
        "value": gettext("Tulis apa yang seharusnya tercatat."),
    }.get(path, gettext("Pilih data mana yang keliru."))


def column_words(column: str, of: str = "") -> str:
    """Name a column of records; those of files keep their own names.

    of -- the kind of records, where a column means another thing in it
    """
    if column == "measure" and of != "sanction":
        return gettext("Satuan")
    return {
        "year": gettext("Tahun"),
        "month": gettext("Bulan"),
        "day": gettext("Hari"),
        "code": gettext("Kode"),
        "predicate": gettext("Predikat"),
        "objected": gettext("Keberatan terbuka"),
        "level": gettext("Tingkat"),
        "institution": gettext("Lembaga"),
        "graduated_on": gettext("Lulus"),
        "kind": gettext("Jenis"),
        "result": gettext("Hasil"),
        "number": gettext("Nomor"),
        "held_on": gettext("Tanggal"),
        "credit": gettext("Angka kredit"),
        "decree": gettext("Nomor keputusan"),
        "measure": gettext("Hukuman"),
        "name": gettext("Nama"),
        "given_on": gettext("Diberikan"),
        "title": gettext("Judul"),
        "competence": gettext("Kompetensi"),
        "learning_hours": gettext("JP"),
        "completed_on": gettext("Tanggal selesai"),
        "valid_from": gettext("Mulai berlaku"),
        "valid_to": gettext("Sampai"),
        "working_days": gettext("Hari kerja"),
        "present_days": gettext("Hadir"),
        "late_days": gettext("Terlambat"),
        "early_days": gettext("Pulang cepat"),
        "absent_days": gettext("Tanpa keterangan"),
        "leave_days": gettext("Cuti/dinas"),
        "unit": gettext("Unit"),
        "post": gettext("Jabatan"),
        "period": gettext("Periode"),
        "course": gettext("Pelatihan"),
        "modality": gettext("Cara"),
        "cost": gettext("Biaya"),
        "starts_on": gettext("Tanggal mulai"),
        "ends_on": gettext("Tanggal selesai"),
        "place": gettext("Tempat"),
        "seats": gettext("Kursi"),
        "amount": gettext("Anggaran"),
        "public_facing": gettext("Melayani masyarakat"),
        "skm_index": gettext("Indeks SKM"),
        "skm_responses": gettext("Responden"),
        "complaints": gettext("Pengaduan"),
        "complaints_upheld": gettext("Pengaduan terbukti"),
        "indicator": gettext("Indikator"),
        "direction": gettext("Arah"),
        "target": gettext("Target"),
        "actual": gettext("Realisasi"),
        "parent": gettext("Induk"),
        "text": gettext("Uraian"),
        "formula": gettext("Rumus"),
        "source": gettext("Sumber data"),
        "baseline": gettext("Nilai awal"),
        "dimension": gettext("Dimensi"),
    }.get(column, column)


def value_words(column: str, value: Any) -> str:
    """Say a value of a record."""
    if isinstance(value, bool):
        return gettext("Ya") if value else gettext("Tidak")
    if isinstance(value, date):
        if value == FOREVER:
            return gettext("seterusnya")
        return language.month(value) if column == "month" else language.day_only(value)
    text = said(value)
    return code_words(text) if column in ("kind", "result", "level", "code") else text


def code_words(code: str) -> str:
    """Say what a code of a record stands for; what has no words of its own is a name already."""
    return {
        "ANNUAL": gettext("Cuti tahunan"),
        "SICK": gettext("Cuti sakit"),
        "MATERNITY": gettext("Cuti melahirkan"),
        "IMPORTANT": gettext("Cuti alasan penting"),
        "TRAVEL": gettext("Perjalanan dinas"),
        "LIGHT": gettext("Ringan"),
        "MEDIUM": gettext("Sedang"),
        "HEAVY": gettext("Berat"),
        "PASSED": gettext("Lulus"),
        "EXEMPT": gettext("Dibebaskan"),
        "FAILED": gettext("Tidak lulus"),
        "SERVICE_EXAM_1": gettext("Ujian dinas tingkat I"),
        "SERVICE_EXAM_2": gettext("Ujian dinas tingkat II"),
        "DIPLOMA_EXAM": gettext("Ujian penyesuaian ijazah"),
        "COMPETENCE_TEST": gettext("Uji kompetensi"),
        "VACANCY": gettext("Formasi tersedia"),
        "EXCEPTIONAL_DECREE": gettext("Keputusan prestasi luar biasa"),
    }.get(code, code)


def finding_words(finding: Finding) -> str:
    """Say what does not fit together in a person's records."""
    what = kind_words(finding.kind)
    when = _when(finding.first, finding.last)
    return {
        "OVERLAP": gettext("%(what)s: dua baris bertumpuk, %(when)s.", what=what, when=when),
        "GAP": gettext("%(what)s: tidak ada catatan %(when)s.", what=what, when=when),
        "DURING_BREAK": gettext(
            "%(what)s %(when)s tercatat selama cuti di luar tanggungan negara.",
            what=what,
            when=when,
        ),
        "ABSENT_ON_LEAVE": gettext(
            "Tanpa keterangan %(when)s, padahal hari itu cuti atau dinas.", when=when
        ),
        "SUM": gettext(
            "%(what)s %(when)s: jumlah harinya melebihi hari kerja.", what=what, when=when
        ),
        "EDUCATION": gettext(
            "Pendidikan di data pokok lebih rendah daripada ijazahnya (%(said)s).",
            said=finding.said,
        ),
        "NO_PREDICATE": gettext("Predikat tahun %(year)s belum tercatat.", year=finding.said),
        "NO_RANK": gettext("Pangkat belum tercatat."),
    }.get(finding.code, finding.code)


def _when(first: date | None, last: date | None) -> str:
    if first is None:
        return ""
    if last is None or last == first:
        return language.day_only(first)
    if last == FOREVER:
        return gettext("sejak %(day)s", day=language.day_only(first))
    return f"{language.day_only(first)} – {language.day_only(last)}"


def check_words(code: str) -> str:
    """Name what a check of the whole directory found."""
    return {
        "CIRCLE": gettext("Garis penilaian melingkar"),
        "NO_RATER": gettext("Pegawai tanpa pejabat penilai"),
        "NO_POST": gettext("Pegawai tanpa jabatan"),
        "POST_GONE": gettext("Memegang jabatan yang sudah tidak ada"),
        "CROWDED": gettext("Pemegang lebih banyak daripada kursi"),
        "TWO_POSTS": gettext("Memegang lebih dari satu jabatan"),
        "LEFT_ACTING": gettext("Plt/Plh yang sudah tidak bertugas"),
        "VACANT": gettext("Jabatan kosong tanpa Plt"),
    }.get(code, code)


def posting_problem(code: str) -> str:
    """Say why nobody was appointed to a post."""
    return {
        "unknown": gettext(
            "Nama atau NIP itu tidak dikenal, atau dipakai beberapa pegawai. Tulis NIP-nya."
        ),
        "day": gettext("Isi tanggalnya."),
        "required": gettext("Isi nomor surat keputusannya."),
        "length": gettext("Nomor surat keputusan paling panjang 80 huruf."),
        "before_start": gettext("Hari terakhir sebelum hari pertama."),
        "left": gettext("Pegawai itu tidak bertugas pada hari-hari itu."),
        "holder": gettext("Pegawai itu sendiri memegang jabatan ini pada hari-hari itu."),
        "overlap": gettext("Untuk hari-hari itu sudah ada pelaksana di jabatan ini."),
        "post_gone": gettext("Jabatan ini tidak ada pada hari-hari itu."),
        "earlier": gettext("Jabatannya yang lain baru mulai pada atau sesudah hari itu."),
        "range": gettext("Pilih hari dari kemarin sampai sebelum hari terakhirnya."),
    }.get(code, gettext("Periksa kembali isiannya."))


def fault_words(fault: Fault) -> str:
    """Say what is wrong in a row of a file."""
    found, wanted = fault.found, fault.wanted
    return {
        "empty": gettext("Berkas kosong; baris pertama harus memuat nama kolom."),
        "columns": gettext("Baris pertama belum memuat kolom %(wanted)s.", wanted=wanted),
        "encoding": gettext("Berkas ini bukan CSV (UTF-8) dan bukan buku kerja XLSX."),
        "quotes": gettext("Baris CSV tidak dapat dibaca: %(found)s.", found=found),
        "too_large": gettext("Buku kerja ini terlalu besar setelah dibuka."),
        "required": gettext("Harus diisi."),
        "option": gettext(
            "“%(found)s” tidak dikenal; pilihannya %(wanted)s.", found=found, wanted=wanted
        ),
        "day": gettext(
            "Tanggal harus seperti 2026-02-10 atau 10/2/2026, bukan “%(found)s”.", found=found
        ),
        "year": gettext("Tahun harus empat angka, bukan “%(found)s”.", found=found),
        "number": gettext("Harus angka %(wanted)s, bukan “%(found)s”.", found=found, wanted=wanted),
        "yes": gettext("Harus ya atau tidak, bukan “%(found)s”.", found=found),
        "length": gettext("Paling panjang %(wanted)s huruf.", wanted=wanted),
        "mail": gettext("“%(found)s” bukan alamat surel.", found=found),
        "rounded": gettext(
            "Angka NIP dibulatkan oleh lembar kerja (%(found)s); simpan kolomnya sebagai teks.",
            found=found,
        ),
        "nip": gettext("“%(found)s” bukan NIP 18 angka yang benar.", found=found),
        "twice": gettext(
            "NIP %(found)s sudah ada di baris %(wanted)s.", found=found, wanted=wanted
        ),
        "nobody": gettext("Tidak ada pegawai dengan NIP %(found)s.", found=found),
        "before_start": gettext("Hari terakhir sebelum hari pertama."),
        "unknown_unit": gettext(
            "Unit “%(found)s” tidak ada di berkas maupun di direktori; isi namanya bila unit baru.",
            found=found,
        ),
        "unknown_post": gettext(
            "Jabatan “%(found)s” tidak ada di berkas maupun di direktori.", found=found
        ),
        "new_post": gettext("Harus diisi untuk jabatan baru (%(found)s).", found=found),
        "contradiction": gettext(
            "“%(found)s” bertentangan dengan baris %(wanted)s.", found=found, wanted=wanted
        ),
        "moved": gettext(
            "Unit ini berada di bawah %(wanted)s; unit yang pindah memerlukan kode baru.",
            wanted=wanted,
        ),
        "circle": gettext("Garis penilaiannya melingkar (%(found)s).", found=found),
        "own_row": gettext("Baris ini tentang Anda sendiri; petugas lain yang mengimpornya."),
        "earlier": gettext(
            "Harus sesudah %(wanted)s, saat yang sekarang berlaku mulai.", wanted=wanted
        ),
    }.get(fault.code, fault.message)


def change_words(how: str) -> str:
    """Say what a row of a file does to a person."""
    return {
        "ADDED": gettext("Baru"),
        "CHANGED": gettext("Berubah"),
        "ENDED": gettext("Berakhir"),
    }[how]


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Give field, before and after of what differs, for the eye."""
    labels = {
        "name": gettext("Nama"),
        "rank": gettext("Pangkat"),
        "rank_since": gettext("Pangkat mulai"),
        "post": gettext("Jabatan"),
        "post_since": gettext("Jabatan mulai"),
        "email": gettext("Surel"),
        "phone": gettext("Telepon"),
        "education": gettext("Pendidikan"),
        "left_on": gettext("Hari terakhir bertugas"),
        "joined_on": gettext("Mulai bertugas"),
        "kind": gettext("Status ASN"),
    }
    return [
        (labels[name], str(old.get(name, "")), str(new[name])) for name in labels if name in new
    ]
