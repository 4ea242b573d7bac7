"""The text that is hashed never changes: what was written once must verify for ever."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.feel.temporal import Date
from engine.feel.values import to_json
from engine.history import canonical, event_hash, hashed_columns


class Colour(StrEnum):
    RED = "red"


class Rank(IntEnum):
    FIRST = 1


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | TEXTS
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
    | st.sampled_from([Colour.RED, Rank.FIRST, Date(2026, 7, 1)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(TEXTS, inner, max_size=3)
        | st.tuples(inner, inner)
    ),
    max_leaves=10,
)


def first_written(value: Any) -> str:
    """Write a value as the first release did."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(str(value), ensure_ascii=False)
        case int() | Decimal():
            return str(value)
        case datetime() | date():
            return json.dumps(value.isoformat())
        case dict():
            pairs = (
                f"{first_written(str(k))}:{first_written(v)}" for k, v in sorted(value.items())
            )
            return "{" + ",".join(pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(map(first_written, value)) + "]"
        case _:
            return to_json(value)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_the_text_of_a_value_stays_as_it_was_first_written(value: Any) -> None:
    assert canonical(value) == first_written(value)


def test_the_text_of_an_event_is_known_byte_by_byte() -> None:
    body = {
        "kind": "TASK_CREATED",
        "at": datetime(2026, 7, 1, 2, tzinfo=UTC),
        "by": {"person": 7, "name": 'Siti "Ani"\n'},
        "detail": {"due_at": date(2026, 7, 2), "elements": ("a", "ä"), "share": Decimal("1.50")},
    }
    assert canonical(body) == (
        '{"at":"2026-07-01T02:00:00+00:00","by":{"name":"Siti \\"Ani\\"\\n","person":7},'
        '"detail":{"due_at":"2026-07-02","elements":["a","ä"],"share":1.50},'
        '"kind":"TASK_CREATED"}'
    )


NUMBERS = st.none() | st.integers(min_value=-(2**63), max_value=2**63 - 1)


@settings(max_examples=200)
@given(
    st.fixed_dictionaries(
        {
            "stream_id": st.integers(1, 2**63 - 1),
            "seq": st.integers(1, 2**31),
            "at": st.datetimes(timezones=st.just(UTC)),
            "kind": TEXTS | st.just(Colour.RED),
            "person_id": NUMBERS,
            "on_behalf_of": NUMBERS,
            "definition_id": NUMBERS | TEXTS,  # what somebody made of a column by hand
            "element_id": st.none() | TEXTS,
            "task_id": NUMBERS,
            "outcome": TEXTS,
            "envelope_seq": NUMBERS,
            "digests": st.none() | st.binary(min_size=32, max_size=32),
            "body": TEXTS,
        }
    ),
    st.just(b"") | st.binary(min_size=32, max_size=32),
)
def test_an_event_s_hash_covers_the_canonical_list_of_its_columns(event, previous):
    digests = event["digests"] or b""
    place = canonical([*hashed_columns(event), len(digests)])
    said = b"\0" + previous + place.encode() + digests + event["body"].encode()
    assert event_hash(previous, event) == hashlib.sha256(said).digest()
