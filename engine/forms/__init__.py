"""Forms: a form-js drawing becomes fields, a JSON Schema and a check.  No HTML, no storage."""

from engine.forms.checking import answers_at_start, check_answers, check_draft
from engine.forms.compiling import compile_form
from engine.forms.files import ENDINGS, MOST_BYTES, file_of, files_among, harmless_name, sniff
from engine.forms.localising import localise, untranslated
from engine.forms.model import Field, FieldKind, Form, Option, Rule
from engine.forms.readers import readable, readable_answers
from engine.forms.shown import Shown, every, shown_fields
from engine.forms.submission import UPLOAD, asks_for_rows, read_submission

__all__ = [
    "ENDINGS",
    "MOST_BYTES",
    "UPLOAD",
    "Field",
    "FieldKind",
    "Form",
    "Option",
    "Rule",
    "Shown",
    "answers_at_start",
    "asks_for_rows",
    "check_answers",
    "check_draft",
    "compile_form",
    "every",
    "file_of",
    "files_among",
    "harmless_name",
    "localise",
    "read_submission",
    "readable",
    "readable_answers",
    "shown_fields",
    "sniff",
    "untranslated",
]
