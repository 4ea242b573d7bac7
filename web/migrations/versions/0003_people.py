"""What the directory and the records keep beyond 0.1.0."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what is new."""
    op.add_column("unit", sa.Column("code", sa.String(length=40), nullable=True))
    op.create_index("uq_unit_code", "unit", ["code"], unique=True)
    op.add_column("post", sa.Column("code", sa.String(length=40), nullable=True))
    op.create_index("uq_post_code", "post", ["code"], unique=True)
    phone = sa.Column("phone", sa.String(length=30), nullable=False, server_default="")
    op.add_column("person", phone)
    op.add_column("person", sa.Column("erased_on", sa.Date(), nullable=True))
    op.add_column("unit", sa.Column("time_zone", sa.String(length=40), nullable=True))
    _calendar()
    _lines()
    _proxies()
    _records()
    _holds()
    _corrections()
    _unmasking()


def _calendar() -> None:
    no = sa.false()
    estimated: sa.Column[bool] = sa.Column(
        "estimated", sa.Boolean(), nullable=False, server_default=no
    )
    op.add_column("holiday", estimated)
    # 0.1.0 had the mark in the name, as the holidays' library writes it.
    op.execute(
        "UPDATE holiday SET estimated = (1 = 1), name = replace(name, ' (perkiraan)', '')"
        " WHERE name LIKE '% (perkiraan)'"
    )
    op.create_table(
        "hours_season",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("closes_on_friday", sa.Time(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("first_day", name=op.f("pk_hours_season")),
    )


def _lines() -> None:
    op.create_table(
        "post_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("rater_post_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_line")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_line_post_id")),
        sa.ForeignKeyConstraint(
            ["rater_post_id"], ["post.id"], name=op.f("fk_post_line_rater_post_id")
        ),
    )
    op.create_index("ix_post_line_post_id", "post_line", ["post_id", "valid_from"])
    op.create_index("ix_post_line_rater_post_id", "post_line", ["rater_post_id"])


def _proxies() -> None:
    op.create_table(
        "proxy_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy_entry")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_proxy_entry_person_id")
        ),
    )
    op.create_index("ix_proxy_entry_person_id", "proxy_entry", ["person_id", "valid_to"])


def _records() -> None:
    op.create_table(
        "attendance_mark",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "day", "code", name=op.f("pk_attendance_mark")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attendance_mark_person_id")
        ),
    )
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("decree", sa.String(length=80), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_award_person_id")),
    )
    op.create_index("ix_award_person_id", "award", ["person_id", "given_on"])


def _holds() -> None:
    utc = sa.DateTime(timezone=True)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("set_at", utc, nullable=False),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_legal_hold_person_id")),
    )
    op.create_index("ix_legal_hold_person_id", "legal_hold", ["person_id"])


def _corrections() -> None:
    utc = sa.DateTime(timezone=True)
    op.create_table(
        "correction_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("asked_at", utc, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=400), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_correction_request_person_id")
        ),
    )
    op.create_index("ix_correction_request_person_id", "correction_request", ["person_id"])
    op.create_index("ix_correction_request_state", "correction_request", ["state", "id"])


def _unmasking() -> None:
    utc = sa.DateTime(timezone=True)
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "unmask_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", big, nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", utc, nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", utc, nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("opened_at", utc, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmask_request")),
    )
