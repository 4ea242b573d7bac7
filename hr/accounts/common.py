"""Words that Indonesians begin passwords with; what is common elsewhere zxcvbn knows itself."""

_WORDS = """
    alur admin administrator password sandi katasandi rahasia kunci masuk selamat pengguna operator
    pegawai asn pns pppk bkn bkd bkpsdm simpeg kinerja skp dinas badan bagian bidang seksi kantor
    kota kabupaten kecamatan kelurahan desa walikota bupati camat lurah sekda kepala staf pemkot
    indonesia merdeka garuda pancasila bhinneka nusantara jakarta bandung surabaya semarang medan
    makassar palembang denpasar yogyakarta jogja bogor depok bekasi tangerang malang solo padang
    bismillah alhamdulillah assalamualaikum insyaallah allahuakbar subhanallah astaghfirullah
    sayang sayangku cinta cintaku kamu akucintakamu iloveyou mama papa ibu bapak ayah bunda anak
    anakku keluarga bahagia sukses semangat terimakasih hati rindu kangen bismillahirrahmanirrahim
    januari februari maret april mei juni juli agustus september oktober november desember senin
    selasa rabu kamis jumat sabtu minggu satu dua tiga empat lima enam tujuh delapan sembilan
    persib persija arema persebaya bola kucing anjing macan singa naga ayam bintang bulan matahari
    hujan pelangi mawar melati bunga kopi nasi goreng bakso rendang sate merah putih hitam biru
    hijau kuning agus budi siti dewi putri putra wahyu nur sri muhammad ahmad ali andi rizki fitri
    ratna indah ayu lestari wulandari saputra setiawan nugroho santoso hidayat kurniawan pratama
"""
WORDS = tuple(_WORDS.split())
