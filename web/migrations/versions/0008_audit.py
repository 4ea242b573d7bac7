"""What an auditor writes, and what searching needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
SEARCHED = "kind NOT IN ('TOKENS_MOVED', 'VARIABLE_CHANGED')"


def upgrade() -> None:
    """Make the tables of searches, samples, papers and exports, and the indexes of the history."""
    _search("ix_history_kind", ["kind", "at"], SEARCHED)
    _search(
        "ix_history_person_id",
        ["person_id", "at"],
        f"{SEARCHED} AND person_id IS NOT NULL",
    )
    _search(
        "ix_history_on_behalf_of",
        ["at"],
        f"{SEARCHED} AND on_behalf_of IS NOT NULL",
    )
    _search(
        "ix_history_element_id",
        ["element_id", "at"],
        f"{SEARCHED} AND kind = 'TASK_COMPLETED'",
    )
    op.create_index("ix_notice_instance_id", "notice", ["instance_id", "id"], unique=False)
    op.create_index("uq_instance_stream_id", "instance", ["stream_id"], unique=True)
    op.create_index(
        "ix_instance_process_key_period", "instance", ["process_key", "period", "id"], unique=False
    )
    op.create_table(
        "audit_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_audit_search_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_search")),
    )
    op.create_index(
        "uq_audit_search_person_id_name", "audit_search", ["person_id", "name"], unique=True
    )
    op.create_table(
        "audit_sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("until", ID, nullable=False),
        sa.Column("drawn_by", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["drawn_by"], ["person.id"], name=op.f("fk_audit_sample_drawn_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_sample")),
    )
    op.create_index("ix_audit_sample_drawn_by", "audit_sample", ["drawn_by", "id"], unique=False)
    op.create_table(
        "audit_paper",
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("conclusion", sa.String(length=10), nullable=False),
        sa.Column("written_by", ID, nullable=True),
        sa.Column("written_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_audit_paper_instance_id")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["audit_sample.id"], name=op.f("fk_audit_paper_sample_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "place", name=op.f("pk_audit_paper")),
    )
    op.create_table(
        "audit_export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=12), nullable=False),
        sa.Column("filter", sa.String(length=600), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_audit_export_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_export")),
    )
    op.create_index("ix_audit_export_person_id", "audit_export", ["person_id", "id"], unique=False)


def _search(name: str, columns: list[str], only: str) -> None:
    op.create_index(
        name,
        "history",
        columns,
        unique=False,
        sqlite_where=sa.text(only),
        postgresql_where=sa.text(only),
    )
