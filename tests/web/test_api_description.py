"""The API keeps to its own description, whatever is sent: generated requests, always the same."""

from __future__ import annotations

from itertools import cycle

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EXAMPLES = 3  # of each operation, well-formed and ill-formed each
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
IDS = ("task_id", "instance_id", "person_id", "webhook_id", "version")


def test_every_generated_request_is_answered_as_described(app, program_as, start_two_step):
    for code in ("EMP", "HRC", "HRC"):
        start_two_step(code)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    tokens = cycle([program_as(code).token for code in ("EMP", "HRC", "AUD")])
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in schemathesis.GenerationMode:
            asked += _try(operation, mode, tokens)
    assert asked > 120


def _try(operation, mode, tokens) -> int:
    asked = 0
    try:
        strategy = operation.as_strategy(generation_mode=mode)
        strategy.validate()
    except Exception:  # nothing in it can be ill-formed
        if mode.is_positive:
            raise
        return 0

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def send(case):
        nonlocal asked
        asked += 1
        for name in IDS:  # ids that there are, or nearly
            value = (case.path_parameters or {}).get(name)
            if isinstance(value, int):
                case.path_parameters[name] = 1 + value % 5
        headers = {"Authorization": f"Bearer {next(tokens)}"}
        checks = [*CHECKS, negative_data_rejection] if not mode.is_positive else CHECKS
        case.call_and_validate(headers=headers, checks=checks)

    send()
    return asked


def test_the_description_is_openapi_3_1_and_names_scopes(visitor):
    spec = visitor.client.get("/api/v1/openapi.json").json
    assert spec["openapi"].startswith("3.1")
    for schema in spec["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert operation["security"][0]["token"], path
                assert operation["summary"].endswith("."), path
                assert "default" in operation["responses"], path
