"""What the studio keeps: drafts, trials, publications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Frozen copies: a revision must not change when the code does.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make what is new."""
    op.create_table(
        "process_draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("base_id", ID, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_by", ID, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("changed_by", ID, nullable=True),
        sa.Column("changed_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["base_id"], ["definition.id"], name=op.f("fk_process_draft_base_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_draft")),
    )
    op.create_index("ix_process_draft_state", "process_draft", ["state", "changed_at", "id"])
    op.create_table(
        "process_draft_content",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["process_draft.id"], name=op.f("fk_process_draft_content_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "sha256", name=op.f("pk_process_draft_content")),
    )
    op.create_table(
        "process_draft_file",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["process_draft.id"], name=op.f("fk_process_draft_file_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "path", "since", name=op.f("pk_process_draft_file")),
    )
    op.create_table(
        "process_draft_revision",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("began_at", UTC, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("paths", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["process_draft.id"], name=op.f("fk_process_draft_revision_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_process_draft_revision")),
    )
    op.create_table(
        "process_draft_check",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["process_draft.id"], name=op.f("fk_process_draft_check_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_process_draft_check")),
    )
    op.create_table(
        "process_dry_run",
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["process_draft.id"], name=op.f("fk_process_dry_run_draft_id")
        ),
        sa.PrimaryKeyConstraint("draft_id", "person_id", name=op.f("pk_process_dry_run")),
    )
    op.create_index("ix_process_dry_run_changed_at", "process_dry_run", ["changed_at"])
    op.create_table(
        "process_publication",
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stories", sa.Integer(), nullable=False),
        sa.Column("effective_at", UTC, nullable=True),
        sa.Column("submitted_by", ID, nullable=True),
        sa.Column("submitted_at", UTC, nullable=False),
        sa.Column("instance_id", ID, nullable=True),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("approvers", sa.Text(), nullable=False),
        sa.Column("definition_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["process_draft.id"], name=op.f("fk_process_publication_draft_id")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_process_publication_instance_id")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_process_publication_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_publication")),
    )
    for column in ("instance_id", "definition_id"):
        op.create_index(f"ix_process_publication_{column}", "process_publication", [column])
    op.create_index("ix_process_publication_draft_id", "process_publication", ["draft_id", "id"])
    _propose_about_versions()
    _backtest()


def _propose_about_versions() -> None:
    waits = sa.text("state = 'PROPOSED'")
    op.create_table(
        "version_proposal",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("to_id", ID, nullable=True),
        sa.Column("rename", sa.Text(), nullable=False),
        sa.Column("retime", sa.Text(), nullable=False),
        sa.Column("instances", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", ID, nullable=True),
        sa.Column("proposed_at", UTC, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", UTC, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("batch_id", ID, nullable=True),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by OR state = 'WITHDRAWN'",
            name=op.f("ck_version_proposal_two_persons"),
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_version_proposal_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["definition.id"], name=op.f("fk_version_proposal_to_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["migration_batch.id"], name=op.f("fk_version_proposal_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_proposal")),
    )
    op.create_index("ix_version_proposal_key", "version_proposal", ["key", "id"])
    op.create_index("ix_version_proposal_definition_id", "version_proposal", ["definition_id"])
    op.create_index(
        "uq_version_proposal_open",
        "version_proposal",
        ["definition_id", "kind"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )


def _backtest() -> None:
    op.create_table(
        "backtest",
        sa.Column("id", ID, nullable=False),
        sa.Column("draft_id", ID, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=120), nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("until", UTC, nullable=False),
        sa.Column("asked_by", ID, nullable=True),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("done_at", UTC, nullable=True),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("moves", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["process_draft.id"], name=op.f("fk_backtest_draft_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backtest")),
    )
    op.create_index("ix_backtest_draft_id", "backtest", ["draft_id", "id"])
    op.create_table(
        "backtest_case",
        sa.Column("backtest_id", ID, nullable=False),
        sa.Column("stream_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("office_path", sa.String(length=200), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["backtest_id"], ["backtest.id"], name=op.f("fk_backtest_case_backtest_id")
        ),
        sa.PrimaryKeyConstraint("backtest_id", "stream_id", "seq", name=op.f("pk_backtest_case")),
    )
    op.create_index(
        "ix_backtest_case_changed", "backtest_case", ["backtest_id", "changed", "stream_id"]
    )
