"""What the tables that make a result call things, in the reader's language.

Tables carry Indonesian names only; a name that is not known here stays as its table has it.
"""

from __future__ import annotations

from web.language import gettext


def table_words(name: str) -> str:
    """Say the name of a table, of what it asks or of what it says (DT01 to DT04, DT06, DT13)."""
    return {
        "Predikat": gettext("Predikat"),
        "Rating perilaku kerja": gettext("Rating perilaku kerja"),
        "Rating hasil kerja": gettext("Rating hasil kerja"),
        "Unit melayani publik": gettext("Unit melayani publik"),
        "Rata-rata perilaku 360": gettext("Rata-rata perilaku 360"),
        "Predikat kinerja": gettext("Predikat kinerja"),
        "Perilaku kerja": gettext("Perilaku kerja"),
        "Nilai capaian": gettext("Nilai capaian"),
        "Jenis jabatan": gettext("Jenis jabatan"),
        "Hasil kerja": gettext("Hasil kerja"),
        "Waktu": gettext("Waktu"),
        "Saran rating hasil kerja": gettext("Saran rating hasil kerja"),
        "Rekan": gettext("Rekan"),
        "Rating": gettext("Rating"),
        "Rating perilaku": gettext("Rating perilaku"),
        "Rata-rata nilai terendah": gettext("Rata-rata nilai terendah"),
        "Rata-rata 360": gettext("Rata-rata 360"),
        "Masyarakat": gettext("Masyarakat"),
        "Kuantitas": gettext("Kuantitas"),
        "Kualitas": gettext("Kualitas"),
        "Kontribusi": gettext("Kontribusi"),
        "Kehadiran": gettext("Kehadiran"),
        "Kecepatan dan kepuasan layanan": gettext("Kecepatan dan kepuasan layanan"),
        "Nilai terendah": gettext("Nilai terendah"),
        "Inovasi": gettext("Inovasi"),
        "Hukuman disiplin": gettext("Hukuman disiplin"),
        "Hukuman disiplin berjalan": gettext("Hukuman disiplin berjalan"),
        "Faktor kinerja": gettext("Faktor kinerja"),
        "Diri sendiri": gettext("Diri sendiri"),
        "Bobot penilai": gettext("Bobot penilai"),
        "Bobot dimensi": gettext("Bobot dimensi"),
        "Bobot dasar": gettext("Bobot dasar"),
        "Bawahan": gettext("Bawahan"),
        "Atasan": gettext("Atasan"),
        "Kotak talenta": gettext("Kotak talenta"),
        "Nilai predikat": gettext("Nilai predikat"),
    }.get(name, name)
