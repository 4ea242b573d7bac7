"""Files that people are brought in by: CSV and XLSX, read a row at a time, and what a cell says."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from engine.errors import InvalidForm, Problem

MOST_FAULTS = 500
LONGEST = 160
# A spreadsheet would run a cell that begins so as a formula; ours are written with a ' before.
_FORMULA = ("'=", "'+", "'-", "'@", "'\t", "'\r")
_LARGEST_UNPACKED = 400_000_000
_NOT_ALNUM = re.compile(r"[^a-z0-9]")
_ZIP = b"PK\x03\x04"
_YES, _NO = frozenset({"true", "ya", "1"}), frozenset({"false", "tidak", "0", ""})

Read = Callable[[str], Any]


class Wrong(ValueError):
    """What is wrong with a cell: a code, what was wanted, what was found."""

    def __init__(self, code: str, found: str = "", wanted: str = "") -> None:
        self.code, self.found, self.wanted = code, found[:60], wanted
        super().__init__(sentence(code, self.found, wanted))

    def at(self, number: int, column: str) -> Fault:
        """Say of which row and column it is."""
        return Fault(number, column, self.code, self.found, self.wanted)


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row: its number in the file, the column, and why."""

    number: int
    column: str
    code: str
    found: str = ""
    wanted: str = ""

    @property
    def message(self) -> str:
        """Say it in a sentence."""
        return sentence(self.code, self.found, self.wanted)


@dataclass(frozen=True)
class Line:
    """A row of a file, by the names of its columns; a cell that is not there is empty."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A file, on disk or in memory; it can be read as often as one wants to.

    name -- with its suffix: .csv (UTF-8; comma, semicolon or tab) or .xlsx (the first sheet)
    """

    name: str
    path: Path | None = None
    data: bytes = b""

    def lines(self, columns: Mapping[str, Iterable[str]], wanted: Iterable[str]) -> Iterator[Line]:
        """Give every row that says something.

        columns -- other names by the name of each column; wanted -- the columns that must be there
        """
        known = {plain(name): key for key, names in columns.items() for name in (key, *names)}
        rows = self._rows()
        number, head = next(rows, (0, []))
        if not number:
            raise Wrong("empty")
        places = {
            known[plain(name)]: place for place, name in enumerate(head) if plain(name) in known
        }
        missing = [name for name in wanted if name not in places]
        if missing:
            raise Wrong("columns", ", ".join(name for name in head if name), ", ".join(missing))
        for row_number, row in rows:
            cells = {
                key: row[place].strip() if place < len(row) else "" for key, place in places.items()
            }
            if any(cells.values()):
                yield Line(row_number, cells)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        with self._open() as file:
            if file.read(4) == _ZIP:
                file.seek(0)
                yield from _workbook(file)
            else:
                file.seek(0)
                yield from _text(file)

    def _open(self) -> IO[bytes]:
        return self.path.open("rb") if self.path else io.BytesIO(self.data)


def read_cells(columns: Mapping[str, Read], line: Line) -> tuple[dict[str, Any], list[Fault]]:
    """Read the cells of a row, each with what its column is read by."""
    row: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, read in columns.items():
        try:
            row[name] = read(line.cells.get(name, ""))
        except Wrong as wrong:
            faults.append(wrong.at(line.number, name))
    return row, faults


def may_be_empty(read: Read) -> bool:
    """Tell whether nothing in a cell is something."""
    try:
        read("")
    except Wrong:
        return False
    return True


def refuse(faults: Iterable[Fault]) -> None:
    """Raise InvalidForm where a file has faults."""
    problems = [Problem(f"{one.number}.{one.column}", one.code, one.message) for one in faults]
    if problems:
        raise InvalidForm(problems)


def sentence(code: str, found: str, wanted: str) -> str:
    """Say in English what is wrong, for the command line; pages have words of their own."""
    return {
        "empty": "Expected a first row with the names of the columns, but the file is empty.",
        "columns": f"Expected the columns {wanted} too, but the first row has {found}.",
        "encoding": "Expected UTF-8 text or an XLSX workbook, but the file is neither.",
        "quotes": f"Expected rows of a CSV file, but one cannot be read: {found}.",
        "too_large": "Expected a workbook of a usual size, but this one unpacks to too much.",
        "required": "Expected something here, but the cell is empty.",
        "option": f"Expected one of {wanted}, but it is {found!r}.",
        "day": f"Expected a day such as 2026-02-10 or 10/02/2026, but it is {found!r}.",
        "year": f"Expected a year, but it is {found!r}.",
        "number": f"Expected a number {wanted}, but it is {found!r}.",
        "yes": f"Expected ya or tidak, but it is {found!r}.",
        "length": f"Expected at most {wanted} letters, but there are more.",
        "mail": f"Expected an address such as nama@kota.go.id, but it is {found!r}.",
        "rounded": f"Expected 18 digits, but the spreadsheet rounded them to {found}; "
        "store the column as text.",
        "nip": f"Expected the 18 digits of a NIP, but {found!r} is none ({wanted}).",
        "twice": f"Expected {found} once, but it stands in row {wanted} too.",
        "nobody": f"Expected the NIP of a person, but nobody has {found!r}.",
        "before_start": "Expected the last day not before the first.",
        "unknown_unit": f"Expected a unit of the file or the directory, but {found!r} is none.",
        "unknown_post": f"Expected a post of the file or the directory, but {found!r} is none.",
        "new_post": f"Expected this for a post that is new ({found}), but the cell is empty.",
        "contradiction": f"Expected the same as in row {wanted}, but it is {found!r}.",
        "moved": f"Expected the unit above to stay {wanted}, but it is {found!r}; "
        "a unit that moves gets a new code.",
        "circle": f"Expected lines that end at the top, but {found} rates itself in a circle.",
        "own_row": "Expected somebody else to bring this in, since it is about you.",
        "earlier": f"Expected a day after {wanted}, on which what holds now began.",
    }.get(code, f"Expected another value than {found!r} ({code}).")


