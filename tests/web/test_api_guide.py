"""docs/api.md: its client is run as it stands there, against a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from hr.accounts.rules import SCOPES
from hr.programs.rules import EVENTS

GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_client_of_the_guide_completes_a_task(app, program_as, start_two_step):
    started = start_two_step()
    (client,) = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    environment = {
        **os.environ,
        "ALUR_URL": f"http://127.0.0.1:{server.port}",
        "ALUR_TOKEN": program_as("EMP", ("tasks:read", "tasks:write")).token,
    }
    run = [sys.executable, "-c", client]
    try:
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
        environment["ALUR_TOKEN"] = "alur_wrong"
        refused = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
    finally:
        server.shutdown()
    assert done.returncode == 0, done.stderr
    assert "asks for subject, days" in done.stdout
    assert f"accepted {started.case_no}" in done.stdout
    assert refused.returncode == 1
    assert "Token" in refused.stderr


def test_the_guide_names_every_scope_and_event():
    assert not [scope for scope in SCOPES if f"`{scope}`" not in GUIDE]
    assert not [event for event in EVENTS if f"`{event}`" not in GUIDE]
