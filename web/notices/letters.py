"""The words of a mail, in both languages, as plain text and HTML; nothing but a case number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_ID = (
    "Ada tugas baru untuk Anda dalam perkara {case_no}.",
    "Buka tugas itu di sini:",
    "Surel ini dikirim otomatis; jangan dibalas.",
)
_EN = (
    "There is a new task for you in case {case_no}.",
    "Open it here:",
    "This mail was sent by a machine; please do not answer it.",
)


@dataclass(frozen=True)
class Letter:
    """A mail ready to be sent."""

    to: str
    subject: str
    text: str
    html: str


def new_task(to: str, case_no: str, link: str, city: str) -> Letter:
    """Write that a task waits; link -- where it is, empty where this server's address is unset."""
    parts = [_text(words, case_no, link) for words in (_ID, _EN)]
    marked = [_html(words, case_no, link) for words in (_ID, _EN)]
    return Letter(
        to=to,
        subject=_line(f"Tugas baru / new task: {case_no}"),
        text="\n\n---\n\n".join(parts) + f"\n\n{city}\n",
        html=(
            f"<!doctype html><html lang='id'><body>{marked[0]}<hr>"
            f"<div lang='en'>{marked[1]}</div><p>{escape(city)}</p></body></html>"
        ),
    )


def digest(to: str, lines: Sequence[tuple[str, str]], more: bool, link: str, city: str) -> Letter:
    """Write what waits, once a day: case number and due date of each, nearest first."""
    rest = [("...", "")] if more else []
    told = [f"- {case_no}  {due}".rstrip() for case_no, due in [*lines, *rest]]
    said_id, said_en = "Tugas yang menunggu Anda:", "Tasks that wait for you:"
    until = f"{_ID[1]} {link}" if link else ""
    cells = "".join(f"<li>{escape(case_no)} {escape(due)}</li>" for case_no, due in [*lines, *rest])
    anchor = f"<p><a href='{escape(link)}'>{escape(link)}</a></p>" if link else ""
    return Letter(
        to=to,
        subject=_line(f"Tugas hari ini / tasks today: {len(lines)}{'+' if more else ''}"),
        text="\n".join(
            [f"{said_id} / {said_en}", "", *told, "", until, _ID[2], _EN[2], "", city, ""]
        ),
        html=(
            f"<!doctype html><html lang='id'><body><p>{said_id}</p><p lang='en'>{said_en}</p>"
            f"<ul>{cells}</ul>{anchor}<p>{_ID[2]}</p><p lang='en'>{_EN[2]}</p><p>{escape(city)}</p>"
            "</body></html>"
        ),
    )


def access_link(to: str, kind: str, link: str, until: str, city: str) -> Letter:
    """Write how to set a password; kind -- INVITATION or RESET; until -- when the link ends."""
    invited = kind == "INVITATION"
    said_id = (
        "Akun Alur sudah dibuat untuk Anda. Tetapkan kata sandi Anda di sini:"
        if invited
        else "Kata sandi Alur Anda dapat ditetapkan ulang di sini:"
    )
    said_en = (
        "An Alur account was made for you. Set your password here:"
        if invited
        else "You can set a new password for Alur here:"
    )
    end_id = f"Tautan ini berlaku sekali, sampai {until}. Jangan diteruskan kepada siapa pun."
    end_en = f"The link works once, until {until}. Do not pass it on to anybody."
    subject = "Undangan Alur / invitation" if invited else "Kata sandi Alur / password"
    anchor = f"<p><a href='{escape(link)}'>{escape(link)}</a></p>"
    return Letter(
        to=to,
        subject=_line(f"{subject}: {city}"),
        text=f"{said_id}\n\n{link}\n\n{end_id}\n\n---\n\n{said_en}\n\n{end_en}\n\n{city}\n",
        html=(
            f"<!doctype html><html lang='id'><body><p>{said_id}</p>{anchor}<p>{escape(end_id)}</p>"
            f"<hr><div lang='en'><p>{said_en}</p><p>{escape(end_en)}</p></div>"
            f"<p>{escape(city)}</p></body></html>"
        ),
    )


def checkpoint(to: str, note: str, size: int, city: str) -> Letter:
    """Write the newest checkpoint of the history to whoever keeps it elsewhere."""
    said = (
        "Titik periksa riwayat Alur. Simpan surel ini: siapa pun dapat membandingkan riwayat "
        "dengannya kemudian.\n\nA checkpoint of Alur's history. Keep this mail: the history can be "
        "compared with it later."
    )
    return Letter(
        to=to,
        subject=_line(f"Titik periksa / checkpoint {size}: {city}"),
        text=f"{said}\n\n{note}",
        html=f"<!doctype html><html lang='id'><body><p>{escape(said)}</p><pre>{escape(note)}</pre>",
    )


def _text(words: tuple[str, str, str], case_no: str, link: str) -> str:
    said, here, machine = words
    lines = [said.format(case_no=case_no), *([f"{here} {link}"] if link else []), machine]
    return "\n\n".join(lines)


def _html(words: tuple[str, str, str], case_no: str, link: str) -> str:
    said, here, machine = words
    where = f"<p>{escape(here)} <a href='{escape(link)}'>{escape(link)}</a></p>" if link else ""
    return f"<p>{escape(said.format(case_no=case_no))}</p>{where}<p>{escape(machine)}</p>"


def _line(text: str) -> str:
    # A line break in a subject would begin a header of somebody else's choice.
    return " ".join(text.split())
