"""Found the schema: every table of the engine and of hr as issue A needs them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Frozen copies: a revision must not change when the code does.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UTC = sa.DateTime(timezone=True)
EXACT = sa.Numeric().with_variant(sa.String(40), "sqlite")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("launched_at", UTC, nullable=False),
        sa.Column("launched_by", ID, nullable=True),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("started", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(
        "uq_campaign_process_key_period", "campaign", ["process_key", "period"], unique=True
    )
    op.create_table(
        "counter",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("next_value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "deployment",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "followup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("scope_path", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("source_no", sa.String(length=40), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("dedup_key", sa.String(length=160), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("consumed_at", UTC, nullable=True),
        sa.Column("consumed_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followup")),
    )
    op.create_index("ix_followup_state", "followup", ["state", "opened_at", "id"], unique=False)
    op.create_index("uq_followup_dedup_key", "followup", ["dedup_key"], unique=True)
    op.create_table(
        "history",
        sa.Column("stream_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("envelope_seq", sa.Integer(), nullable=True),
        sa.Column("at", UTC, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("on_behalf_of", ID, nullable=True),
        sa.Column("definition_id", ID, nullable=True),
        sa.Column("task_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "seq", "at", name=op.f("pk_history")),
        postgresql_partition_by="RANGE (at)",
        sqlite_with_rowid=False,
    )
    op.create_index("ix_history_at", "history", ["at"], unique=False, postgresql_using="brin")
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "job",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("run_at", UTC, nullable=False),
        sa.Column("leased_until", UTC, nullable=True),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("dedup_key", sa.String(length=120), nullable=True),
        sa.Column("group_key", sa.String(length=120), nullable=True),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("started_at", UTC, nullable=True),
        sa.Column("finished_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_due",
        "job",
        ["priority", "run_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'DUE' AND leased_until IS NULL"),
        postgresql_where=sa.text("state = 'DUE' AND leased_until IS NULL"),
    )
    op.create_index(
        "ix_job_leased",
        "job",
        ["leased_until"],
        unique=False,
        sqlite_where=sa.text("state = 'DUE' AND leased_until IS NOT NULL"),
        postgresql_where=sa.text("state = 'DUE' AND leased_until IS NOT NULL"),
    )
    op.create_index("uq_job_dedup_key", "job", ["dedup_key"], unique=True)
    op.create_index("ix_job_finished", "job", ["finished_at"], unique=False)
    op.create_index("ix_job_group_key", "job", ["group_key"], unique=False)
    op.create_table(
        "job_limit",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("free_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_job_limit")),
    )
    op.create_table(
        "schedule",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("next_at", UTC, nullable=False),
        sa.Column("last_run", UTC, nullable=True),
        sa.Column("last_job_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedule")),
    )
    op.create_index("ix_schedule_next_at", "schedule", ["next_at"], unique=False)
    op.create_table(
        "worker",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("executor", sa.String(length=12), nullable=False),
        sa.Column("host", sa.String(length=80), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("heartbeat_at", UTC, nullable=False),
        sa.Column("stopped_at", UTC, nullable=True),
        sa.Column("jobs_done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.create_table(
        "login_failures",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_failures")),
    )
    op.create_table(
        "message_start",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "process_key", name=op.f("pk_message_start")),
    )
    op.create_table(
        "message",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("published_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_name_correlation", "message", ["name", "correlation"], unique=False)
    op.create_index("ix_message_expires_at", "message", ["expires_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("education", sa.String(length=12), nullable=False),
        sa.Column("email", sa.String(length=160), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_name", "person", ["name"], unique=False)
    op.create_index("uq_person_nip", "person", ["nip"], unique=True)
    op.create_table(
        "resource",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_resource")),
    )
    op.create_table(
        "sealed_value",
        sa.Column("stream_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "seq", "name", name=op.f("pk_sealed_value")),
    )
    op.create_table(
        "stream",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
    )
    op.create_index("uq_stream_kind_key", "stream", ["kind", "key"], unique=True)
    op.create_table(
        "tree_batch",
        sa.Column("position", ID, autoincrement=False, nullable=False),
        sa.Column("stream_id", ID, nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_tree_batch")),
    )
    op.create_index(
        "uq_tree_batch_stream_last", "tree_batch", ["stream_id", "last_seq"], unique=True
    )
    op.create_table(
        "tree_checkpoint",
        sa.Column("size", ID, autoincrement=False, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_tree_checkpoint")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index("uq_unit_path", "unit", ["path"], unique=True)
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("uq_account_person_id", "account", ["person_id"], unique=True)
    op.create_index("uq_account_short_name", "account", ["short_name"], unique=True)
    op.create_index("uq_account_username", "account", ["username"], unique=True)
    op.create_table(
        "attendance_month",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("present_days", sa.Integer(), nullable=False),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("early_days", sa.Integer(), nullable=False),
        sa.Column("absent_days", sa.Integer(), nullable=False),
        sa.Column("leave_days", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attendance_month_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "month", name=op.f("pk_attendance_month")),
    )
    op.create_table(
        "campaign_subject",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("chunk", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_subject_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_campaign_subject_person_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "person_id", name=op.f("pk_campaign_subject")),
    )
    op.create_index(
        "ix_campaign_subject_person_id", "campaign_subject", ["person_id"], unique=False
    )
    op.create_table(
        "definition",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("deployment_id", ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_definition_deployment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
    )
    op.create_index("uq_definition_key_version", "definition", ["key", "version"], unique=True)
    op.create_table(
        "evaluation_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("predicate", sa.String(length=2), nullable=False),
        sa.Column("result_rating", sa.String(length=6), nullable=False),
        sa.Column("behaviour_rating", sa.String(length=6), nullable=False),
        sa.Column("result_score", EXACT, nullable=False),
        sa.Column("behaviour_score", EXACT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("disclosed_at", UTC, nullable=False),
        sa.Column("frozen_for", ID, nullable=True),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_evaluation_result_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["evaluation_result.id"], name=op.f("fk_evaluation_result_replaced_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_result")),
    )
    op.create_index(
        "ix_evaluation_result_person_id", "evaluation_result", ["person_id", "period"], unique=False
    )
    op.create_index(
        "uq_evaluation_result_instance_id", "evaluation_result", ["instance_id"], unique=True
    )
    op.create_table(
        "leave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leave_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave")),
    )
    op.create_index("ix_leave_person_id", "leave", ["person_id", "valid_from"], unique=False)
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(length=60), nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("values", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("read_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_person_id", "notice", ["person_id", "read_at", "id"], unique=False)
    op.create_table(
        "office_rule",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("peer_quarters", sa.String(length=4), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_office_rule_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "valid_from", name=op.f("pk_office_rule")),
    )
    op.create_table(
        "performance_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("approach", sa.String(length=5), nullable=False),
        sa.Column("instance_id", ID, nullable=True),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("resources", sa.Text(), nullable=False),
        sa.Column("accountability", sa.Text(), nullable=False),
        sa.Column("consequences", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_performance_plan_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_plan")),
    )
    op.create_index(
        "ix_performance_plan_person_id",
        "performance_plan",
        ["person_id", "valid_from"],
        unique=False,
    )
    op.create_table(
        "person_rank",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_rank_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_rank")),
    )
    op.create_index(
        "ix_person_rank_person_id", "person_rank", ["person_id", "valid_from"], unique=False
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("rater_post_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["rater_post_id"], ["post.id"], name=op.f("fk_post_rater_post_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_post_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    op.create_index("ix_post_rater_post_id", "post", ["rater_post_id"], unique=False)
    op.create_index("ix_post_unit_id", "post", ["unit_id"], unique=False)
    op.create_table(
        "rater_conflict",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"], ["person.id"], name=op.f("fk_rater_conflict_other_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_rater_conflict_person_id")
        ),
        sa.PrimaryKeyConstraint(
            "person_id", "other_id", "valid_from", name=op.f("pk_rater_conflict")
        ),
    )
    op.create_table(
        "rater_draw",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("chosen", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["person.id"], name=op.f("fk_rater_draw_subject_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_rater_draw")),
    )
    op.create_table(
        "rater_invitation",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("relation", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["rater_id"], ["person.id"], name=op.f("fk_rater_invitation_rater_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "rater_id", name=op.f("pk_rater_invitation")),
    )
    op.create_index(
        "ix_rater_invitation_rater_id", "rater_invitation", ["rater_id", "period"], unique=False
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=4), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_grant_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_person_id", "role_grant", ["person_id"], unique=False)
    op.create_index("ix_role_grant_role", "role_grant", ["role", "unit_id"], unique=False)
    op.create_table(
        "sanction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=6), nullable=False),
        sa.Column("measure", sa.String(length=160), nullable=False),
        sa.Column("decree", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sanction_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
    )
    op.create_index("ix_sanction_person_id", "sanction", ["person_id", "valid_from"], unique=False)
    op.create_table(
        "service_area",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("indicator", sa.String(length=160), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("target", EXACT, nullable=False),
        sa.Column("actual", EXACT, nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_area_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "period", "indicator", name=op.f("pk_service_area")),
    )
    op.create_table(
        "unit_facts",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("public_facing", sa.Boolean(), nullable=False),
        sa.Column("skm_index", EXACT, nullable=True),
        sa.Column("skm_responses", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("complaints_upheld", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_facts_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "period", name=op.f("pk_unit_facts")),
    )
    op.create_table(
        "acting_official",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("decree", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_acting_official_person_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_acting_official_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acting_official")),
    )
    op.create_index("ix_acting_official_person_id", "acting_official", ["person_id"], unique=False)
    op.create_index("ix_acting_official_post_id", "acting_official", ["post_id"], unique=False)
    op.create_table(
        "definition_file",
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_definition_file_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["resource.sha256"], name=op.f("fk_definition_file_sha256")
        ),
        sa.PrimaryKeyConstraint("definition_id", "path", name=op.f("pk_definition_file")),
    )
    op.create_table(
        "holding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_holding_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_holding_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
    )
    op.create_index("ix_holding_person_id", "holding", ["person_id", "valid_from"], unique=False)
    op.create_index("ix_holding_post_id", "holding", ["post_id", "valid_from"], unique=False)
    op.create_table(
        "instance",
        sa.Column("id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=True),
        sa.Column("root_id", ID, nullable=True),
        sa.Column("campaign", sa.String(length=80), nullable=True),
        sa.Column("request_digest", sa.String(length=64), nullable=True),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("scope_path", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("stream_id", ID, nullable=False),
        sa.Column("started_by", ID, nullable=True),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("suspended_at", UTC, nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("moves_since", UTC, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_instance_definition_id")
        ),
        sa.ForeignKeyConstraint(["stream_id"], ["stream.id"], name=op.f("fk_instance_stream_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index("ix_instance_campaign", "instance", ["campaign", "subject_id"], unique=True)
    op.create_index("ix_instance_subject_id", "instance", ["subject_id"], unique=False)
    op.create_index(
        "ix_instance_suspended_at",
        "instance",
        ["suspended_at"],
        unique=False,
        sqlite_where=sa.text("suspended_at IS NOT NULL"),
        postgresql_where=sa.text("suspended_at IS NOT NULL"),
    )
    op.create_index("uq_instance_case_no", "instance", ["case_no"], unique=True)
    op.create_index("uq_instance_request_digest", "instance", ["request_digest"], unique=True)
    op.create_table(
        "plan_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("dimension", sa.String(length=12), nullable=False),
        sa.Column("direction", sa.String(length=6), nullable=False),
        sa.Column("weight", EXACT, nullable=False),
        sa.Column("project", sa.Boolean(), nullable=False),
        sa.Column("aspect", sa.String(length=12), nullable=False),
        sa.Column("superior_row_id", sa.Integer(), nullable=True),
        sa.Column("target_min", EXACT, nullable=True),
        sa.Column("target_max", EXACT, nullable=True),
        sa.Column("iku_code", sa.String(length=20), nullable=False),
        sa.Column("perspective", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["performance_plan.id"], name=op.f("fk_plan_row_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["superior_row_id"], ["plan_row.id"], name=op.f("fk_plan_row_superior_row_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_row")),
    )
    op.create_index("uq_plan_row_plan_id_number", "plan_row", ["plan_id", "number"], unique=True)
    op.create_table(
        "plan_behaviour",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("expectation", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["performance_plan.id"], name=op.f("fk_plan_behaviour_plan_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "value", name=op.f("pk_plan_behaviour")),
    )
    op.create_table(
        "session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_session")),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"], unique=False)
    op.create_table(
        "first_run",
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("used_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("code_sha256", name=op.f("pk_first_run")),
    )
    op.create_table(
        "half_login",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_half_login_account_id")
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_half_login")),
    )
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("confirmed_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("used_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "code_sha256", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "incident",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=True),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("resolved_at", UTC, nullable=True),
        sa.Column("resolved_by", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_incident_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_instance_id", "incident", ["instance_id"], unique=False)
    op.create_index("ix_incident_state", "incident", ["state", "opened_at"], unique=False)
    op.create_index("ix_incident_job_id", "incident", ["job_id"], unique=False)
    op.create_table(
        "resolution",
        sa.Column("id", ID, nullable=False),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", ID, nullable=True),
        sa.Column("proposed_at", UTC, nullable=False),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", UTC, nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_resolution_incident_id")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by",
            name=op.f("ck_resolution_two_persons"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
    )
    op.create_index("ix_resolution_incident_id", "resolution", ["incident_id"], unique=False)
    op.create_index(
        "uq_resolution_open",
        "resolution",
        ["incident_id"],
        unique=True,
        sqlite_where=sa.text("state = 'PROPOSED'"),
        postgresql_where=sa.text("state = 'PROPOSED'"),
    )
    op.create_table(
        "message_catch",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_message_catch_instance_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_catch_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", "instance_id", name=op.f("pk_message_catch")),
    )
    op.create_table(
        "call",
        sa.Column("parent_id", ID, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("root_id", ID, nullable=True),
        sa.Column("child_id", ID, nullable=True),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("binding", sa.String(length=12), nullable=False),
        sa.Column("inherits", sa.Boolean(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["instance.id"], name=op.f("fk_call_child_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["instance.id"], name=op.f("fk_call_parent_id")),
        sa.PrimaryKeyConstraint("parent_id", "token", name=op.f("pk_call")),
    )
    op.create_index("uq_call_child_id", "call", ["child_id"], unique=True)
    op.create_table(
        "definition_call",
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("called_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["called_id"], ["definition.id"], name=op.f("fk_definition_call_called_id")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_definition_call_definition_id")
        ),
        sa.PrimaryKeyConstraint("definition_id", "element_id", name=op.f("pk_definition_call")),
    )
    op.create_table(
        "message_target",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_message_target_instance_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_target_message_id")
        ),
        sa.PrimaryKeyConstraint("message_id", "instance_id", name=op.f("pk_message_target")),
    )
    op.create_table(
        "plan_result",
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=6), nullable=False),
        sa.Column("target", EXACT, nullable=False),
        sa.Column("actual", EXACT, nullable=False),
        sa.Column("on_time", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["row_id"], ["plan_row.id"], name=op.f("fk_plan_result_row_id")),
        sa.PrimaryKeyConstraint("row_id", "period", name=op.f("pk_plan_result")),
    )
    op.create_table(
        "subscription",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("correlation", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_subscription_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "token", name=op.f("pk_subscription")),
    )
    op.create_index(
        "ix_subscription_name_correlation", "subscription", ["name", "correlation"], unique=False
    )
    op.create_table(
        "task",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("definition_id", ID, nullable=False),
        sa.Column("process_key", sa.String(length=80), nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("lane", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("form_key", sa.String(length=80), nullable=True),
        sa.Column("assignee_id", ID, nullable=True),
        sa.Column("candidate_group", sa.String(length=80), nullable=True),
        sa.Column("owner_id", ID, nullable=True),
        sa.Column("due_at", UTC, nullable=True),
        sa.Column("order_at", UTC, nullable=False),
        sa.Column("escalation", sa.String(length=20), nullable=False),
        sa.Column("escalation_step", sa.Integer(), nullable=False),
        sa.Column("next_step_at", UTC, nullable=True),
        sa.Column("escalated_from", ID, nullable=True),
        sa.Column("reminded_at", UTC, nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("pseudonym", sa.String(length=12), nullable=True),
        sa.Column("masked_person", sa.LargeBinary(), nullable=True),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("subject_id", ID, nullable=True),
        sa.Column("scope_path", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("case_title", sa.Text(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("claimed_at", UTC, nullable=True),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("completed_by", ID, nullable=True),
        sa.Column("on_behalf_of", ID, nullable=True),
        sa.Column("request_digest", sa.String(length=64), nullable=True),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_task_definition_id")
        ),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_task_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        postgresql_with={"fillfactor": "85"},
    )
    op.create_index(
        "ix_task_assignee",
        "task",
        ["assignee_id", "order_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'CREATED'"),
        postgresql_where=sa.text("state = 'CREATED'"),
    )
    op.create_index(
        "ix_task_offered",
        "task",
        ["candidate_group", "order_at", "id"],
        unique=False,
        sqlite_where=sa.text(
            "state = 'CREATED' AND assignee_id IS NULL AND candidate_group IS NOT NULL"
        ),
        postgresql_where=sa.text(
            "state = 'CREATED' AND assignee_id IS NULL AND candidate_group IS NOT NULL"
        ),
    )
    op.create_index(
        "ix_task_taken",
        "task",
        ["candidate_group", "order_at", "id"],
        unique=False,
        sqlite_where=sa.text(
            "state = 'CREATED' AND assignee_id IS NOT NULL AND candidate_group IS NOT NULL"
        ),
        postgresql_where=sa.text(
            "state = 'CREATED' AND assignee_id IS NOT NULL AND candidate_group IS NOT NULL"
        ),
    )
    op.create_index(
        "ix_task_done",
        "task",
        ["completed_by", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'COMPLETED' AND completed_by IS NOT NULL"),
        postgresql_where=sa.text("state = 'COMPLETED' AND completed_by IS NOT NULL"),
    )
    op.create_index(
        "ix_task_owner",
        "task",
        ["owner_id"],
        unique=False,
        sqlite_where=sa.text("state = 'CREATED' AND owner_id IS NOT NULL"),
        postgresql_where=sa.text("state = 'CREATED' AND owner_id IS NOT NULL"),
    )
    op.create_index("ix_task_instance_id", "task", ["instance_id"], unique=False)
    op.create_index(
        "ix_task_next_step",
        "task",
        ["next_step_at"],
        unique=False,
        sqlite_where=sa.text("state = 'CREATED'"),
        postgresql_where=sa.text("state = 'CREATED'"),
    )
    op.create_table(
        "timer",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("due_at", UTC, nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_timer_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "token", name=op.f("pk_timer")),
    )
    op.create_index(
        "ix_timer_due_at",
        "timer",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("NOT held"),
        postgresql_where=sa.text("NOT held"),
    )
    op.create_table(
        "value",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_value_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "hash", name=op.f("pk_value")),
    )
    op.create_table(
        "draft",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("saved_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_draft_task_id")),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "competence",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_competence")),
    )
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("competence", sa.String(length=30), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("modality", sa.String(length=12), nullable=False),
        sa.Column("learning_hours", sa.Integer(), nullable=False),
        sa.Column("cost", EXACT, nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
    )
    op.create_index("ix_course_competence", "course", ["competence", "level"], unique=False)
    op.create_index("uq_course_code", "course", ["code"], unique=True)
    op.create_table(
        "training_budget",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_training_budget")),
    )
    op.create_table(
        "competence_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("competence", sa.String(length=30), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competence"], ["competence.code"], name=op.f("fk_competence_level_competence")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_competence_level_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence_level")),
    )
    op.create_index(
        "ix_competence_level_person_id",
        "competence_level",
        ["person_id", "competence"],
        unique=False,
    )
    op.create_table(
        "course_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_session_course_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_session")),
    )
    op.create_index(
        "ix_course_session_course_id", "course_session", ["course_id", "starts_on"], unique=False
    )
    op.create_table(
        "learning_credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("competence", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("learning_hours", sa.Integer(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_learning_credit_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_credit")),
    )
    op.create_index(
        "ix_learning_credit_person_id",
        "learning_credit",
        ["person_id", "completed_on"],
        unique=False,
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scope_path", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("competence", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("open_key", sa.String(length=60), nullable=True),
        sa.Column("sources", sa.String(length=60), nullable=False),
        sa.Column("priority", sa.String(length=1), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("level_now", sa.Integer(), nullable=False),
        sa.Column("level_needed", sa.Integer(), nullable=False),
        sa.Column("followup_id", sa.Integer(), nullable=True),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("learning_hours", sa.Integer(), nullable=True),
        sa.Column("cost", EXACT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_referral_course_id")),
        sa.ForeignKeyConstraint(
            ["followup_id"], ["followup.id"], name=op.f("fk_referral_followup_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_referral_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index("ix_referral_person_id", "referral", ["person_id", "opened_at"], unique=False)
    op.create_index("ix_referral_state", "referral", ["state", "year"], unique=False)
    op.create_index("uq_referral_followup_id", "referral", ["followup_id"], unique=True)
    op.create_index("uq_referral_instance_id", "referral", ["instance_id"], unique=True)
    op.create_index("uq_referral_open_key", "referral", ["open_key"], unique=True)
    op.create_table(
        "training_signal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("competence", sa.String(length=30), nullable=False),
        sa.Column("value", EXACT, nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_training_signal_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_signal")),
    )
    op.create_index(
        "ix_training_signal_person_id", "training_signal", ["person_id", "noted_on"], unique=False
    )
    op.create_table(
        "competence_standard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("competence", sa.String(length=30), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["competence"], ["competence.code"], name=op.f("fk_competence_standard_competence")
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_competence_standard_post_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence_standard")),
    )
    op.create_index(
        "ix_competence_standard_post_id",
        "competence_standard",
        ["post_id", "competence"],
        unique=False,
    )
    op.create_table(
        "course_seat",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("given_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_course_seat_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_course_seat_referral_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["course_session.id"], name=op.f("fk_course_seat_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_course_seat")),
    )
    op.create_index("ix_course_seat_referral_id", "course_seat", ["referral_id"], unique=False)
    op.create_index(
        "uq_course_seat_session_id_person_id",
        "course_seat",
        ["session_id", "person_id"],
        unique=True,
    )
    op.create_table(
        "course_wait",
        sa.Column("referral_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_wait_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_course_wait_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.id"], name=op.f("fk_course_wait_referral_id")
        ),
        sa.PrimaryKeyConstraint("referral_id", name=op.f("pk_course_wait")),
    )
    op.create_index(
        "ix_course_wait_course_id", "course_wait", ["course_id", "rank", "since"], unique=False
    )
    op.create_table(
        "annual_predicate",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("predicate", sa.String(length=2), nullable=False),
        sa.Column("objected", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_annual_predicate_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "year", name=op.f("pk_annual_predicate")),
    )
    op.create_table(
        "career_break",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("decree", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_career_break_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_career_break")),
    )
    op.create_index(
        "ix_career_break_person_id", "career_break", ["person_id", "valid_from"], unique=False
    )
    op.create_table(
        "education",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=14), nullable=False),
        sa.Column("institution", sa.String(length=160), nullable=False),
        sa.Column("graduated_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_education_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_education")),
    )
    op.create_index(
        "ix_education_person_id", "education", ["person_id", "graduated_on"], unique=False
    )
    op.create_table(
        "functional_credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("credit", EXACT, nullable=False),
        sa.Column("decree", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_functional_credit_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_functional_credit")),
    )
    op.create_index(
        "ix_functional_credit_person_id",
        "functional_credit",
        ["person_id", "valid_to"],
        unique=False,
    )
    op.create_table(
        "promotion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("rank_old", sa.String(length=8), nullable=False),
        sa.Column("rank_new", sa.String(length=8), nullable=False),
        sa.Column("tmt", sa.Date(), nullable=False),
        sa.Column("approval_no", sa.String(length=80), nullable=False),
        sa.Column("approval_date", sa.Date(), nullable=False),
        sa.Column("decree_no", sa.String(length=80), nullable=False),
        sa.Column("decree_date", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("signed_by", ID, nullable=False),
        sa.Column("signed_at", UTC, nullable=False),
        sa.Column("applied_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_promotion_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion")),
    )
    op.create_index("ix_promotion_person_id", "promotion", ["person_id", "tmt"], unique=False)
    op.create_index("uq_promotion_code", "promotion", ["code"], unique=True)
    op.create_index("uq_promotion_decree_no", "promotion", ["decree_no"], unique=True)
    op.create_index("uq_promotion_instance_id", "promotion", ["instance_id"], unique=True)
    op.create_table(
        "promotion_candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("tmt", sa.Date(), nullable=False),
        sa.Column("promotion_type", sa.String(length=12), nullable=False),
        sa.Column("rank_old", sa.String(length=8), nullable=False),
        sa.Column("rank_new", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column("eligible_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("definition_id", ID, nullable=True),
        sa.Column("instance_id", ID, nullable=True),
        sa.Column("found_at", UTC, nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_promotion_candidate_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_candidate")),
    )
    op.create_index(
        "ix_promotion_candidate_tmt", "promotion_candidate", ["tmt", "state"], unique=False
    )
    op.create_index(
        "uq_promotion_candidate_person_id_tmt",
        "promotion_candidate",
        ["person_id", "tmt"],
        unique=True,
    )
    op.create_table(
        "qualification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_qualification_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
    )
    op.create_index(
        "ix_qualification_person_id", "qualification", ["person_id", "held_on"], unique=False
    )
    op.create_table(
        "task_time",
        sa.Column("task_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("open_seconds", sa.Integer(), nullable=False),
        sa.Column("active_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_time_task_id")),
        sa.PrimaryKeyConstraint("task_id", "person_id", name=op.f("pk_task_time")),
    )
    op.create_table(
        "undo",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_undo_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_undo")),
    )
    op.create_table(
        "comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_comment_instance_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_comment_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_instance_id", "comment", ["instance_id"], unique=False)
    op.create_table(
        "extension",
        sa.Column("id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("wanted_at", UTC, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("approver_id", ID, nullable=True),
        sa.Column("approver_group", sa.String(length=80), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("decided_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_extension_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index("ix_extension_task_id", "extension", ["task_id"], unique=False)
    op.create_index(
        "ix_extension_approver",
        "extension",
        ["approver_id"],
        unique=False,
        sqlite_where=sa.text("state = 'ASKED'"),
        postgresql_where=sa.text("state = 'ASKED'"),
    )
    op.create_index(
        "ix_extension_group",
        "extension",
        ["approver_group"],
        unique=False,
        sqlite_where=sa.text("state = 'ASKED'"),
        postgresql_where=sa.text("state = 'ASKED'"),
    )
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("processes", sa.String(length=800), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("set_by", ID, nullable=True),
        sa.Column("set_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["person.id"], name=op.f("fk_absence_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_person_id", "absence", ["person_id", "valid_to"], unique=False)
    op.create_index(
        "ix_absence_substitute_id", "absence", ["substitute_id", "valid_to"], unique=False
    )
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=600), nullable=False),
        sa.Column("group_key", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_filter_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index(
        "uq_saved_filter_person_id_name", "saved_filter", ["person_id", "name"], unique=True
    )
    op.create_index("ix_saved_filter_group_key", "saved_filter", ["group_key"], unique=False)
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
    )
    op.create_index("uq_calendar_feed_token_hash", "calendar_feed", ["token_hash"], unique=True)
    op.create_table(
        "migration_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("from_id", ID, nullable=False),
        sa.Column("to_id", ID, nullable=False),
        sa.Column("rename", sa.Text(), nullable=False),
        sa.Column("retime", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("asked_by", ID, nullable=True),
        sa.Column("asked_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["from_id"], ["definition.id"], name=op.f("fk_migration_batch_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["definition.id"], name=op.f("fk_migration_batch_to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_batch")),
    )
    op.create_index(
        "uq_migration_batch_request_digest", "migration_batch", ["request_digest"], unique=True
    )
    op.create_table(
        "migration_case",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("previous", sa.LargeBinary(), nullable=True),
        sa.Column("waited", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["migration_batch.id"], name=op.f("fk_migration_case_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_migration_case_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_case")),
    )
    op.create_index(
        "ix_migration_case_instance_id", "migration_case", ["instance_id"], unique=False
    )
    op.create_index(
        "uq_migration_case_batch_instance",
        "migration_case",
        ["batch_id", "instance_id"],
        unique=True,
    )

    op.create_table(
        "activity_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts", sa.SmallInteger(), nullable=False),
        sa.Column("ends", sa.SmallInteger(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("quantity", EXACT, nullable=True),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=6), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=False),
        sa.Column("overtime_order", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("filed_at", UTC, nullable=False),
        sa.Column("changed_at", UTC, nullable=False),
        sa.Column("reviewed_at", UTC, nullable=True),
        sa.Column("reviewed_by", ID, nullable=True),
        sa.Column("request_key", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_entry_person_id")
        ),
        sa.ForeignKeyConstraint(["row_id"], ["plan_row.id"], name=op.f("fk_activity_entry_row_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_entry")),
    )
    op.create_index("ix_activity_entry_person_day", "activity_entry", ["person_id", "day"])
    op.create_index(
        "uq_activity_entry_request_key", "activity_entry", ["person_id", "request_key"], unique=True
    )
    op.create_table(
        "activity_month",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("instance_id", ID, nullable=True),
        sa.Column("rater_id", ID, nullable=True),
        sa.Column("closed_at", UTC, nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("days_filed", sa.Integer(), nullable=False),
        sa.Column("days_non_conforming", sa.Integer(), nullable=False),
        sa.Column("unreviewed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_activity_month_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "month", name=op.f("pk_activity_month")),
    )
    op.create_index("ix_activity_month_month", "activity_month", ["month", "closed_at"])
    op.create_table(
        "monthly_report",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("office_path", sa.String(length=120), nullable=False),
        sa.Column("services_given", sa.Integer(), nullable=False),
        sa.Column("beneficiaries", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=False),
        sa.Column("conformity", sa.String(length=8), nullable=False),
        sa.Column("report_factor", EXACT, nullable=True),
        sa.Column("rated_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_monthly_report_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "month", name=op.f("pk_monthly_report")),
    )
    op.create_index("ix_monthly_report_month", "monthly_report", ["month", "office_path"])

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("case_no", sa.String(length=40), nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", ID, nullable=True),
        sa.Column("on_time", sa.Boolean(), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.Column("predicate_before", sa.String(length=2), nullable=False),
        sa.Column("predicate_after", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["evaluation_result.id"], name=op.f("fk_objection_result_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objection_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index("uq_objection_instance_id", "objection", ["instance_id"], unique=True)
    op.create_index("ix_objection_result_id", "objection", ["result_id"])


def downgrade() -> None:
    """Drop every table."""
    op.drop_index("ix_monthly_report_month", table_name="monthly_report")
    op.drop_table("monthly_report")
    op.drop_index("ix_activity_month_month", table_name="activity_month")
    op.drop_table("activity_month")
    op.drop_index("uq_activity_entry_request_key", table_name="activity_entry")
    op.drop_index("ix_activity_entry_person_day", table_name="activity_entry")
    op.drop_table("activity_entry")
    op.drop_index("ix_objection_result_id", table_name="objection")
    op.drop_index("uq_objection_instance_id", table_name="objection")
    op.drop_table("objection")
    op.drop_index("uq_migration_case_batch_instance", table_name="migration_case")
    op.drop_index("ix_migration_case_instance_id", table_name="migration_case")
    op.drop_table("migration_case")
    op.drop_index("uq_migration_batch_request_digest", table_name="migration_batch")
    op.drop_table("migration_batch")
    for table in ("calendar_feed", "saved_filter", "absence", "extension", "comment"):
        op.drop_table(table)
    op.drop_table("undo")
    op.drop_table("task_time")
    op.drop_index("ix_qualification_person_id", table_name="qualification")
    op.drop_table("qualification")
    op.drop_index("ix_promotion_candidate_tmt", table_name="promotion_candidate")
    op.drop_index("uq_promotion_candidate_person_id_tmt", table_name="promotion_candidate")
    op.drop_table("promotion_candidate")
    op.drop_index("ix_promotion_person_id", table_name="promotion")
    op.drop_index("uq_promotion_code", table_name="promotion")
    op.drop_index("uq_promotion_decree_no", table_name="promotion")
    op.drop_index("uq_promotion_instance_id", table_name="promotion")
    op.drop_table("promotion")
    op.drop_index("ix_functional_credit_person_id", table_name="functional_credit")
    op.drop_table("functional_credit")
    op.drop_index("ix_education_person_id", table_name="education")
    op.drop_table("education")
    op.drop_index("ix_career_break_person_id", table_name="career_break")
    op.drop_table("career_break")
    op.drop_table("annual_predicate")
    op.drop_index("ix_course_wait_course_id", table_name="course_wait")
    op.drop_table("course_wait")
    op.drop_index("uq_course_seat_session_id_person_id", table_name="course_seat")
    op.drop_index("ix_course_seat_referral_id", table_name="course_seat")
    op.drop_table("course_seat")
    op.drop_index("ix_competence_standard_post_id", table_name="competence_standard")
    op.drop_table("competence_standard")
    op.drop_index("ix_training_signal_person_id", table_name="training_signal")
    op.drop_table("training_signal")
    op.drop_index("uq_referral_open_key", table_name="referral")
    op.drop_index("uq_referral_instance_id", table_name="referral")
    op.drop_index("uq_referral_followup_id", table_name="referral")
    op.drop_index("ix_referral_state", table_name="referral")
    op.drop_index("ix_referral_person_id", table_name="referral")
    op.drop_table("referral")
    op.drop_index("ix_learning_credit_person_id", table_name="learning_credit")
    op.drop_table("learning_credit")
    op.drop_index("ix_course_session_course_id", table_name="course_session")
    op.drop_table("course_session")
    op.drop_index("ix_competence_level_person_id", table_name="competence_level")
    op.drop_table("competence_level")
    op.drop_table("training_budget")
    op.drop_index("uq_course_code", table_name="course")
    op.drop_index("ix_course_competence", table_name="course")
    op.drop_table("course")
    op.drop_table("competence")
    op.drop_table("draft")
    op.drop_table("value")
    op.drop_index(
        "ix_timer_due_at",
        table_name="timer",
        sqlite_where=sa.text("NOT held"),
        postgresql_where=sa.text("NOT held"),
    )
    op.drop_table("timer")
    op.drop_index(
        "ix_task_next_step",
        table_name="task",
        sqlite_where=sa.text("state = 'CREATED'"),
        postgresql_where=sa.text("state = 'CREATED'"),
    )
    op.drop_index("ix_task_instance_id", table_name="task")
    for name in ("ix_task_owner", "ix_task_done", "ix_task_taken", "ix_task_offered"):
        op.drop_index(name, table_name="task")
    op.drop_index(
        "ix_task_assignee",
        table_name="task",
        sqlite_where=sa.text("state = 'CREATED'"),
        postgresql_where=sa.text("state = 'CREATED'"),
    )
    op.drop_table("task")
    op.drop_index("ix_subscription_name_correlation", table_name="subscription")
    op.drop_table("subscription")
    op.drop_table("plan_result")
    op.drop_table("message_target")
    op.drop_table("definition_call")
    op.drop_index("uq_call_child_id", table_name="call")
    op.drop_table("call")
    op.drop_table("message_catch")
    op.drop_index(
        "uq_resolution_open",
        table_name="resolution",
        sqlite_where=sa.text("state = 'PROPOSED'"),
        postgresql_where=sa.text("state = 'PROPOSED'"),
    )
    op.drop_index("ix_resolution_incident_id", table_name="resolution")
    op.drop_table("resolution")
    op.drop_index("ix_incident_job_id", table_name="incident")
    op.drop_index("ix_incident_state", table_name="incident")
    op.drop_index("ix_incident_instance_id", table_name="incident")
    op.drop_table("incident")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    op.drop_table("half_login")
    op.drop_table("first_run")
    op.drop_index("ix_session_account_id", table_name="session")
    op.drop_table("session")
    op.drop_index("uq_plan_row_plan_id_number", table_name="plan_row")
    op.drop_table("plan_behaviour")
    op.drop_table("plan_row")
    op.drop_index("uq_instance_request_digest", table_name="instance")
    op.drop_index("uq_instance_case_no", table_name="instance")
    op.drop_index(
        "ix_instance_suspended_at",
        table_name="instance",
        sqlite_where=sa.text("suspended_at IS NOT NULL"),
        postgresql_where=sa.text("suspended_at IS NOT NULL"),
    )
    op.drop_index("ix_instance_subject_id", table_name="instance")
    op.drop_index("ix_instance_campaign", table_name="instance")
    op.drop_table("instance")
    op.drop_index("ix_holding_post_id", table_name="holding")
    op.drop_index("ix_holding_person_id", table_name="holding")
    op.drop_table("holding")
    op.drop_table("definition_file")
    op.drop_index("ix_acting_official_post_id", table_name="acting_official")
    op.drop_index("ix_acting_official_person_id", table_name="acting_official")
    op.drop_table("acting_official")
    op.drop_table("unit_facts")
    op.drop_table("service_area")
    op.drop_index("ix_sanction_person_id", table_name="sanction")
    op.drop_table("sanction")
    op.drop_index("ix_role_grant_role", table_name="role_grant")
    op.drop_index("ix_role_grant_person_id", table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index("ix_rater_invitation_rater_id", table_name="rater_invitation")
    op.drop_table("rater_invitation")
    op.drop_table("rater_draw")
    op.drop_table("rater_conflict")
    op.drop_index("ix_post_unit_id", table_name="post")
    op.drop_index("ix_post_rater_post_id", table_name="post")
    op.drop_table("post")
    op.drop_index("ix_person_rank_person_id", table_name="person_rank")
    op.drop_table("person_rank")
    op.drop_index("ix_performance_plan_person_id", table_name="performance_plan")
    op.drop_table("performance_plan")
    op.drop_table("office_rule")
    op.drop_index("ix_notice_person_id", table_name="notice")
    op.drop_table("notice")
    op.drop_index("ix_leave_person_id", table_name="leave")
    op.drop_table("leave")
    op.drop_index("uq_evaluation_result_instance_id", table_name="evaluation_result")
    op.drop_index("ix_evaluation_result_person_id", table_name="evaluation_result")
    op.drop_table("evaluation_result")
    op.drop_index("uq_definition_key_version", table_name="definition")
    op.drop_table("definition")
    op.drop_index("ix_campaign_subject_person_id", table_name="campaign_subject")
    op.drop_table("campaign_subject")
    op.drop_table("attendance_month")
    op.drop_index("uq_account_username", table_name="account")
    op.drop_index("uq_account_short_name", table_name="account")
    op.drop_index("uq_account_person_id", table_name="account")
    op.drop_table("account")
    op.drop_index("uq_unit_path", table_name="unit")
    op.drop_table("unit")
    op.drop_table("tree_checkpoint")
    op.drop_index("uq_tree_batch_stream_last", table_name="tree_batch")
    op.drop_table("tree_batch")
    op.drop_index("uq_stream_kind_key", table_name="stream")
    op.drop_table("stream")
    op.drop_table("sealed_value")
    op.drop_table("resource")
    op.drop_index("uq_person_nip", table_name="person")
    op.drop_index("ix_person_name", table_name="person")
    op.drop_table("person")
    op.drop_index("ix_message_expires_at", table_name="message")
    op.drop_index("ix_message_name_correlation", table_name="message")
    op.drop_table("message")
    op.drop_table("message_start")
    op.drop_table("login_failures")
    op.drop_table("worker")
    op.drop_index("ix_schedule_next_at", table_name="schedule")
    op.drop_table("schedule")
    op.drop_table("job_limit")
    op.drop_index("ix_job_group_key", table_name="job")
    op.drop_index("ix_job_finished", table_name="job")
    op.drop_index("uq_job_dedup_key", table_name="job")
    op.drop_index("ix_job_leased", table_name="job")
    op.drop_index("ix_job_due", table_name="job")
    op.drop_table("job")
    op.drop_table("holiday")
    op.drop_index("ix_history_at", table_name="history")
    op.drop_table("history")
    op.drop_index("uq_followup_dedup_key", table_name="followup")
    op.drop_index("ix_followup_state", table_name="followup")
    op.drop_table("followup")
    op.drop_table("deployment")
    op.drop_table("counter")
    op.drop_index("uq_campaign_process_key_period", table_name="campaign")
    op.drop_table("campaign")
