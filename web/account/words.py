"""What pages about access say in common."""

from __future__ import annotations

from web.language import gettext


def wrong_password(code: str) -> str:
    """Say what a password lacks."""
    return {
        "wrong": gettext("Kata sandi sekarang tidak cocok."),
        "too_short": gettext("Terlalu pendek; pakai sedikitnya 10 huruf atau angka."),
        "too_long": gettext("Terlalu panjang; pakai paling banyak 128 huruf atau angka."),
        "too_few_different": gettext("Terlalu mudah ditebak; pakai huruf yang lebih beragam."),
        "contains_name": gettext("Kata sandi tidak boleh memuat NIP Anda."),
    }.get(code, gettext("Pilih kata sandi lain."))