def plain(name: str) -> str:
    """Give the name of a column without signs and capitals: `NIP_Atasan` and `nipAtasan` agree."""
    return _NOT_ALNUM.sub("", name.lower())


def one_of(*allowed: str) -> Read:
    """Read one of some codes, in capitals or not."""

    def read(text: str) -> str:
        code = text.upper().replace(" ", "_")
        if code not in allowed:
            raise Wrong("option" if text else "required", text, ", ".join(allowed))
        return code

    return read


def words(text: str) -> str:
    """Read a text that must be there."""
    if not text:
        raise Wrong("required")
    return text_of(text)


def text_of(text: str) -> str:
    """Read a text of one line that may be empty."""
    if len(text) > LONGEST:
        raise Wrong("length", text, str(LONGEST))
    return " ".join("".join(sign if sign >= " " else " " for sign in text).split())


def day(text: str) -> date:
    """Read a day such as 2026-02-10, 10-02-2026 or 10/2/2026."""
    if not text:
        raise Wrong("required")
    parts = re.split(r"[-/.]", text.partition("T")[0].partition(" ")[0])
    try:
        year, month, number = (int(part) for part in parts if part.isascii() and part.isdigit())
        if len(parts[0]) != 4:
            year, number = number, year
        return date(year, month, number)
    except ValueError:
        raise Wrong("day", text) from None


def month(text: str) -> date:
    """Read a month such as 2026-02, as its first day."""
    return day(text if len(text) > 7 else f"{text}-01").replace(day=1)


def year(text: str) -> int:
    """Read a year."""
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise Wrong("year" if text else "required", text)
    return int(text)


def count(most: int, least: int = 0) -> Read:
    """Read a whole number."""

    def read(text: str) -> int:
        digits = text.removesuffix(".0")
        fits = digits.isascii() and digits.isdigit() and len(digits) < 10
        if not fits or not least <= int(digits) <= most:
            raise Wrong("number" if text else "required", text, f"{least}-{most}")
        return int(digits)

    return read


def amount(text: str) -> Decimal:
    """Read a number of 0 or more with a decimal point, or the comma of an Indonesian sheet."""
    try:
        number = Decimal(text.replace(",", ".") if text.count(",") == 1 else text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number < 10_000:
        raise Wrong("number" if text else "required", text, "0-9999.99")
    return number


def yes(text: str) -> bool:
    """Read ya or tidak; nothing is no."""
    if text.lower() not in _YES | _NO:
        raise Wrong("yes", text)
    return text.lower() in _YES


def _text(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    start = file.read(4096)
    file.seek(0)
    first = start.decode("utf-8-sig", "replace").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    rows = csv.reader(text, delimiter=delimiter)
    try:
        for row in rows:
            yield rows.line_num, [_unarmed(cell) for cell in row]
    except UnicodeDecodeError:
        raise Wrong("encoding") from None
    except csv.Error as error:
        raise Wrong("quotes", str(error)) from None


def _workbook(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    try:
        with zipfile.ZipFile(file) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST_UNPACKED:
                raise Wrong("too_large")
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
            yield number, [_unarmed(_said(value)) for value in row]
    except Wrong:
        raise
    except Exception as error:  # whatever a broken or hostile workbook makes a reader stumble over
        raise Wrong("encoding", type(error).__name__) from None


def _said(value: Any) -> str:
    """Write a cell of a workbook as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float) and value.is_integer():
        # A spreadsheet keeps 15 digits of a number.  What is longer is no longer what was typed.
        return f"{value:.3e}" if value >= 1e15 else str(int(value))
    if isinstance(value, int) and value >= 10**15:
        return f"{value:.3e}"
    return str(value)


def _unarmed(cell: str) -> str:
    return cell[1:] if cell.startswith(_FORMULA) else cell
