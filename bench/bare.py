"""The baseline of `http`: a Flask page that reads one field, commits one row, and redirects."""

from __future__ import annotations

import os
import threading
from typing import Any

import pysqlite3.dbapi2 as sqlite3
from flask import Flask, redirect, request
from werkzeug.wrappers import Response

app = Flask("bare")
_local = threading.local()


def _database() -> Any:
    """Give this thread's connection, set up as Alur's is."""
    if not hasattr(_local, "connection"):
        connection = sqlite3.connect(os.environ["BARE_DATABASE"], isolation_level=None, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT)")
        _local.connection = connection
    return _local.connection


@app.post("/notes")
def add() -> Response:
    """Keep what was typed."""
    database = _database()
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO note (text) VALUES (?)", (request.form["text"],))
    database.execute("COMMIT")
    return redirect("/notes", 303)


@app.get("/notes")
def show() -> str:
    """Answer, so that a starter knows when the page is there."""
    return "notes"
