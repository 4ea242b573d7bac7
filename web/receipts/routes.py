"""A receipt for whoever submitted something, and the page on which anybody can check one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for

from engine.errors import NotFound
from engine.queries import receipts as queries
from engine.queries import tree
from engine.queries.receipts import ReceiptView
from web import alur_verify, auth
from web.auth import public
from web.receipts import paper
from web.site import engine, public_address, site

receipts = Blueprint("receipts", __name__, template_folder="templates")

_LARGEST_FILE = 2_000_000
_SCRIPT = Path(alur_verify.__file__)


@receipts.get("/receipts/<number:task_id>")
def show(task_id: int) -> str:
    """Show the receipt of a task of mine."""
    receipt = _mine(task_id)
    return render_template(
        "receipts/show.html", receipt=receipt, code=paper.grouped(receipt.code), link=_link(receipt)
    )


@receipts.get("/receipts/<number:task_id>.json")
def proof(task_id: int) -> Response:
    """Hand out the receipt as a file that alur_verify.py checks."""
    receipt = _mine(task_id)
    text = json.dumps(receipt.file, ensure_ascii=False, indent=1)
    return _attachment(text.encode(), "application/json", f"alur-{receipt.number}.json")


@receipts.get("/receipts/<number:task_id>.pdf")
def print_out(task_id: int) -> Response:
    """Hand out the receipt on paper, with a code that leads to the page that checks it."""
    receipt = _mine(task_id)
    pdf = paper.typeset(receipt, city=site().settings.city, link=_link(receipt))
    return _attachment(pdf, "application/pdf", f"alur-{receipt.number}.pdf")


@receipts.get("/verify")
@public
def verify() -> str:
    """Check a receipt by its number and code; no content is shown to anybody."""
    number = request.args.get("number", "").strip()[:40]
    code = request.args.get("code", "").replace(" ", "").strip()[:64]
    asked = bool(number or code)
    found = engine().ask(queries.standing, number, code) if asked else None
    return render_template(
        "receipts/verify.html", number=number, code=code, asked=asked, found=found, file=None
    )


@receipts.post("/verify")
@public
def verify_file() -> Response:
    """Check an uploaded receipt against this installation's key; the file is not kept."""
    upload = request.files.get("receipt")
    content = upload.read(_LARGEST_FILE + 1) if upload else b""
    result = _checked(content)
    page = render_template(
        "receipts/verify.html", number="", code="", asked=False, found=None, file=result
    )
    return make_response(page, 200 if result["holds"] else 422)


@receipts.get("/verify/alur_verify.py")
@public
def script() -> Response:
    """Hand out the script that checks receipts and exports without Alur."""
    return _attachment(_SCRIPT.read_bytes(), "text/x-python", _SCRIPT.name)


@receipts.get("/verify/checkpoint")
@public
def checkpoint() -> Response:
    """Hand out the newest signed checkpoint, for whoever keeps them elsewhere."""
    point = engine().ask(tree.newest)
    if point is None:
        abort(404)
    return Response(point.note, mimetype="text/plain")


def _mine(task_id: int) -> ReceiptView:
    receipt = engine().ask(queries.of_task, task_id)
    me = auth.me().person_id
    if receipt is None or me not in {receipt.person_id, receipt.on_behalf_of}:
        raise NotFound("Expected something that you submitted, but there is no such receipt.")
    return receipt


def _link(receipt: ReceiptView) -> str:
    return public_address(url_for(".verify", number=receipt.number, code=receipt.code))


def _checked(content: bytes) -> dict[str, Any]:
    notary = engine().ports.notary
    if notary is None or not content or len(content) > _LARGEST_FILE:
        return {"holds": False, "waiting": False}
    try:
        receipt = json.loads(content)
        if not isinstance(receipt, dict):
            raise ValueError
        waiting = not receipt.get("note")
        alur_verify.check_receipt(receipt, notary.public_key)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return {"holds": False, "waiting": False}
    return {"holds": True, "waiting": waiting}


def _attachment(content: bytes, mimetype: str, name: str) -> Response:
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
