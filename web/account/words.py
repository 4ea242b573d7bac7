"""What pages about access say in common."""

from __future__ import annotations

from web.language import gettext


def wrong_password(code: str) -> str:
    """Say what a password lacks."""
    return {
        "expired": gettext("Tautan ini sudah dipakai atau lewat waktunya."),
        "wrong": gettext("Kata sandi sekarang tidak cocok."),
        "too_short": gettext("Terlalu pendek; pakai sedikitnya 10 huruf atau angka."),
        "too_long": gettext("Terlalu panjang; pakai paling banyak 128 huruf atau angka."),
        "too_few_different": gettext("Terlalu mudah ditebak; pakai huruf yang lebih beragam."),
        "contains_name": gettext("Kata sandi tidak boleh memuat NIP Anda."),
        "guessable": gettext(
            "Terlalu mudah ditebak. Rangkai beberapa kata yang tidak biasa bersama; tanpa nama, "
            "tanggal lahir atau kata yang umum."
        ),
    }.get(code, gettext("Pilih kata sandi lain."))


def scope_words(scope: str) -> str:
    """Say what a program may do with a token."""
    return {
        "processes:read": gettext("melihat proses"),
        "processes:write": gettext("mengajukan versi proses"),
        "cases:read": gettext("melihat perkara"),
        "cases:write": gettext("memulai perkara"),
        "tasks:read": gettext("melihat tugas"),
        "tasks:write": gettext("mengerjakan tugas"),
        "messages:write": gettext("mengirim pesan ke perkara"),
        "history:read": gettext("membaca riwayat"),
        "files:read": gettext("mengunduh berkas"),
        "people:read": gettext("melihat data pegawai"),
        "people:write": gettext("memasukkan data pegawai dari berkas"),
        "webhooks:write": gettext("mengatur pemberitahuan ke sistem lain"),
    }.get(scope, scope)
