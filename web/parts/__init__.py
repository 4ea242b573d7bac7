"""What screens share: the frame, form fields, steps, persons, badges, the static files."""

from __future__ import annotations

from flask import Blueprint, Flask

from engine.forms import file_of
from web.parts import assets, downloads, fields, values
from web.parts.markdown import markdown


def install(app: Flask) -> None:
    """Give an application the shared templates, the static files and what templates call."""
    app.register_blueprint(Blueprint("parts", __name__, template_folder="templates"))
    app.add_url_rule("/static/<path:name>", endpoint="static", view_func=assets.send)
    app.jinja_env.globals.update(
        asset=assets.asset,
        icon=assets.icon,
        imported=assets.imported,
        control_id=fields.control_id,
        input_value=fields.input_value,
        is_picked=fields.is_picked,
        problems_by_path=fields.problems_by_path,
        answer_words=fields.answer_words,
        is_table=fields.is_table,
        is_folded=fields.is_folded,
        row_folds=fields.row_folds,
        row_title=fields.row_title,
        row_figures=fields.row_figures,
        row_line=fields.row_line,
        row_name=fields.row_name,
        bounds_words=fields.bounds_words,
        says_something=fields.says_something,
        reads_as_lines=fields.reads_as_lines,
        plain_value=values.plain_value,
        is_many=values.is_many,
        is_rows=values.is_rows,
        columns=values.columns,
        markdown=markdown,
        file_of=file_of,
        size_words=downloads.size_words,
        types_of=fields.types_of,
    )
