"""What is said in Indonesian about an answer that does not fit; screens translate by its code."""

from __future__ import annotations

from engine.errors import Problem
from engine.forms.model import Field

MESSAGES = {
    "required": "{label} wajib diisi.",
    "must_tick": "{label} harus dicentang.",
    "not_text": "{label}: isi dengan teks.",
    "too_long": "{label} paling panjang {limit} huruf.",
    "too_short": "{label} paling sedikit {limit} huruf.",
    "email": "{label}: tulis alamat surel yang lengkap, misalnya nama@kota.go.id.",
    "pattern": "{label}: bentuknya tidak sesuai.",
    "not_number": "{label}: isi dengan angka.",
    "unclear_number": "{label}: {limit} dapat dibaca dengan dua cara; tulis tanpa titik ribuan.",
    "whole_number": "{label}: isi dengan bilangan bulat.",
    "too_many_decimals": "{label}: paling banyak {limit} angka di belakang koma.",
    "too_small": "{label} paling kecil {limit}.",
    "too_large": "{label} paling besar {limit}.",
    "not_date": "{label}: tulis tanggal yang ada, misalnya 31/12/2026.",
    "not_time": "{label}: tulis jam, misalnya 09.30.",
    "not_datetime": "{label}: tulis tanggal dan jam, misalnya 31/12/2026 09:30.",
    "past": "{label}: tanggal ini sudah lewat.",
    "not_an_option": "{label}: pilih dari pilihan yang ada.",
    "too_few_choices": "{label}: pilih sedikitnya {limit}.",
    "too_many_choices": "{label}: pilih paling banyak {limit}.",
    "not_a_file": "{label}: {limit} tidak dapat diterima; unggah PDF, JPG, PNG, XLSX, atau DOCX.",
    "file_too_large": "{label}: {limit} lebih besar dari 10 MB.",
    "too_many_files": "{label}: paling banyak {limit} berkas.",
    "too_few_rows": "{label}: isi sedikitnya {limit} baris.",
    "too_many_rows": "{label}: paling banyak {limit} baris.",
}


def problem_at(path: str, item: Field, code: str, limit: str) -> Problem:
    """Say what is wrong at one field; a form's own words about a pattern come first."""
    own = limit if code == "pattern" else ""
    said = own or MESSAGES[code].format(label=item.label or item.key, limit=limit)
    return Problem(path, code, said, limit)
