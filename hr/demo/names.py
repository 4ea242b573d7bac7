"""Common Indonesian given names, joined at random: nobody real is meant."""

from __future__ import annotations

from random import Random


def words(text: str, between: str | None = None) -> tuple[str, ...]:
    """Split a list that is written as text."""
    return tuple(text.split(between))


MEN = words(
    "Adi Agung Agus Ahmad Aji Alfian Andi Anton Ardi Arif Aryo Bagus Bambang Bayu Beni Budi Cahyo "
    "Dani Darmawan Dedi Deni Dimas Dodi Dwi Edi Eko Fajar Faisal Farhan Feri Galih Gilang Gunawan "
    "Hadi Hari Hendra Heru Ilham Imam Indra Irfan Iwan Joko Kurnia Lukman Mulyadi Nanang Naufal "
    "Nugroho Panji Prasetyo Purnomo Rahmat Rangga Rendi Reza Ridwan Rizki Rudi Satria Setyo Sigit "
    "Slamet Subagyo Sugeng Surya Tono Taufik Teguh Toni Tri Wahyu Wawan Wibowo Yoga Yudi Yusuf"
)
WOMEN = words(
    "Aisyah Ajeng Amelia Ana Anggun Anisa Arum Astri Ayu Bunga Cahyani Citra Dewi Dian Diah Dina "
    "Eka Elisa Endah Erna Estu Evi Fatimah Fitri Galuh Gita Hana Hesti Ika Indah Intan Ira Kartika "
    "Laila Laras Lestari Lia Lina Maya Mega Melati Mira Murni Nadia Nina Nisa Novi Nurul Puspita "
    "Putri Rahma Ratih Ratna Retno Rina Rini Riska Sari Sekar Siti Sri Suci Tari Tika Tuti Ulfa "
    "Vina Wahyuni Wati Widya Wulan Yanti Yulia Yuni Zahra"
)
SECOND = words(
    "Abadi Adiputra Aditya Anggara Anugrah Ardiansyah Aryani Budiman Cahyadi Darmanto Fauzi "
    "Febrianto Firmansyah Hakim Halim Handayani Hapsari Hartono Hidayat Irawan Iskandar Kusuma "
    "Kurniawan Kusnadi Laksono Lesmana Maharani Mahendra Maulana Mulyono Nasution Novitasari "
    "Nurhayati Oktaviani Pamungkas Permana Permatasari Pertiwi Prabowo Pradana Pramono Pranata "
    "Pratama Pratiwi Puspitasari Rahardjo Rahayu Rahmawati Ramadhan Safitri Salim Santoso Saputra "
    "Sasongko Setiawan Setyaningsih Siregar Subekti Sudrajat Sulistyo Supriyadi Suryani Susanti "
    "Susilo Syahputra Utami Utomo Wardhana Wibisono Wicaksono Widodo Wijaya Winarno Wulandari "
    "Yulianti Yuniarti"
)


def invent(random: Random, sex: str) -> str:
    """Join a first and a last name, now and then with one between."""
    first = MEN if sex == "M" else WOMEN
    names = [random.choice(first)]
    if random.random() < 0.35:
        names.append(random.choice([name for name in first if name != names[0]]))
    return " ".join([*names, random.choice(SECOND)])
