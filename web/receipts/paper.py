"""The receipt as a PDF/A: data goes into the template as JSON, nothing is pasted."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from engine.queries.receipts import ReceiptView
from hr.typesetting import pdf
from web import language
from web.language import gettext


def grouped(code: str) -> str:
    """Write a code so that it can be read aloud: `9f3a 02bc 77d1 e40a`."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def typeset(receipt: ReceiptView, *, city: str, link: str) -> bytes:
    """Give the receipt as PDF/A-2b in the reader's language, with a QR code of its link."""
    data = {
        "language": language.language(),
        "city": city,
        "title": gettext("Tanda terima"),
        "rows": [
            [gettext("Nomor perkara"), receipt.case_no],
            [gettext("Tugas"), receipt.title],
            [gettext("Diterima"), language.moment(receipt.at)],
            [gettext("Nomor tanda terima"), receipt.number],
            [gettext("Kode"), grouped(receipt.code)],
        ],
        "link": link,
        "qr": _qr(link),
        "explanation": gettext(
            "Siapa pun dapat memeriksa di alamat ini bahwa isian ini tersimpan dan tidak diubah; "
            "isinya tidak ditampilkan."
        ),
    }
    return pdf(_template(), data, receipt.at)


def _qr(link: str) -> str:
    import segno

    svg = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=2)
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


@cache
def _template() -> bytes:
    return Path(__file__).with_name("receipt.typ").read_bytes()
