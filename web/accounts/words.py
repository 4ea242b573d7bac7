"""What the pages of administrators say about roles and about what is wrong with a form."""

from __future__ import annotations

from web.language import gettext


def role_words(role: str) -> str:
    """Name a role that somebody can be given."""
    return {
        "ADM": gettext("Administrator"),
        "AUD": gettext("Pemeriksa (Inspektorat)"),
        "DSN": gettext("Perancang proses"),
        "HRC": gettext("Badan kepegawaian"),
        "HRO": gettext("Kepegawaian unit"),
        "PPK": gettext("Pejabat pembina kepegawaian"),
        "TIM": gettext("Tim penilai kinerja"),
        "TRN": gettext("Pengelola pelatihan"),
    }.get(role, role)


def wrong(path: str) -> str:
    """Say what a form lacks, by the field that the command named."""
    return {
        "nip": gettext(
            "NIP itu tidak ada di direktori, atau bukan NIP yang benar. "
            "Untuk pegawai baru, isi juga namanya."
        ),
        "reason": gettext("Tulis alasannya, paling banyak 500 huruf."),
        "role": gettext("Pilih salah satu peran."),
        "unit_id": gettext("Pilih unit untuk kepegawaian unit; peran lain berlaku untuk kota."),
        "valid_to": gettext("Tanggal akhir tidak boleh sebelum tanggal mulai."),
        "last_day": gettext("Pilih hari terakhir yang berada dalam masa peran itu."),
        "group_name": gettext("Isi nama kelompok seperti di penyedia identitas."),
        "day": gettext("Isi tanggal yang benar."),
        "name": gettext("Isi nama hari libur itu."),
        "closes": gettext("Isi jam buka dan jam tutup; tutup sesudah buka."),
        "zone": gettext("Pilih salah satu zona waktu."),
    }.get(path, gettext("Periksa isian Anda. Tidak ada yang berubah."))
