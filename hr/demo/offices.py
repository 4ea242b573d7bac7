"""The offices of the synthetic city, their posts and what they plan; sizes from domain.md §6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hr.demo.names import words

# title, kind, grade
PostKind = tuple[str, str, int]
# plan, indicator, measure, dimension, direction, weight, target
PlanKind = tuple[str, str, str, str, str, int, int]

REGISTRY, AGENCY, INSPECTION = "REGISTRY", "AGENCY", "INSPECTION"


@dataclass(frozen=True)
class Profile:
    """What the offices of one sort look like below their head.

    section -- the sort of the lowest units, what they are called, and how many work in one
    """

    division: str
    topics: Sequence[str]
    section_kind: str
    section: str
    places: Sequence[str]
    chief: PostKind
    staff: Sequence[PostKind]
    plans: Sequence[PlanKind]
    team: int = 9


@dataclass(frozen=True)
class Office:
    """An office with the number of its people; `public` says whether citizens come there."""

    name: str
    people: int
    profile: Profile
    public: bool = False
    mark: str = ""


_PLACES = words(
    "Melati Mawar Kenanga Cempaka Flamboyan Anggrek Teratai Dahlia Bougenville Kamboja Seruni "
    "Sakura Merpati Garuda Rajawali Cendrawasih Nuri Kutilang Elang Camar"
)
_CLERK: PostKind = ("Pengadministrasi Perkantoran", "PELAKSANA", 5)
_KEEPER: PostKind = ("Pengelola Umum", "PELAKSANA", 6)
_OPERATOR: PostKind = ("Operator Layanan Operasional", "PELAKSANA", 5)
_CHIEF: PostKind = ("Kepala Seksi", "PENGAWAS", 9)

_DESK_PLANS: Sequence[PlanKind] = (
    (
        "Dokumen program tersusun sesuai rencana",
        "Dokumen selesai",
        "dokumen",
        "contribution",
        "HIGHER",
        30,
        12,
    ),
    ("Naskah tanpa perbaikan berulang", "Naskah diterima", "%", "quality", "HIGHER", 25, 90),
    ("Surat dan berkas terselesaikan", "Berkas", "berkas", "quantity", "HIGHER", 20, 120),
    ("Penyelesaian sesuai tenggat", "Tepat waktu", "%", "time", "HIGHER", 15, 95),
    ("Usulan perbaikan cara kerja", "Usulan dipakai", "usulan", "innovation", "HIGHER", 10, 2),
)
_COUNTER_PLANS: Sequence[PlanKind] = (
    (
        "Pelayanan dokumen kependudukan tuntas",
        "Dokumen terbit",
        "dokumen",
        "contribution",
        "HIGHER",
        30,
        400,
    ),
    ("Data tercatat tanpa kesalahan", "Data benar", "%", "quality", "HIGHER", 25, 98),
    ("Permohonan diverifikasi", "Permohonan", "berkas", "quantity", "HIGHER", 15, 500),
    ("Permohonan selesai tepat waktu", "Tepat waktu", "%", "time", "HIGHER", 10, 95),
    ("Gagasan perbaikan loket", "Gagasan dipakai", "gagasan", "innovation", "HIGHER", 10, 2),
    ("Waktu tunggu warga", "Menit menunggu", "menit", "service", "LOWER", 10, 20),
)
_SCHOOL_PLANS: Sequence[PlanKind] = (
    ("Ketuntasan belajar peserta didik", "Siswa tuntas", "%", "contribution", "HIGHER", 30, 85),
    ("Mutu perangkat ajar", "Perangkat layak", "%", "quality", "HIGHER", 25, 90),
    ("Jam tatap muka terlaksana", "Jam", "jam", "quantity", "HIGHER", 20, 288),
    ("Penilaian dilaporkan tepat waktu", "Tepat waktu", "%", "time", "HIGHER", 15, 95),
    ("Kepuasan orang tua", "Indeks", "indeks", "service", "HIGHER", 10, 80),
)
_CLINIC_PLANS: Sequence[PlanKind] = (
    ("Pasien terlayani sesuai standar", "Pasien", "orang", "contribution", "HIGHER", 30, 600),
    ("Rekam medis lengkap", "Lengkap", "%", "quality", "HIGHER", 25, 95),
    ("Kunjungan rumah dan posyandu", "Kunjungan", "kali", "quantity", "HIGHER", 20, 18),
    ("Laporan bulanan tepat waktu", "Tepat waktu", "%", "time", "HIGHER", 15, 100),
    ("Waktu tunggu pasien", "Menit menunggu", "menit", "service", "LOWER", 10, 30),
)

_SECRETARIAT = Profile(
    "Bagian",
    ("Organisasi", "Umum", "Hukum", "Tata Pemerintahan", "Perekonomian", "Kesra"),
    "SECTION",
    "Subbagian",
    ("Penyusunan", "Pelaporan", "Evaluasi"),
    ("Kepala Subbagian", "PENGAWAS", 9),
    (("Analis Kebijakan", "JF", 8), ("Perencana", "JF", 8), _CLERK),
    _DESK_PLANS,
    5,
)
_DESK = Profile(
    "Bidang",
    ("Perencanaan", "Pembinaan", "Pengendalian", "Pengembangan", "Data dan Informasi", "Sarana"),
    "SECTION",
    "Seksi",
    ("Program", "Evaluasi", "Layanan", "Kerja Sama"),
    _CHIEF,
    (
        ("Analis Kebijakan", "JF", 8),
        ("Perencana", "JF", 8),
        ("Arsiparis", "JF", 7),
        _KEEPER,
        _CLERK,
    ),
    _DESK_PLANS,
)
_PERSONNEL = Profile(
    "Bidang",
    ("Kinerja dan Disiplin", "Pengembangan Kompetensi", "Mutasi dan Promosi"),
    "SECTION",
    "Subbidang",
    ("Penilaian Kinerja", "Informasi Kepegawaian", "Diklat"),
    ("Kepala Subbidang", "PENGAWAS", 9),
    (("Analis SDM Aparatur", "JF", 9), ("Pranata Komputer", "JF", 8), _KEEPER),
    _DESK_PLANS,
)
_AUDIT = Profile(
    "Inspektur Pembantu",
    ("Wilayah I", "Wilayah II"),
    "SECTION",
    "Tim",
    ("Audit Kinerja", "Audit Kepegawaian"),
    ("Ketua Tim Auditor", "PENGAWAS", 10),
    (("Auditor", "JF", 9), _CLERK),
    _DESK_PLANS,
)
_COUNTER = Profile(
    "Bidang",
    ("Pelayanan Pendaftaran Penduduk", "Pelayanan Pencatatan Sipil", "Pengelolaan Informasi"),
    "SECTION",
    "Seksi",
    ("Identitas Penduduk", "Pindah Datang", "Kelahiran", "Perkawinan", "Pendataan"),
    _CHIEF,
    (("Administrator Database Kependudukan", "JF", 8), _OPERATOR, _KEEPER),
    _COUNTER_PLANS,
)
_SCHOOLS = Profile(
    "Bidang",
    (
        *("Pembinaan SD", "Pembinaan SMP", "Pembinaan PAUD"),
        *(f"Satuan Pendidikan Wilayah {place}" for place in _PLACES),
    ),
    "SCHOOL",
    "SD Negeri",
    _PLACES,
    ("Kepala Sekolah", "PENGAWAS", 10),
    (
        ("Guru Ahli Pertama", "JF", 8),
        ("Guru Ahli Muda", "JF", 9),
        ("Guru Ahli Madya", "JF", 11),
        _OPERATOR,
    ),
    _SCHOOL_PLANS,
    14,
)
_CLINICS = Profile(
    "Bidang",
    ("Pelayanan Kesehatan", "Kesehatan Masyarakat", "Pencegahan Penyakit"),
    "CLINIC",
    "Puskesmas",
    _PLACES,
    ("Kepala Puskesmas", "PENGAWAS", 10),
    (
        ("Perawat Terampil", "JF", 6),
        ("Perawat Mahir", "JF", 7),
        ("Bidan", "JF", 7),
        ("Dokter Ahli Muda", "JF", 10),
        _CLERK,
    ),
    _CLINIC_PLANS,
    13,
)
_FIELD = Profile(
    "Bidang",
    ("Operasi", "Lalu Lintas", "Sarana", "Pengujian"),
    "SECTION",
    "Seksi",
    ("Utara", "Selatan", "Timur", "Barat", "Tengah"),
    _CHIEF,
    (
        ("Penata Layanan Operasional", "PELAKSANA", 7),
        _OPERATOR,
        ("Penguji Kendaraan Bermotor", "JF", 7),
    ),
    _COUNTER_PLANS,
    12,
)
_DISTRICT = Profile(
    "Kelurahan",
    _PLACES[:11],
    "VILLAGE",
    "Seksi",
    ("Pemerintahan", "Kesejahteraan"),
    _CHIEF,
    (("Penata Layanan Operasional", "PELAKSANA", 7), _OPERATOR, _CLERK),
    _COUNTER_PLANS,
    6,
)

_TOP = "Sekretariat Daerah"
_BKPP = "Badan Kepegawaian, Pendidikan dan Pelatihan"
_DUKCAPIL = "Dinas Kependudukan dan Pencatatan Sipil"
SMALL: Sequence[Office] = (
    Office(_TOP, 14, _SECRETARIAT),
    Office(_BKPP, 26, _PERSONNEL, mark=AGENCY),
    Office("Inspektorat", 16, _AUDIT, mark=INSPECTION),
    Office(_DUKCAPIL, 42, _COUNTER, public=True, mark=REGISTRY),
    Office("Dinas Pendidikan", 84, _SCHOOLS, public=True),
    Office("Dinas Kesehatan", 58, _CLINICS, public=True),
)
_OTHERS = words(
    "Badan Perencanaan Pembangunan Daerah;Badan Riset dan Inovasi Daerah;Badan Pengelola Keuangan "
    "dan Aset Daerah;Badan Pendapatan Daerah;Badan Kesatuan Bangsa dan Politik;Badan "
    "Penanggulangan Bencana Daerah;Sekretariat DPRD;Dinas Penataan Ruang;Dinas Perumahan dan "
    "Kawasan Permukiman;Dinas Ketahanan Pangan;Dinas Lingkungan Hidup;Dinas Pengendalian Penduduk "
    "dan KB;Dinas Arsip dan Perpustakaan;Dinas Perikanan;Dinas Pertanian;Dinas Perdagangan;Dinas "
    "Perindustrian;Dinas Koperasi dan Usaha Mikro;Dinas Penanaman Modal dan PTSP;Dinas Kepemudaan "
    "dan Olah Raga;Dinas Kebudayaan dan Pariwisata;Dinas Sosial;Dinas Tenaga Kerja;Dinas "
    "Pemberdayaan Perempuan dan PA;Dinas Kominfo, Statistik dan Persandian",
    ";",
)
_DISTRICTS = words(
    "Semarang Tengah;Semarang Barat;Semarang Utara;Semarang Timur;Semarang Selatan;Gayamsari;"
    "Genuk;Gunungpati;Gajah Mungkur;Banyumanik;Tugu;Ngaliyan;Tembalang;Pedurungan;Mijen;Candisari",
    ";",
)
CITY: Sequence[Office] = (
    Office(_TOP, 180, _SECRETARIAT),
    Office(_BKPP, 105, _PERSONNEL, mark=AGENCY),
    Office("Inspektorat", 120, _AUDIT, mark=INSPECTION),
    Office(_DUKCAPIL, 150, _COUNTER, public=True, mark=REGISTRY),
    Office("Dinas Pendidikan", 6901, _SCHOOLS, public=True),
    Office("Dinas Kesehatan", 2050, _CLINICS, public=True),
    Office("RSD KRMT Wongsonegoro", 800, _CLINICS, public=True),
    Office("Dinas Perhubungan", 450, _FIELD, public=True),
    Office("Dinas Pekerjaan Umum", 450, _FIELD),
    Office("Satuan Polisi Pamong Praja", 300, _FIELD),
    Office("Dinas Pemadam Kebakaran", 225, _FIELD),
    *(Office(name, 77, _DESK) for name in _OTHERS),
    *(Office(f"Kecamatan {name}", 84, _DISTRICT, public=True) for name in _DISTRICTS),
)
SIZES = {"small": SMALL, "city": CITY}
